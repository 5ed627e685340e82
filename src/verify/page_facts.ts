/**
 * Pages of a page-level recording that reach the buddy allocator from a per-cpu list: which, by
 * which migratetype, from which CPU's list. Only pages of hot-added blocks are held: what the
 * lists of the boot's zones had when the recording began is in no trace.
 */
import { hex } from '../base/pfn.js';
import type { Kernel } from '../linux/base/kernel.js';
import { migratetypes } from '../linux/include/migratetype.js';
import { isPageEvent } from '../replay/pages/events.js';
import type { PageLevel } from '../replay/pages/page_level.js';
import type { Trace } from '../trace/trace.js';
import { lossesOf } from '../trace/losses.js';
import type { FactSheet } from './facts.js';
import { holdFreePages } from './free_pages.js';
import { holdSequence, type Element } from './sequence.js';
import { pfn_to_section_nr } from '../linux/include/sections.js';

interface TaskElement extends Element {
  readonly task: string;
}

function sameTexts(one: readonly Element[], other: readonly Element[]): boolean {
  return one.length === other.length && one.every(({ text }, at) => text === other[at]?.text);
}

function byTask(elements: readonly TaskElement[]): ReadonlyMap<string, readonly TaskElement[]> {
  const found = new Map<string, TaskElement[]>();
  for (const one of elements) {
    const list = found.get(one.task);
    if (list === undefined) found.set(one.task, [one]);
    else list.push(one);
  }
  return found;
}

function drainText(pfn: number, order: number, migratetype: string): string {
  return `pfn=${hex(pfn)} order=${order} migratetype=${migratetype}`;
}

export class PageFacts {
  readonly #facts: FactSheet;
  readonly #trace: Trace;
  /** First row of each step. */
  readonly #steps: { readonly row: number; readonly step: number }[] = [];

  constructor(facts: FactSheet, trace: Trace) {
    this.#facts = facts;
    this.#trace = trace;
  }

  /** A step begins with this row. */
  step(row: number, step: number): void {
    this.#steps.push({ row, step });
  }

  /** Holds them against the model's; the recording is over. */
  hold(level: PageLevel, k: Kernel): void {
    // Then nobody knows what is on the lists.
    const { first } = lossesOf(this.#trace);
    const cut = lastRun(this.#trace, first);
    const modelled = level.drains.filter(({ row, pfn }) => row <= first && hotAdded(k, pfn))
      .map(({ row, pfn, order, migratetype, causes }) => ({
        task: this.#trace.task(row), step: this.#stepOf(row), row, field: hex(pfn), causes,
        text: drainText(pfn, order, migratetypes[migratetype] ?? ''),
        // Perhaps drained before the loss and recorded behind it.
        inDoubt: row >= cut,
      }));
    this.#holdDrains(this.#recorded(k), modelled);
    const known = level.differences.filter(({ row }) => row <= first);
    holdFreePages(this.#facts, this.#trace, known, (row) => this.#stepOf(row));
    const { allocs, frees } = level.counts;
    this.#facts.take('page allocated, by pfn', allocs);
    this.#facts.take('page freed, by pfn', frees);
    for (const [cause, times] of level.corrections.counts) this.#facts.corrected(cause, times);
  }

  /**
   * Two tasks that drain at the same time take turns as the zone's lock lets them, in the model
   * each is done at once: where the order parts, each task is held alone.
   */
  #holdDrains(recorded: readonly TaskElement[], modelled: readonly TaskElement[]): void {
    if (sameTexts(recorded, modelled)) {
      holdSequence(this.#facts, this.#trace, { kind: 'drain' }, recorded, modelled);
      return;
    }
    const [here, there] = [byTask(recorded), byTask(modelled)];
    for (const task of new Set([...here.keys(), ...there.keys()])) {
      holdSequence(this.#facts, this.#trace, { kind: 'drain' },
        here.get(task) ?? [], there.get(task) ?? []);
    }
  }

  #recorded(k: Kernel): TaskElement[] {
    const trace = this.#trace;
    const drains: TaskElement[] = [];
    const { first } = lossesOf(trace);
    for (let row = 0; row < trace.length; row += 1) {
      if (trace.event(row) !== 'mm_page_pcpu_drain') continue;
      const pfn = trace.pfn(row);
      const name = trace.header.migratetypes[trace.migratetype(row)] ?? '';
      const text = drainText(pfn, trace.order(row), name);
      const task = trace.task(row);
      const place = { step: this.#stepOf(row), row, field: hex(pfn) };
      if (row > first) {
        this.#facts.doubt('drain of a page', { ...place, subject: { kind: 'drain' } }, text);
      } else if (hotAdded(k, pfn)) drains.push({ ...place, task, text, causes: 0 });
      else this.#facts.leave('drain of a page that was there at boot');
    }
    return drains;
  }

  #stepOf(row: number): number {
    return this.#steps.findLast((one) => one.row <= row)?.step ?? 0;
  }
}

/** Where the task began to run that had the CPU when it lost events. */
function lastRun(trace: Trace, first: number): number {
  if (first < 0 || first >= trace.length) return first;
  const { cpu, task, event } = trace.columns;
  let begin = first;
  let running: number | undefined;
  for (let row = first; row >= 0; row -= 1) {
    if (cpu.get(row) !== cpu.get(first) || isPageEvent[event.get(row)] !== 1) continue;
    running ??= task.get(row);
    if (task.get(row) !== running) break;
    begin = row;
  }
  return begin;
}

/** Not there at boot. A block that is gone again was hot-added. */
function hotAdded(k: Kernel, pfn: number): boolean {
  return !k.state.sections.early(pfn_to_section_nr(pfn));
}
