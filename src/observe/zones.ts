/** What several invariants ask of nodes, zones and struct pages. */
import type { Kernel } from '../linux/base/kernel.js';
import type { PageRun } from '../linux/include/memmap.js';
import { ZONE_DEVICE, type Pgdat, type Zone } from '../linux/include/mmzone.js';

export function nodes(k: Kernel): readonly Pgdat[] {
  return k.state.nodes.filter((pgdat) => pgdat !== undefined);
}

export function zones(k: Kernel): Zone[] {
  return nodes(k).flatMap((pgdat) => [...pgdat.node_zones]);
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
export function zonesWithFreePages(k: Kernel): Zone[] {
  return zones(k).filter((zone) => zone.nr_free_pages > 0 && zone.index < ZONE_DEVICE);
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
    start: Math.min(...spanned.map((zone) => zone.zone_start_pfn)),
    end: Math.max(...spanned.map(zoneEnd)),
  };
}

/** Every page that has a struct page. */
export function allRuns(k: Kernel): PageRun[] {
  const { sections, memmap } = k.state;
  return memmap.runs(0, (sections.highest_present + 1) * k.machine.pages_per_section);
}

/** Is some page of the run in an online section? */
export function touchesOnline(k: Kernel, run: PageRun): boolean {
  const pages = k.machine.pages_per_section;
  for (let section = Math.floor(run.start / pages); section * pages < run.end; section += 1) {
    if (k.state.sections.online(section)) return true;
  }
  return false;
}
