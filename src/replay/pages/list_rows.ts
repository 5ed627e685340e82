/** Rows of a trace that tell of the lists of a zone at that moment. */
import type { Kernel } from '../../linux/base/kernel.js';
import type { Pages } from '../../linux/mm/pages/pages.js';
import type { ZonePages } from '../../linux/mm/pages/zone_pages.js';
import { rowWords } from '../../trace/row_words.js';
import type { Trace } from '../../trace/trace.js';
import type { HotplugCalls } from '../hotplug_calls.js';
import type { Corrections } from './corrections.js';
import { allocatedNext } from './inference/offline_drains.js';
import { hasSunkTo } from './inference/sunken_lists.js';

function zoneOfRow(
  k: Kernel | undefined, pages: Pages | undefined, trace: Trace, row: number,
): ZonePages | undefined {
  const zone = k?.state.nodes[trace.nid(row)]?.node_zones[trace.zone(row)];
  return zone === undefined ? undefined : pages?.zonePages(zone);
}

export class ListRows {
  readonly #trace: Trace;
  readonly #corrections: Corrections;
  readonly #hotplug: HotplugCalls;
  #k: Kernel | undefined;
  #pages: Pages | undefined;

  constructor(trace: Trace, corrections: Corrections, hotplug: HotplugCalls) {
    this.#trace = trace;
    this.#corrections = corrections;
    this.#hotplug = hotplug;
  }

  booted(k: Kernel, pages: Pages): void {
    this.#k = k;
    this.#pages = pages;
  }

  /** A pcp row: of one list, how high it is. */
  takeHigh(row: number): void {
    const { high } = rowWords(this.#trace, row, 'pcp');
    const zp = zoneOfRow(this.#k, this.#pages, this.#trace, row);
    const pcp = zp?.pcp[this.#trace.columns.cpu.get(row)];
    if (zp === undefined || pcp === undefined || high === undefined) return;
    if (hasSunkTo(zp, pcp, high)) this.#corrections.sink(zp, pcp, high);
  }

  /** A task that takes memory offline drains all lists of the zone itself. */
  takeGone(row: number): void {
    const trace = this.#trace;
    if (this.#k?.config.drain_remotely !== true || !this.#hotplug.offlines(trace.task(row))) return;
    const zp = zoneOfRow(this.#k, this.#pages, trace, row);
    if (zp === undefined || zp.partial) return;
    const gone = allocatedNext(trace, this.#pages as Pages, zp, row);
    if (gone.length > 0) this.#corrections.takeUnseen('unseen_before_drain', zp, gone);
  }
}
