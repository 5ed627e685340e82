/** Recordings of 6.1 kernels as fixtures, and a model kernel that is taken through their steps. */
import { readFileSync } from 'node:fs';
import merged from '../../policies/try_offline_node/merged.js';
import section_walk from '../../policies/try_offline_node/section_walk.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import type { Machine } from '../../src/linux/base/machine.js';
import type { MemAction, MigrateType } from '../../src/linux/include/mmzone.js';
import type { Patch } from '../../src/patch/define.js';
import { bootKernel, drive, q35, store } from './hotplug_machine.js';

const migratetypes: Readonly<Record<string, number>> = { Unmovable: 0, Movable: 1, Isolate: 4 };
const actions: Readonly<Record<string, number>> = {
  MEM_ONLINE: 1, MEM_GOING_OFFLINE: 2, MEM_OFFLINE: 4, MEM_GOING_ONLINE: 8, MEM_CANCEL_ONLINE: 16,
  MEM_CANCEL_OFFLINE: 32, MEM_PREPARE_ONLINE: 64, MEM_FINISH_OFFLINE: 128,
};
const hex = (value: unknown): string => `0x${(value as number).toString(16)}`;
const bytes = (pages: unknown): string => hex((pages as number) * 4096);
const type = (name: unknown): number | undefined => migratetypes[name as MigrateType];

/** The line of the recording for a call; undefined for a function without arguments there. */
const probes: Readonly<Record<string, (args: readonly unknown[]) => string>> = {
  add_memory_resource: ([nid]) => `nid=${nid}`,
  hotadd_init_pgdat: ([nid]) => `nid=${nid}`,
  build_all_zonelists: () => '',
  __build_all_zonelists: () => '',
  arch_add_memory: ([nid, pfn, nr]) => `nid=${nid} start=${bytes(pfn)} size=${bytes(nr)}`,
  create_memory_block_devices: ([pfn, nr]) => `start=${bytes(pfn)} size=${bytes(nr)}`,
  memory_subsys_online: () => '',
  memory_subsys_offline: () => '',
  online_pages: ([pfn, nr]) => `pfn=${hex(pfn)} nr_pages=${nr}`,
  offline_pages: ([pfn, nr]) => `pfn=${hex(pfn)} nr_pages=${nr}`,
  move_pfn_range_to_zone: ([, pfn, nr, , mt]) =>
    `start_pfn=${hex(pfn)} nr_pages=${nr} migratetype=${type(mt)}`,
  memory_notify: ([action]) => `action=${actions[action as MemAction]}`,
  adjust_present_page_count: ([, , nr]) => `nr_pages=${nr}`,
  undo_isolate_page_range: ([start, end, mt]) =>
    `start_pfn=${hex(start)} end_pfn=${hex(end)} migratetype=${type(mt)}`,
  start_isolate_page_range: ([start, end, mt]) =>
    `start_pfn=${hex(start)} end_pfn=${hex(end)} migratetype=${type(mt)}`,
  zone_pcp_disable: () => '',
  zone_pcp_enable: () => '',
  zone_pcp_reset: () => '',
  __drain_all_pages: ([, force]) => `force_all_cpus=${force === true ? 1 : 0}`,
  remove_pfn_range_from_zone: ([, pfn, nr]) => `start_pfn=${hex(pfn)} nr_pages=${nr}`,
  mhp_init_memmap_on_memory: ([pfn, nr]) => `pfn=${hex(pfn)} nr_pages=${nr}`,
  mhp_deinit_memmap_on_memory: ([pfn, nr]) => `pfn=${hex(pfn)} nr_pages=${nr}`,
  try_remove_memory: ([pfn, nr]) => `start=${bytes(pfn)} size=${bytes(nr)}`,
  arch_remove_memory: ([pfn, nr]) => `start=${bytes(pfn)} size=${bytes(nr)}`,
  try_offline_node: ([nid]) => `nid=${nid}`,
  trace_test_pages_isolated: ([start, end, fin]) =>
    `start_pfn=${hex(start)} end_pfn=${hex(end)} fin_pfn=${hex(fin)} ret=` +
    ((fin as number) < (end as number) ? 'fail' : 'success'),
};
const named: Readonly<Record<string, string>> = {
  trace_test_pages_isolated: 'test_pages_isolated',
};
const returns = new Set([
  'add_memory_resource', 'arch_add_memory', 'memory_subsys_online', 'memory_subsys_offline',
  'online_pages', 'offline_pages', 'start_isolate_page_range', 'try_remove_memory',
]);

export interface Step {
  readonly text: string;
  readonly calls: readonly string[];
}

export function recorded(name: string): Step[] {
  const steps: { text: string; calls: string[] }[] = [];
  const text = readFileSync(new URL(`fixtures/${name}.calls`, import.meta.url), 'utf8');
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('step ')) steps.push({ text: line, calls: [] });
    else steps.at(-1)?.calls.push(line.trim());
  }
  return steps;
}

/** Range of the DIMM that this step adds, from its arch_add_memory line: pfn and pages. */
function added(step: Step): [number, number] {
  const line = step.calls.find((call) => call.startsWith('arch_add_memory ')) ?? '';
  const found = /start=(\S+) size=(\S+)/.exec(line);
  return [Number(found?.[1]) / 4096, Number(found?.[2]) / 4096];
}

export class Rig {
  readonly k: Kernel;
  readonly dimms = new Map<string, [number, number]>();
  calls: string[] = [];

  constructor(series: readonly Patch[], machine: Machine) {
    this.k = bootKernel('v6.1', series, machine, {
      functions: new Set(Object.keys(probes)),
      enter: (fn, args) => {
        this.calls.push(`${named[fn] ?? fn} ${probes[fn]?.(args) ?? ''}`.trim());
      },
      leave: (fn, result) => {
        if (returns.has(fn)) this.calls.push(`${fn}_ret ret=${result}`);
        else if (fn === 'try_offline_node') this.calls.push(`${fn}_ret`);
      },
      patched: () => {},
    });
  }

  run(step: Step): void {
    const { k } = this;
    this.calls = [];
    const dimm = /(add|remove)-dimm id=(\d+)(?:.*node=(\d+))?/.exec(step.text);
    const block = /: memory(\d+) (\w+)$/.exec(step.text);
    const notifier = /: notifier (\w+) error=(-?\d+)/.exec(step.text);
    if (dimm?.[1] === 'add') {
      const range = added(step);
      this.dimms.set(dimm[2] ?? '', range);
      drive(k.acpi_memory_enable_device(Number(dimm[3]), ...range));
    } else if (dimm !== null) {
      drive(k.acpi_scan_hot_remove(...(this.dimms.get(dimm[2] ?? '') ?? [0, 0])));
    } else if (block !== null) {
      store(k, Number(block[1]), block[2] ?? '');
    } else if (notifier !== null) {
      const [, action, error] = notifier;
      k.state.notifiers.splice(0, 1, {
        name: 'notifier-error-inject', priority: 0,
        notifier_call: (what) => (what === action ? Number(error) : 0),
      });
    }
  }
}

const MiB = 1024 * 1024;
/** 1024 MiB on node 0, node 1 for DIMMs above 4 GiB. */
const twoNodes = q35({
  e820: [
    { start: 0, end: 0x9fc00, type: 'usable' },
    { start: 0x9fc00, end: 0xa0000, type: 'reserved' },
    { start: 0xf0000, end: 0x100000, type: 'reserved' },
    { start: 0x100000, end: 0x3ffe0000, type: 'usable' },
    { start: 0x3ffe0000, end: 0x40000000, type: 'reserved' },
  ],
  srat: [
    { nid: 0, start: 0, end: 0xa0000, hotplug: false },
    { nid: 0, start: 0x100000, end: 1024 * MiB, hotplug: false },
    { nid: 1, start: 4096 * MiB, end: 0xcc0000000, hotplug: true },
  ],
  cpus: [0, 0],
});
/** 4000 MiB: memory ends inside a section. */
const oneNode = q35({
  e820: [
    { start: 0, end: 0x9fc00, type: 'usable' },
    { start: 0x9fc00, end: 0xa0000, type: 'reserved' },
    { start: 0xf0000, end: 0x100000, type: 'reserved' },
    { start: 0x100000, end: 0x7ffe0000, type: 'usable' },
    { start: 0x7ffe0000, end: 0x80000000, type: 'reserved' },
    { start: 4096 * MiB, end: 0x17a000000, type: 'usable' },
  ],
  srat: [
    { nid: 0, start: 0, end: 0xa0000, hotplug: false },
    { nid: 0, start: 0x100000, end: 2048 * MiB, hotplug: false },
    { nid: 0, start: 4096 * MiB, end: 0x17a000000, hotplug: false },
    { nid: 0, start: 0x180000000, end: 0xc86000000, hotplug: true },
  ],
  cpus: [0, 0],
});

/** A recording: its machine, what its kernel had changed, what happened beside the steps. */
export interface Recording {
  readonly what: string;
  readonly name: string;
  readonly machine: Machine;
  readonly series: readonly Patch[];
  /** Before the step of this number. */
  readonly before?: (k: Kernel, step: number) => void;
}

export const recordings: readonly Recording[] = [
  { what: 'two DIMMs of a memoryless node, onlined movable and kernel, offlined, removed',
    name: 'dimm-cycle-memoryless-node', machine: twoNodes, series: [] },
  { what: 'two DIMMs of which the second is onlined when the first is gone',
    name: 'dimm-one-never-onlined', machine: twoNodes, series: [] },
  { what: 'a notifier refuses an online and an offline',
    name: 'notifier-veto', machine: twoNodes, series: [] },
  { what: 'blocks that hold their own memmap; a page of the kernel keeps one of them online',
    name: 'memmap-on-memory', series: [],
    machine: { ...twoNodes, cmdline: 'memory_hotplug.memmap_on_memory=1' },
    before: (k, step) => {
      if (step === 10) k.state.unmovable.add(0x100400);
    } },
  { what: 'a block with a hole does not go offline, a DIMM comes behind it',
    name: 'boot-4000M-q35', machine: oneNode, series: [] },
  { what: 'merged node test',
    name: 'node-offline-merged-one-never-onlined', machine: twoNodes, series: [merged] },
  { what: 'section walk: a block goes online on a node that is offline',
    name: 'node-offline-section-walk-one-never-onlined', machine: twoNodes,
    series: [section_walk] },
  { what: 'section walk: the second removal oopses',
    name: 'node-offline-section-walk-both-offline-then-remove', machine: twoNodes,
    series: [section_walk] },
];
