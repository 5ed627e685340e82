/** Node distances that the machine was started with; the kernel log does not print its SLIT. */
import type { TraceRow } from '../../trace.js';

const dist = /^dist,src=(\d+),dst=(\d+),val=(\d+)$/;

/**
 * numa_distance rows of `-numa dist,...` arguments. QEMU's node numbers are proximity domains:
 * `nodes` has the kernel's number for each; one that the SRAT does not name has no distance.
 */
export function qemuDistanceRows(
  args: readonly string[], nodes: ReadonlyMap<number, number>,
): readonly TraceRow[] {
  return distanceRows(args.flatMap((arg) => {
    const [, source, target, value] = dist.exec(arg) ?? [];
    const from = nodes.get(Number(source));
    const to = nodes.get(Number(target));
    return from === undefined || to === undefined ? [] : [[from, to, Number(value)] as const];
  }));
}

/** numa_distance rows of `[from, to, distance]`; one direction stands for both. */
export function distanceRows(
  given: readonly (readonly [from: number, to: number, distance: number])[],
): readonly TraceRow[] {
  const distances = new Map<string, number>();
  for (const [from, to, distance] of given) {
    distances.set(`${from} ${to}`, distance);
    if (!distances.has(`${to} ${from}`)) distances.set(`${to} ${from}`, distance);
  }
  return [...distances].map(([pair, distance]) => {
    const [from = '0', to = '0'] = pair.split(' ');
    return {
      time_ns: 0, event: 'numa_distance', nid: Number(from), args: `to=${to} distance=${distance}`,
    };
  });
}
