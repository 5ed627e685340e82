/** Writes, while a trace is replayed, what a user had written before the recording began. */
import type { Kernel } from '../linux/base/kernel.js';
import type { Trace } from '../trace/trace.js';
import {
  buildsAlike, findWritten, firstSnapshot, foundBefore, isAsShown, isWritten, settle, write,
  writtenBefore, type FirstSnapshot, type WrittenBefore,
} from './written_before.js';

/** The recorded kernel, replayed up to this row with that written. */
export type RunTo = (row: number, given: GivenBefore) => Kernel;

/** What a replay is to write that finds out what was written; undefined: nothing. */
export interface GivenBefore {
  readonly written: WrittenBefore | undefined;
}

export class WritingBefore {
  readonly #trace: Trace;
  readonly #first: FirstSnapshot | undefined;
  readonly #given: GivenBefore | undefined;
  readonly #runTo: RunTo;

  /** `given`: it is known, or is being found out; `runTo` is not called then. */
  constructor(trace: Trace, given: GivenBefore | undefined, runTo: RunTo) {
    this.#trace = trace;
    this.#first = firstSnapshot(trace);
    this.#given = given;
    this.#runTo = runTo;
  }

  /** At the first input that memory came by, or at the first snapshot. */
  beforeRow(k: Kernel, row: number): void {
    const first = this.#first;
    if (first === undefined || (row !== first.input && row !== first.row)) return;
    const written = this.#writtenAt(k, first);
    if (written === undefined) return;
    if (row === (written.early ? first.input : first.row)) write(k, written);
    if (row === first.row) settle(k, written);
  }

  #writtenAt(k: Kernel, first: FirstSnapshot): WrittenBefore | undefined {
    if (this.#given !== undefined) return this.#given.written;
    if (first.input === undefined && isAsShown(k, first.settings)) return undefined;
    return writtenBefore(this.#trace, () => this.#find(first));
  }

  /** By the recorded kernel, whichever is replayed: what it would not have by itself. */
  #find({ row, settings, input }: FirstSnapshot): WrittenBefore {
    const trace = this.#trace;
    const plain = this.#runTo(row, { written: undefined });
    if (isAsShown(plain, settings)) return foundBefore(trace);
    const late = findWritten(plain, settings, input !== undefined);
    if (input === undefined || !isWritten(late)) return late;
    const early = { ...late, early: true };
    const [before, after] = [early, late].map((written) =>
      buildsAlike(this.#runTo(row, { written }), trace, row));
    const isLate = (after?.alike ?? 0) > (before?.alike ?? 0);
    return { ...(isLate ? late : early), sure: (isLate ? after : before)?.others === 0 };
  }
}
