/**
 * Memory that a driver maps as ZONE_DEVICE: memremap_pages() and memunmap_pages() are not traced by
 * themselves, what they call is.
 */
import { eventCode, type TraceBuilder } from '../../build.js';
import type { TraceRow } from '../../trace.js';

/** Who called arch_add_memory(), as its return prints it. */
const mapping = /\((?:devm_)?memremap_pages\+|\(pagemap_range\+/;

/** An event, with its name as traced and its text. */
type DeviceEvent = Pick<TraceRow, 'time_ns' | 'cpu' | 'task' | 'nid' | 'pfn' | 'nr_pages' | 'zone'>
  & { readonly name: string; readonly rest?: string; readonly task: string; readonly line: number };

export class DeviceMemory {
  readonly #builder: TraceBuilder;
  /** Tasks whose next arch_remove_memory() is of memory that they unmap. */
  readonly #unmapping = new Set<string>();

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
  }

  /** Before the event's row: one of unmapping, whose input row is written here. */
  isUnmapped(event: DeviceEvent): boolean {
    const { time_ns, cpu = 0, task, name, nid, pfn, nr_pages, zone, line } = event;
    if (name === 'arch_remove_memory') return this.#unmapping.delete(task);
    if (name !== 'remove_pfn_range_from_zone' || zone !== 'Device') return false;
    if (nid === undefined || pfn === undefined || nr_pages === undefined) return false;
    this.#unmapping.add(task);
    this.#builder.append(
      { time_ns, cpu, task, event: 'memunmap_pages', nid, pfn, nr_pages }, line);
    return true;
  }

  /** At the return of arch_add_memory(): what looked like memory that is added was mapped. */
  isMapped(event: DeviceEvent, row: number): boolean {
    if (event.name !== 'arch_add_memory_ret' || !mapping.test(event.rest ?? '')) return false;
    this.#builder.set(row, 'event', eventCode('memremap_pages'));
    this.#builder.set(row, 'args', 0);
    this.#builder.withoutPhase([row]);
    return true;
  }
}
