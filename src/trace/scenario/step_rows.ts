/** Steps of a scenario as input rows: what the recorded kernel would have been asked to do. */
import { maxOf } from '../../base/long_lists.js';
import { MIB, PAGE_SIZE, hex } from '../../base/pfn.js';
import {
  autoOnlineWritten, cpuWrites, daxStateWrites, isStateWord, notifierRow, notifierWrites,
  pageErrors, parameterReads, parameterWrites, stateWrites, type StateWord,
} from '../kernel_text/recording/shell_writes.js';
import { daxProbeRow, daxRemoveRow, daxStateRow } from '../kernel_text/recording/dax.js';
import { labRows } from '../kernel_text/recording/lab.js';
import { eventType, type EventName } from '../events.js';
import type { TraceRow } from '../trace.js';
import { isAction, type Step } from './actions.js';
import type { Proximity } from './proximity.js';
import { blockSize } from '../block_size.js';
import { DescribedMemory } from './described_machine.js';
import { argsOf, columnsOf } from './event_fields.js';
import { daxRange, partsOf } from './dax_ranges.js';
import { blocksOf, placeOf } from './places.js';
import { HUGE_PAGE_MB, type QemuMemory, type Range } from './qemu_memory.js';
import type { MachineSpec } from './machine_spec.js';

export type StepRow = Omit<TraceRow, 'time_ns'>;

/** A range and the node that it is near to. */
export interface NearRange extends Range { readonly nid: number }

/** Of which devices of the dax bus are made; by number of the region, or of the window. */
export interface DaxMemory {
  readonly pmem: readonly NearRange[];
  readonly soft: readonly NearRange[];
  readonly windows: readonly NearRange[];
}

/** What a step comes to: rows, or the kind of step that the model has nothing for. */
export interface StepOutcome {
  readonly rows: readonly StepRow[];
  readonly unused?: string;
  /** Why QEMU would have refused it. */
  readonly refused?: string;
}

function pagesOf({ start, end }: Range): { pfn: number; nr_pages: number } {
  return { pfn: start / PAGE_SIZE, nr_pages: (end - start) / PAGE_SIZE };
}

export class StepReader {
  readonly #memory: QemuMemory | DescribedMemory;
  readonly #proximity: Proximity;
  readonly #machine: MachineSpec;
  /** Of a memory block, in bytes. */
  readonly blockSize: number;
  readonly #dimms = new Map<string, Range>();
  readonly #virtioMem: ReadonlyMap<string, Range>;
  readonly #dax: DaxMemory;
  /** CXL regions that there are, by the id of their device. */
  readonly #regions = new Map<string, Range>();

  /** `virtioMem`: the regions of the devices, by id; `release`: of the kernel. */
  constructor(
    machine: MachineSpec, memory: QemuMemory | DescribedMemory, proximity: Proximity,
    virtioMem: ReadonlyMap<string, Range>, release: string | undefined,
    dax: DaxMemory = { pmem: [], soft: [], windows: [] },
  ) {
    this.#machine = machine;
    this.#memory = memory;
    this.#proximity = proximity;
    this.#virtioMem = virtioMem;
    this.#dax = dax;
    this.blockSize = machine.block_size ?? 
      blockSize(memory.end, release, false, machine.windows ?? dax.windows).bytes;
  }

  /** The rows of a step; `later` are the steps that come after it. */
  read(step: Step, later: readonly Step[]): StepOutcome {
    const { action } = step;
    if (isStateWord(action)) return this.#stateRows(action, step);
    if (!isAction(action)) return this.#eventRow(step);
    switch (action) {
      case 'offline-begin': return { rows: [this.#stateRow('offline', Number(step.block))] };
      case 'offline-result': return { rows: [] };
      case 'add-dimm': return this.#add(step);
      case 'remove-dimm': return this.#remove(step, later);
      case 'virtio-mem': return this.#requestedSize(step);
      case 'dax-kmem': return this.#daxKmem(step);
      case 'dax-hmem': return this.#daxHmem(step);
      case 'cxl-region': return this.#cxlRegion(step);
      case 'dax-kmem-unbind': return { rows: [daxRemoveRow(String(step.device))] };
      case 'notifier-error': return { rows: [notifierRow(String(step.event), Number(step.errno))] };
      case 'read': return this.#shell(`cat ${step.path}`, action);
      case 'write': return this.#shell(`echo ${step.value} > ${step.path}`, action);
      case 'sh': return this.#shell(String(step.cmd), action);
      case 'lab': return labStep(String(step.cmd));
      case 'wait': return { rows: [] };
      default: return shellRow(action, Object.values(step).join(' '));
    }
  }

  #stateRow(event: StateWord, block: number): StepRow {
    const nr_pages = this.blockSize / PAGE_SIZE;
    return { event, pfn: block * nr_pages, nr_pages };
  }

  /** A word is written to the blocks that the step names. */
  #stateRows(action: StateWord, step: Step): StepOutcome {
    const blockPages = this.blockSize / PAGE_SIZE;
    const place = placeOf(step, blockPages, this.#dimms);
    if (typeof place === 'string') return refused(step, place);
    return { rows: blocksOf(step, place, blockPages).map((block) =>
      ({ ...this.#stateRow(action, block), ...columnsOf(action, step) })) };
  }

  /** The event of that name, as a CSV trace would have it. */
  #eventRow(step: Step): StepOutcome {
    const event = step.action as EventName;
    const place = placeOf(step, this.blockSize / PAGE_SIZE, this.#dimms);
    if (typeof place === 'string') return refused(step, place);
    const args = argsOf(event, step);
    const { uses = [] } = eventType(event) ?? {};
    const told = Object.fromEntries(Object.entries(place).filter(([column]) =>
      uses.includes(column as 'pfn' | 'nr_pages')));
    const columns = { ...pageColumns(event, step), ...columnsOf(event, step) };
    return { rows: [{ event, ...columns, ...told, ...(args === '' ? {} : { args }) }] };
  }

  #plug(step: Step): Range | undefined {
    const [size_mb, node] = [Number(step.size_mb), Number(step.node)];
    if (step.address !== undefined) return this.#memory.plugAt(Number(step.address), size_mb);
    return this.#memory instanceof DescribedMemory ? this.#memory.plug(size_mb, node)
      : this.#memory.plug(size_mb);
  }

  #add(step: Step): StepOutcome {
    if (this.#dimms.has(String(step.id))) return refused(step, `DIMM ${step.id} is there already`);
    const { nodes, is_described } = this.#machine;
    if (is_described !== true && Number(step.node) >= Math.max(1, nodes.length)) {
      return refused(step, `there is no node ${step.node}`);
    }
    const range = this.#plug(step);
    if (range === undefined) {
      return refused(step, is_described === true
        ? `no srat_mem row of node ${step.node} with hotplug: 1 has place for it, expected one, or `
          + '"address"' : 'QEMU has no place for it');
    }
    this.#dimms.set(String(step.id), range);
    const nid = is_described === true ? Number(step.node)
      : this.#proximity.nidOfDimm(Number(step.node));
    const args = this.#proximity.words;
    const row = { event: 'add_memory', nid, ...pagesOf(range) } as const;
    return { rows: [args === '' ? row : { ...row, args }] };
  }

  /**
   * Whether the kernel gives it back is not known here. When a later step removes the DIMM again,
   * this step is there to be refused; else its place is free for the next one.
   */
  #remove(step: Step, later: readonly Step[]): StepOutcome {
    const range = this.#dimms.get(String(step.id));
    if (range === undefined) return refused(step, `DIMM ${step.id} is not there`);
    const next = later.find(({ id }) => String(id) === String(step.id));
    if (next?.action !== 'remove-dimm') {
      this.#memory.unplug(range);
      this.#dimms.delete(String(step.id));
    }
    return { rows: [{ event: 'remove_memory', ...pagesOf(range) }] };
  }

  #requestedSize(step: Step): StepOutcome {
    const index = this.#machine.virtio_mem.findIndex(({ id }) => id === String(step.id));
    const device = this.#machine.virtio_mem[index];
    const range = this.#virtioMem.get(String(step.id));
    if (device === undefined || range === undefined) {
      return refused(step, `there is no virtio_mem device ${step.id}`);
    }
    const args = `device=virtio${index} ` +
      `block_size=${hex((device.block_mb ?? HUGE_PAGE_MB) * MIB)} ` +
      `requested_size=${hex(Number(step.requested_mb) * MIB)} ${this.#proximity.words}`.trimEnd();
    const nid = this.#proximity.nidOfDimm(device.node);
    const by = columnsOf('virtio_mem_config_changed', step);
    return { rows: [{ event: 'virtio_mem_config_changed', nid, ...pagesOf(range), args, ...by }] };
  }

  #daxKmem(step: Step): StepOutcome {
    const pmem = this.#dax.pmem[Number(step.region)];
    if (pmem === undefined) return refused(step, `there is no memmap=SIZE!START ${step.region}`);
    const dax = {
      name: `dax${step.region}.0`, target_node: pmem.nid, memmap_on_memory: false,
      ranges: [daxRange(pmem)],
    };
    return { rows: [daxProbeRow(dax, undefined)] };
  }

  #daxHmem(step: Step): StepOutcome {
    const soft = this.#dax.soft[Number(step.region)];
    if (soft === undefined) {
      return refused(step, `there is no memmap=SIZE%START-1+0xefffffff ${step.region}`);
    }
    const ranges = partsOf(soft, step.parts_mb?.toString());
    if (ranges.some(({ start, end }) => start >= end || end > soft.end)) {
      return refused(step, `parts_mb is ${step.parts_mb}, expected parts of ${
        (soft.end - soft.start) / MIB} MiB`);
    }
    return { rows: [daxProbeRow({
      name: `dax${step.region}.0`, target_node: soft.nid, ranges,
      memmap_on_memory: step.memmap_on_memory === 1,
    }, undefined)] };
  }

  /** Regions are numbered as they are made, and stand one behind the other in their window. */
  #cxlRegion(step: Step): StepOutcome {
    const id = String(step.id);
    const device = this.#machine.cxl.find((one) => one.id === id);
    const window = this.#dax.windows[Number(step.window ?? 0)];
    if (device === undefined) return refused(step, `there is no CXL device ${id}`);
    if (window === undefined) return refused(step, `there is no fixed window ${step.window}`);
    if (this.#regions.has(id)) return refused(step, `CXL device ${id} has a region already`);
    const inWindow = [...this.#regions.values()].filter(({ start }) =>
      start >= window.start && start < window.end);
    const start = maxOf(inWindow.map(({ end }) => end), window.start);
    const range = { start, end: start + device.size_mb * MIB };
    if (range.end > window.end) return refused(step, 'the window has no place for it');
    this.#regions.set(id, range);
    return { rows: [daxProbeRow({
      name: `dax${this.#regions.size - 1}.0`, target_node: window.nid, ranges: [range],
      memmap_on_memory: step.memmap_on_memory !== 0,
    }, undefined)] };
  }

  #shell(text: string, action: string): StepOutcome {
    const cmd = text.replace(/\r?\n/g, '; ');
    const online = autoOnlineWritten(cmd);
    const rows: readonly StepRow[] = [
      ...parameterWrites(cmd), ...parameterReads(cmd), ...cpuWrites(cmd), ...notifierWrites(cmd),
      ...pageErrors(cmd), ...daxStateWrites(cmd).map(daxStateRow),
      ...(online === undefined ? [] : [autoOnlineRow(online)]),
      ...stateWrites(cmd).map(({ event, block }) => this.#stateRow(event, block)),
    ];
    return rows.length > 0 ? { rows } : shellRow(action, cmd);
  }
}

function autoOnlineRow(value: string): StepRow {
  const file = '/sys/devices/system/memory/auto_online_blocks';
  return { event: 'write_parameter', args: `file=${file} value=${value}` };
}

/** Which commands of a lab kernel do something that needs no page to be named. */
const replayedCommands = /^\s*(withhold|release|alloc|freeall)\b/;

function labStep(cmd: string): StepOutcome {
  const rows = replayedCommands.test(cmd) ? labRows(cmd, '')?.during ?? [] : [];
  if (rows.length === 0) return shellRow('lab', `lab ${cmd}`);
  return { rows: rows.map(({ phase: _, ...row }) => row) };
}

function shellRow(action: string, text: string): StepOutcome {
  return { rows: [{ event: 'shell', args: text }], unused: action };
}

/**
 * What the row of a page must have and a step need not say: a single page, the type that its flags
 * ask for, and of a free the first CPU.
 */
function pageColumns(event: EventName, step: Step): Partial<StepRow> {
  if (event === 'mm_page_free') return { order: 0, cpu: 0 };
  if (event !== 'mm_page_alloc') return {};
  const flags = step.gfp_flags;
  return flags === undefined ? { order: 0 }
    : { order: 0, migratetype: gfpMigratetype(String(flags)) };
}

/** Migratetypes as the tracepoint has them. */
const UNMOVABLE = 0;
const MOVABLE = 1;
const RECLAIMABLE = 2;

/** gfp_migratetype() of flags as the tracepoint prints them. */
function gfpMigratetype(flags: string): number {
  if (/MOVABLE/.test(flags)) return MOVABLE;
  return /RECLAIMABLE/.test(flags) ? RECLAIMABLE : UNMOVABLE;
}

function refused(step: Step, why: string): StepOutcome {
  return { rows: [], refused: `${step.action} would be refused: ${why}` };
}
