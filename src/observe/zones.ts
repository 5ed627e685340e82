/** What several invariants ask of nodes, zones and struct pages. */
import { maxOf, minOf } from '../base/long_lists.js';
import { onceFor } from '../base/once.js';
import type { Kernel } from '../linux/base/kernel.js';
import type { Memmap, PageRun } from '../linux/include/memmap.js';
import { hasZone } from '../linux/include/mmzone/zone_type.js';
import { ZONE_DEVICE, type Pgdat, type Zone } from '../linux/include/mmzone.js';

export function nodes(k: Kernel): readonly Pgdat[] {
  return k.state.nodes.filter((pgdat) => pgdat !== undefined);
}

export function zones(k: Kernel): readonly Zone[] {
  const { nodes: known } = k.state;
  const before = zonesOf(k.state);
  const isSame = before.nodes.length === known.length &&
    before.nodes.every((pgdat, nid) => pgdat === known[nid]);
  if (isSame) return before.zones;
  before.nodes = [...known];
  before.zones = nodes(k).flatMap((pgdat) =>
    pgdat.node_zones.filter(({ index }) => hasZone(k, index)));
  return before.zones;
}

interface ZonesOf {
  nodes: readonly (Pgdat | undefined)[];
  zones: readonly Zone[];
}

/** The zones of a node are the same for as long as it is there. */
const zonesOf = onceFor((_state: Kernel['state']): ZonesOf => ({ nodes: [], zones: [] }));

/** Pages that a zone keeps back from others, by zone as /proc/zoneinfo has them: `0/1234/0`. */
export function protectionText(k: Kernel, { lowmem_reserve }: Zone): string {
  return lowmem_reserve.filter((_, index) => hasZone(k, index)).join('/');
}

/** `0:Normal`. */
export function zoneLabel(zone: Zone): string {
  return `${zone.nid}:${zone.name}`;
}

export function zoneEnd(zone: Zone): number {
  return zone.zone_start_pfn + zone.spanned_pages;
}

export function spansRange(zone: Zone, start: number, end: number): boolean {
  return zone.spanned_pages > 0 && zone.zone_start_pfn <= start && end <= zoneEnd(zone);
}

/** Zones that the page allocator could serve from: ZONE_DEVICE never has free pages. */
export function zonesWithFreePages(k: Kernel): readonly Zone[] {
  return zones(k).filter((zone) => zone.nr_free_pages > 0 && zone.index < ZONE_DEVICE);
}

/** Zonelists of a node: without CONFIG_NUMA there is none for __GFP_THISNODE (MAX_ZONELISTS). */
export function nrZonelists(k: Kernel): number {
  return k.machine.kconfig['NUMA'] === 'n' ? 1 : 2;
}

/** The zone that a run of initialised pages links to; undefined: no such zone. */
export function zoneOfRun(k: Kernel, run: PageRun): Zone | undefined {
  if (run.content.kind !== 'init') return undefined;
  return k.state.nodes[run.content.nid]?.node_zones[run.content.zone];
}

/** First and one past the last page of all zone spans of the node; undefined: all are empty. */
export function hullOf(pgdat: Pgdat): { start: number; end: number } | undefined {
  const spanned = pgdat.node_zones.filter((zone) => zone.spanned_pages > 0);
  if (spanned.length === 0) return undefined;
  return {
    start: minOf(spanned.map((zone) => zone.zone_start_pfn)),
    end: maxOf(spanned.map(zoneEnd)),
  };
}

/** Every page that has a struct page. */
export function allRuns(k: Kernel): readonly PageRun[] {
  const { sections, memmap } = k.state;
  const end = (sections.highest_present + 1) * k.machine.pages_per_section;
  const before = runsOf(memmap);
  if (before.end === end && before.changes === memmap.changes) return before.runs;
  return Object.assign(before, { end, changes: memmap.changes, runs: memmap.runs(0, end) }).runs;
}

interface RunsOf {
  end: number;
  /** Of the memmap when they were read. */
  changes: number;
  runs: readonly PageRun[];
}

/** Many invariants ask for them after each event. */
const runsOf = onceFor((_memmap: Memmap): RunsOf => ({ end: 0, changes: 0, runs: [] }));

/** Is some page of the run in an online section? */
export function touchesOnline(k: Kernel, run: PageRun): boolean {
  const pages = k.machine.pages_per_section;
  for (let section = Math.floor(run.start / pages); section * pages < run.end; section += 1) {
    if (k.state.sections.online(section)) return true;
  }
  return false;
}
