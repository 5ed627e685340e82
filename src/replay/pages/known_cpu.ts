import { TraceError } from '../../base/errors.js';
import type { ZonePages } from '../../linux/mm/pages/zone_pages.js';
import { NONE, type Trace } from '../../trace/trace.js';

/** A page event of a CPU that the machine has no lists for. Error: TraceError. */
export function checkCpu(zone: ZonePages, cpu: number, trace: Trace, row: number): void {
  if (zone.pcp[cpu] !== undefined) return;
  // Without a CPU the page goes to no list; a free that goes to one must say to which.
  if (cpu === NONE && trace.event(row) !== 'mm_page_free') return;
  const found = cpu === NONE ? 'empty' : String(cpu);
  throw new TraceError(trace.where(row),
    `cpu is ${found}, expected one of the machine's, 0 to ${zone.pcp.length - 1}`);
}
