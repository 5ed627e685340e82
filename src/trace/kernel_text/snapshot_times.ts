/** When the zoneinfo of each snapshot was read, by the trace's clock, for those under tracing. */
import type { Marks } from './scan_marks.js';
import { nodeFreeRows, type SnapshotRow } from './snapshot.js';
import { nodeTexts, shownTimes } from './zoneinfo_shown.js';

/** By node: when its zones were read, in ns. */
type ReadAt = ReadonlyMap<number, number>;

/** Rows of one time. */
interface TimedRows {
  readonly time_ns: number;
  readonly rows: readonly SnapshotRow[];
}

export class SnapshotTimes {
  readonly #times = new Map<number, ReadAt>();

  /** `texts`: the snapshots by step. */
  constructor(texts: ReadonlyMap<number, string>, { snapshots }: Marks) {
    for (const [step, text] of texts) {
      const times = shownTimes(nodeTexts(text), snapshots.get(step) ?? []);
      if (times !== undefined) this.#times.set(step, times);
    }
  }

  /** Undefined: it was not read under tracing, or nobody knows when. */
  of(step: number): ReadAt | undefined {
    return this.#times.get(step);
  }

  /** When all of it was read; Infinity: see of(). */
  end(step: number): number {
    const times = this.of(step);
    return times === undefined ? Infinity : Math.max(...times.values());
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
