/** Which tasks of a trace are taking memory online or offline at the moment. */
import type { EventName } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';
import { isDeviceWork } from './pages/device_work.js';

/** What a driver's worker takes memory away by, up to whole blocks. */
const contiguous: ReadonlySet<EventName> = new Set<EventName>(
  ['alloc_contig_range', 'offline_and_remove_memory']);

interface Range {
  readonly task: string;
  readonly start: number;
  readonly end: number;
}

export class HotplugCalls {
  readonly #onlining: Range[] = [];
  readonly #offlining = new Set<string>();
  /** Tasks that free the memmap of what they remove. */
  readonly #removing = new Set<string>();
  /** Pages that soft_offline_page() is at. */
  readonly #poisoning = new Set<number>();

  /** A row begins or ends such a call, or does neither. */
  row(trace: Trace, row: number): void {
    const event = trace.event(row);
    const task = trace.task(row);
    const ends = trace.phase(row) === 'E';
    if (event === 'offline' || (contiguous.has(event) && isDeviceWork(trace, row))) {
      if (ends) this.#offlining.delete(task);
      else this.#offlining.add(task);
    } else if (event === 'online' || event === 'online_movable' || event === 'online_kernel') {
      const start = trace.pfn(row);
      if (!ends) this.#onlining.push({ task, start, end: start + trace.nr_pages(row) });
      else this.#forget(task);
    } else if (event === 'arch_remove_memory') {
      this.#removing.add(task);
    } else if (event === 'remove_memory' || event === 'try_remove_memory') {
      this.#removing.delete(task);
    } else if (event === 'soft_offline_page') {
      if (ends) this.#poisoning.delete(trace.pfn(row));
      else if (trace.phase(row) === 'B') this.#poisoning.add(trace.pfn(row));
    }
  }

  /** Its contents were moved away because its memory fails: who frees it now gives it up. */
  poisons(pfn: number): boolean {
    return this.#poisoning.size > 0 && this.#poisoning.has(pfn);
  }

  #forget(task: string): void {
    const index = this.#onlining.findIndex((one) => one.task === task);
    if (index >= 0) this.#onlining.splice(index, 1);
  }

  /** The row's task onlines the page: the free it announces is in the model already. */
  onlines(trace: Trace, row: number, pfn: number): boolean {
    if (this.#onlining.length === 0) return false;
    const task = trace.task(row);
    return this.#onlining.some((one) => one.task === task && pfn >= one.start && pfn < one.end);
  }

  get running(): boolean {
    return this.#onlining.length > 0 || this.#offlining.size > 0;
  }

  /** It frees the memmap, and the page tables that mapped it. */
  freesMemmap(task: string): boolean {
    return this.#removing.size > 0 && this.#removing.has(task);
  }

  offlines(task: string): boolean {
    return this.#offlining.has(task);
  }
}
