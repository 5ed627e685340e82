/** When the zoneinfo of each snapshot was read, by the trace's clock, for those under tracing. */
import { maxOf } from '../../../base/long_lists.js';
import type { Marks } from './scan_marks.js';
import { nodeFreeRows } from '../snapshot/snapshot.js';
import { nodeTexts, shownTimes } from '../snapshot/zoneinfo_shown.js';
import type { SnapshotRow } from '../snapshot/snapshot_row.js';

/** By node: when its zones were read, in ns. */
type ReadAt = ReadonlyMap<number, number>;

/** The first snapshot from this step on. */
export function textFrom(snapshots: ReadonlyMap<number, string>, step: number): string | undefined {
  const next = [...snapshots.keys()].filter((one) => one >= step).sort((a, b) => a - b)[0];
  return next === undefined ? undefined : snapshots.get(next);
}

/** Rows of one time. */
interface TimedRows {
  readonly time_ns: number;
  readonly rows: readonly SnapshotRow[];
}

export class SnapshotTimes {
  readonly #times = new Map<number, ReadAt>();
  /** How many calls of zoneinfo_show() are still to come, by their time. */
  readonly #left = new Map<number, number>();

  /** `texts`: the snapshots by step. */
  constructor(texts: ReadonlyMap<number, string>, { snapshots }: Marks) {
    for (const [step, text] of texts) {
      const times = shownTimes(nodeTexts(text), snapshots.get(step) ?? []);
      if (times !== undefined) this.#times.set(step, times);
    }
    for (const time of [...new Set(snapshots.values())].flat()) {
      this.#left.set(time, (this.#left.get(time) ?? 0) + 1);
    }
  }

  /**
   * An event went by; true: it was the last call of zoneinfo_show() of its time. What comes behind
   * it is not in the snapshot, though a clock that stands still may give it the same time.
   */
  wentBy({ name, time_ns }: { readonly name: string; readonly time_ns: number }): boolean {
    if (name !== 'zoneinfo_show') return false;
    const left = (this.#left.get(time_ns) ?? 0) - 1;
    this.#left.set(time_ns, left);
    return left === 0;
  }

  /** Undefined: it was not read under tracing, or nobody knows when. */
  of(step: number): ReadAt | undefined {
    return this.#times.get(step);
  }

  /** When all of it was read; Infinity: see of(). */
  end(step: number): number {
    const times = this.of(step);
    return times === undefined ? Infinity : maxOf(times.values());
  }

  /** Nodes that were read before the last ones; none of the first snapshot, which stands first. */
  early(step: number): ReadonlySet<number> {
    const end = this.end(step);
    return new Set([...this.of(step) ?? []]
      .filter(([, time]) => step > 0 && time < end).map(([nid]) => nid));
  }

  /** Free pages of these nodes, each when it was read. */
  earlyRows(step: number, text: string): readonly TimedRows[] {
    const how = { first: false, pageLevel: true, readAt: this.of(step) };
    return [...this.early(step)].map((nid) => ({
      time_ns: how.readAt?.get(nid) ?? 0, rows: nodeFreeRows(text, nid, how),
    }));
  }
}
