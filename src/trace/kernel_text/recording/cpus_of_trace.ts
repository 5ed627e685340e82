/** CPUs of a machine whose trace shows more of them than its log. */
import { assumption } from '../../assumptions.js';
import type { TraceBuilder } from '../../build.js';
import type { TraceHeader } from '../../trace.js';
import type { Dmesg } from '../log/dmesg.js';
import type { HeadFacts } from '../tracer/trace_line.js';

/**
 * So many CPUs as the trace has, for the header: its head says how many were online, and where an
 * event ran there is one. No count: the log has as many.
 */
export function cpusOfTrace(
  { facts, rows }: Dmesg, head: HeadFacts, builder: TraceBuilder,
): { readonly cpus?: number; readonly other: TraceHeader['other'] } {
  const nodes = rows.filter(({ row }) => row.event === 'srat_cpu').length;
  const logged = Math.max(facts.cpus ?? 0, nodes);
  const cpus = Math.max(head.cpus ?? 0, builder.cpuCount());
  if (cpus <= logged) return { other: [] };
  const log = logged === 0 ? 'the log does not say how many CPUs there are'
    : `the log has ${logged} CPUs`;
  return { cpus, other: [assumption(`${log}, the trace ${cpus}: these are taken`)] };
}
