/** Node distances that the machine was started with; the kernel log does not print its SLIT. */
import type { TraceRow } from '../trace.js';

const dist = /^dist,src=(\d+),dst=(\d+),val=(\d+)$/;

/** numa_distance rows of `-numa dist,...` arguments; one direction stands for both. */
export function qemuDistanceRows(args: readonly string[]): readonly TraceRow[] {
  const distances = new Map<string, number>();
  for (const arg of args) {
    const [, from, to, value] = dist.exec(arg) ?? [];
    if (from === undefined) continue;
    distances.set(`${from} ${to}`, Number(value));
    if (!distances.has(`${to} ${from}`)) distances.set(`${to} ${from}`, Number(value));
  }
  return [...distances].map(([pair, distance]) => {
    const [from = '0', to = '0'] = pair.split(' ');
    return {
      time_ns: 0, event: 'numa_distance', nid: Number(from), args: `to=${to} distance=${distance}`,
    };
  });
}
