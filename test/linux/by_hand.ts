/** Kernels whose nodes and zones are made by a test: no boot, no sections, no pages. */
import { at } from '../../src/base/assert.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import type { Machine } from '../../src/linux/base/machine.js';
import {
  MAX_NR_ZONES, ZONE_NAMES, ZONE_NORMAL, type Pgdat, type Zone,
} from '../../src/linux/include/mmzone.js';
import { compose, type CallWatcher } from '../../src/patch/compose.js';
import type { Patch } from '../../src/patch/define.js';

export interface ByHand {
  readonly version?: string;
  readonly series?: readonly Patch[];
  /** Number of possible nodes. */
  readonly nodes: number;
  /** Nodes that are online. */
  readonly online?: readonly number[];
  /** nid of each CPU. */
  readonly cpus?: readonly number[];
  readonly distance?: readonly (readonly number[])[];
  readonly kconfig?: Readonly<Record<string, string>>;
  readonly cmdline?: string;
  readonly watcher?: CallWatcher;
}

export type ZoneName = (typeof ZONE_NAMES)[number];

export function machineByHand(what: ByHand): Machine {
  return {
    e820: [], srat: [], cpus: what.cpus ?? [0], distance: what.distance ?? [],
    cmdline: what.cmdline ?? '', reserved: [], pages_per_section: 32768, pages_per_block: 32768,
    kconfig: what.kconfig ?? {}, managed_at_boot: [], freed_after_wmarks: 0,
  };
}

function emptyZone(nid: number, index: number): Zone {
  return {
    nid, index, name: at(ZONE_NAMES, index), zone_start_pfn: 0, spanned_pages: 0, present_pages: 0,
    present_early_pages: 0, managed_pages: 0, nr_free_pages: 0, nr_isolated_pages: 0,
    nr_isolate_pageblock: 0, contiguous: false, watermark: { min: 0, low: 0, high: 0, promo: 0 },
    watermark_boost: 0,
    lowmem_reserve: new Array<number>(MAX_NR_ZONES).fill(0), pageset: 'boot',
    pcp: { high: 0, batch: 1, high_min: 0, high_max: 0 }, pageset_high_min: 0,
    pageset_high_max: 0, pageset_batch: 1, pageset_leaked: 0, free_high_batch: new Set(),
    pcp_high_most: 0,
  };
}

function emptyNode(nid: number): Pgdat {
  const node_zones = Array.from({ length: MAX_NR_ZONES }, (_, index) => emptyZone(nid, index));
  return {
    nid, node_zones, node_start_pfn: 0, node_spanned_pages: 0, node_present_pages: 0, nr_zones: 0,
    node_zonelists: [[], []], node_order: [], kswapd: false, kcompactd: false,
    totalreserve_pages: 0, initialised: true,
  };
}

/** A kernel with empty nodes, its CPUs online, user space running. */
export function kernelByHand(what: ByHand): Kernel {
  const machine = machineByHand(what);
  const k = compose(what.version ?? 'v6.1', what.series ?? [], machine, what.watcher);
  for (let nid = 0; nid < what.nodes; nid += 1) {
    k.state.nodes.push(emptyNode(nid));
    k.state.node_states.possible.add(nid);
  }
  for (const nid of what.online ?? [0]) k.state.node_states.online.add(nid);
  for (const [cpu, nid] of machine.cpus.entries()) k.state.cpu_to_node.set(cpu, nid);
  k.state.system_state = 'running';
  return k;
}

export function zoneOf(k: Kernel, nid: number, name: ZoneName): Zone {
  return at(at(k.state.nodes, nid).node_zones, ZONE_NAMES.indexOf(name));
}

/** The zone has these pages, all managed unless said, all free; node states follow. */
export function populate(
  k: Kernel, nid: number, name: ZoneName, present: number, managed = present, free = managed,
): Zone {
  const zone = zoneOf(k, nid, name);
  const node = at(k.state.nodes, nid);
  node.node_present_pages += present - zone.present_pages;
  zone.present_pages = present;
  zone.spanned_pages = Math.max(zone.spanned_pages, present);
  zone.managed_pages = managed;
  zone.nr_free_pages = free;
  if (present > 0) k.state.node_states.memory.add(nid);
  if (present > 0 && zone.index <= ZONE_NORMAL) k.state.node_states.normal_memory.add(nid);
  if (node.node_present_pages === 0) k.state.node_states.memory.delete(nid);
  return zone;
}

/** Finishes what a boot does once the pages are with the buddy allocator. */
export function afterBoot(k: Kernel): void {
  k.build_all_zonelists(undefined);
  k.setup_per_cpu_pageset();
  k.init_per_zone_wmark_min();
  k.hugepage_init();
  k.kswapd_init();
}

/** `0:Normal 0:DMA32 ...` as the lab kernel prints a list. */
export function listOf(k: Kernel, nid: number, kind: 0 | 1 = 0): string {
  return at(k.state.nodes, nid).node_zonelists[kind]
    .map(({ zone }) => `${zone.nid}:${zone.name}`).join(' ');
}

/** The lines that rebuilds print, from line `from` of the log on. */
export function rebuildLines(k: Kernel, from = 0): string[] {
  return k.state.log.slice(from).map((line) => line.text.trimEnd())
    .filter((text) => /^(Fallback order|Built|Policy zone)/.test(text));
}
