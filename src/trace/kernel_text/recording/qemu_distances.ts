/** Node distances that the machine was started with; the kernel log does not print its SLIT. */
import { wordsIn } from '../../row_words.js';
import type { TraceRow } from '../../trace.js';
import type { SnapshotRow } from '../snapshot/snapshot_row.js';

const dist = /^dist,src=(\d+),dst=(\d+),val=(\d+)$/;

/**
 * numa_distance rows of `-numa dist,...` arguments. QEMU's node numbers are proximity domains:
 * `nodes` has the kernel's number for each; one that the SRAT does not name has no distance.
 */
export function qemuDistanceRows(
  args: readonly string[] = [], nodes: ReadonlyMap<number, number>,
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

/**
 * Rows with the distances of the firmware's nodes, where numa=fake= cut those in more and sysfs has
 * distances of what came of it: the first one that is cut from a node tells of it.
 * @param faked by faked nid the firmware's
 */
export function firmwareDistances(
  rows: readonly SnapshotRow[], faked: ReadonlyMap<number, number>,
): readonly SnapshotRow[] {
  if (faked.size === 0) return rows;
  const firstOf = new Map<number, number>();
  for (const [nid, phys] of [...faked].sort(([a], [b]) => b - a)) firstOf.set(phys, nid);
  const told = new Map([...firstOf].map(([phys, nid]) => [nid, phys]));
  return rows.flatMap(({ row, line }) => {
    if (row.event !== 'numa_distance') return [{ row, line }];
    const { to, distance } = wordsIn('numa_distance', row.args);
    const [nid, other] = [told.get(row.nid ?? -1), told.get(to ?? -1)];
    if (nid === undefined || other === undefined) return [];
    return [{ row: { ...row, nid, args: `to=${other} distance=${distance}` }, line }];
  });
}
