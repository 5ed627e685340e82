/**
 * The machine's memory at one moment, as layers of spans over physical page numbers. Typed data for
 * whoever draws it: what text reports say of the same state comes from the probes.
 */
import type { Kernel } from '../linux/base/kernel.js';
import { migratetypes } from '../linux/include/migratetype.js';
import { PAGES_PER_SECTION, pageblock_nr_pages } from '../linux/include/mmzone.js';
import {
  ALLOCATED, FREE, HUGETLB, IN_FLIGHT, NOTHING, ON_PCP, SLAB, UNREFERENCED,
} from '../linux/mm/pages/arena.js';
import { contentText } from './page_text.js';
import { allRuns, hullOf, nodes, spansRange, zoneLabel, zoneOfRun, zones } from './zones.js';

/** Pages [start, start + nr) are this; the words are those of the legend. */
export type Span = readonly [start_pfn: number, nr_pages: number, text: string];

export const mapLayers = [
  'node', 'zone', 'block', 'section', 'pageblock', 'memmap', 'page',
] as const;
export type MapLayer = (typeof mapLayers)[number];

/** What of the memory is known at one moment; a layer that is empty is not known. */
export type MemoryMap = Readonly<Record<MapLayer, readonly Span[]>>;

/** Sections of which single pageblocks and pages are told; of more there is no room. */
const SECTIONS_MAX = 2048;
/** Spans of pages told of one pageblock; more are told as counts. */
const SPANS_OF_PAGEBLOCK = 8;

/** Neighbours that say the same become one. */
class Spans {
  readonly list: [number, number, string][] = [];

  add(start: number, nr: number, text: string): void {
    const last = this.list.at(-1);
    if (last !== undefined && last[2] === text && last[0] + last[1] === start) last[1] += nr;
    else if (nr > 0) this.list.push([start, nr, text]);
  }
}

function presentSections(k: Kernel): readonly number[] {
  const { sections } = k.state;
  return Array.from({ length: sections.highest_present + 1 }, (_, nr) => nr)
    .filter((nr) => sections.present(nr));
}

function nodeSpans(k: Kernel): readonly Span[] {
  return nodes(k).flatMap((pgdat): Span[] => {
    const hull = hullOf(pgdat);
    return hull === undefined ? []
      : [[hull.start, hull.end - hull.start, `node ${pgdat.nid}`]];
  });
}

function zoneSpans(k: Kernel): readonly Span[] {
  return zones(k).filter((zone) => zone.spanned_pages > 0)
    .map((zone): Span => [zone.zone_start_pfn, zone.spanned_pages, zoneLabel(zone)])
    .sort((a, b) => a[0] - b[0]);
}

function blockSpans(k: Kernel): readonly Span[] {
  const spans = new Spans();
  for (const block of [...k.state.memory_blocks.values()].sort((a, b) => a.id - b.id)) {
    spans.add(block.start_pfn, block.nr_pages,
      `${block.state}${block.nr_vmemmap_pages > 0 ? ', holds its memmap' : ''}`);
  }
  return spans.list;
}

function sectionSpans(k: Kernel, present: readonly number[]): readonly Span[] {
  const spans = new Spans();
  for (const nr of present) {
    spans.add(nr * PAGES_PER_SECTION, PAGES_PER_SECTION,
      k.state.sections.online(nr) ? 'online' : 'present');
  }
  return spans.list;
}

function pageblockSpans(k: Kernel, present: readonly number[]): readonly Span[] {
  const spans = new Spans();
  for (const nr of present) {
    const first = nr * PAGES_PER_SECTION;
    for (let pfn = first; pfn < first + PAGES_PER_SECTION; pfn += pageblock_nr_pages) {
      const type = k.state.pageblocks.get(pfn);
      const under = k.state.pageblocks.under(pfn);
      const kept = under === undefined ? '' : `, was ${migratetypes[under] ?? under}`;
      spans.add(pfn, pageblock_nr_pages, `${migratetypes[type] ?? type}${kept}`);
    }
  }
  return spans.list;
}

/** Links of the struct pages; `wrong link`: the zone that they name does not span them. */
function memmapSpans(k: Kernel): readonly Span[] {
  const spans = new Spans();
  for (const run of allRuns(k)) {
    const zone = zoneOfRun(k, run);
    const text = contentText(run.content);
    const isWrong = run.content.kind === 'init' &&
      (zone === undefined || !spansRange(zone, run.start, run.end));
    spans.add(run.start, run.end - run.start, isWrong ? `${text} (wrong link)` : text);
  }
  return spans.list;
}

/** Pages of a block in words; '' of what nobody knows. */
function stateText(k: Kernel, slot: number): string {
  const { arena } = k.state.pages ?? {};
  const order = arena?.order[slot] ?? 0;
  const type = arena?.type[slot] ?? 0;
  switch (arena?.state[slot]) {
    case FREE: return `free, order ${order}`;
    case ON_PCP: return `list of CPU ${arena.cpu[slot]}`;
    case ALLOCATED: return type === HUGETLB ? 'huge page' : type === SLAB ? 'allocated, slab'
      : type === UNREFERENCED ? 'allocated, lost'
      : `allocated, ${migratetypes[type] ?? (type > HUGETLB ? 'Movable' : 'type unknown')}`;
    case IN_FLIGHT: return 'being freed';
    default: return '';
  }
}

function pagesOfBlock(k: Kernel, pfn: number, spans: Spans): void {
  const { arena } = k.state.pages ?? {};
  if (arena === undefined) return;
  const own = new Spans();
  let at = pfn;
  while (at < pfn + pageblock_nr_pages) {
    const slot = arena.slotOf(at);
    if (slot < 0) return;
    const nr = arena.state[slot] === NOTHING ? 1 : 2 ** (arena.order[slot] ?? 0);
    const text = stateText(k, slot);
    if (text !== '') own.add(at, nr, text);
    at += nr;
  }
  if (own.list.length <= SPANS_OF_PAGEBLOCK) {
    for (const [start, nr, text] of own.list) spans.add(start, nr, text);
    return;
  }
  const counts = new Map<string, number>();
  for (const [, nr, text] of own.list) {
    const kind = text.replace(/,? order.*|,.*| of CPU.*/, '');
    counts.set(kind, (counts.get(kind) ?? 0) + nr);
  }
  spans.add(pfn, pageblock_nr_pages,
    `mixed: ${[...counts].map(([kind, nr]) => `${nr} ${kind}`).join(', ')}`);
}

function pageSpans(k: Kernel, present: readonly number[]): readonly Span[] {
  const spans = new Spans();
  for (const { start_pfn, nr_pages } of k.state.withheld) {
    spans.add(start_pfn, nr_pages, 'withheld by a driver');
  }
  if (k.state.pages !== undefined) {
    for (const nr of present) {
      const first = nr * PAGES_PER_SECTION;
      for (let pfn = first; pfn < first + PAGES_PER_SECTION; pfn += pageblock_nr_pages) {
        pagesOfBlock(k, pfn, spans);
      }
    }
  }
  return spans.list.sort((a, b) => a[0] - b[0]);
}

export function memoryMapOf(k: Kernel): MemoryMap {
  const present = presentSections(k);
  const few = present.length <= SECTIONS_MAX;
  return {
    node: nodeSpans(k), zone: zoneSpans(k), block: blockSpans(k),
    section: sectionSpans(k, present), pageblock: few ? pageblockSpans(k, present) : [],
    memmap: memmapSpans(k), page: few ? pageSpans(k, present) : [],
  };
}

/** Numbers that are plotted over time; pages but for those that count events. */
export const plotted = [
  'managed', 'free', 'listed', 'on per-cpu lists', 'drains', 'zonelist rebuilds',
] as const;

/** In the order of `plotted`. `listed`: free pages of zones that some zonelist has. */
export function countersOf(k: Kernel): readonly number[] {
  const all = zones(k);
  const listed = new Set(nodes(k).flatMap(({ node_zonelists: [fallback] }) =>
    fallback.map(({ zone }) => zone)));
  const sum = (list: readonly { readonly n: number }[]): number =>
    list.reduce((total, { n }) => total + n, 0);
  return [
    sum(all.map((zone) => ({ n: zone.managed_pages }))),
    sum(all.map((zone) => ({ n: zone.nr_free_pages }))),
    sum([...listed].map((zone) => ({ n: zone.nr_free_pages }))),
    sum((k.state.pages?.zones ?? []).map(({ nr_pcp }) => ({ n: nr_pcp }))),
    k.state.costs.drains, k.state.costs.zonelist_rebuilds,
  ];
}
