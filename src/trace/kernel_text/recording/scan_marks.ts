/**
 * A first look at a trace's text: when steps began, when zonelists were built, which ranges could
 * not be allocated.
 */
import { TimeIndex } from './time_index.js';
import { BusyScan, busyNeedles, type BusyRange, type RefusedRange } from './busy_ranges.js';
import { nanoseconds } from '../numbers.js';
import { ftraceLine } from '../tracer/trace_line.js';

export interface Marks {
  /** Times of the steps' marks, by the step's number, in ns. */
  readonly steps: ReadonlyMap<number, number>;
  /** Times of build_all_zonelists(), in order. */
  readonly builds: readonly number[];
  /** The text does not say that the tracer lost events. */
  readonly isWhole: boolean;
  /** Calls of alloc_contig_range() that failed, in order. */
  readonly busy: readonly BusyRange[];
  /** Time of the last event of each CPU that was asked for, in ns. */
  readonly lastOf: ReadonlyMap<number, number>;
  /** Ranges that were to go offline and could not be isolated, in order. */
  readonly refused: readonly RefusedRange[];
  /** The trace has allocations and frees. */
  readonly pageLevel: boolean;
  /** Calls of zoneinfo_show() while a snapshot was taken, in ns, by its step. */
  readonly snapshots: ReadonlyMap<number, readonly number[]>;
}

const PAGE_FREED = ' mm_page_free: ';

const STEP = 'tracing_mark_write: step ';
const SNAPSHOT = 'tracing_mark_write: snapshot ';
const ZONEINFO = ' zoneinfo_show: ';

const needles = [STEP, SNAPSHOT, ZONEINFO, ' __build_all_zonelists: ', ...busyNeedles] as const;

/** The time printed in a line: the last number with a point before `end`. */
function timeBefore(text: string): number | undefined {
  const match = /(\d+)\.(\d+):[^:]*$/.exec(text);
  return match === null ? undefined : nanoseconds(match[1] ?? '', match[2] ?? '');
}

class MarkScan {
  readonly steps = new Map<number, number>();
  readonly builds: number[] = [];
  isWhole = true;
  readonly lastOf = new Map<number, number>();
  readonly #cpus: readonly number[];
  pageLevel = false;
  readonly #busy = new BusyScan();
  readonly #begun = new Map<number, number>();
  readonly #shown: number[] = [];

  get snapshots(): ReadonlyMap<number, readonly number[]> {
    const begins = [...this.steps.values(), ...this.#begun.values()];
    const ends = new TimeIndex(begins, begins);
    const shown = new TimeIndex(this.#shown, this.#shown);
    const found = new Map<number, readonly number[]>();
    // Of a clock that stands still; what has one time is looked at once.
    const at = new Map<number, readonly number[]>();
    for (const [step, begin] of this.#begun) {
      const times = at.get(begin)
        ?? [...shown.between(begin, ends.next(begin))].sort((a, b) => a - b);
      at.set(begin, times);
      found.set(step, times);
    }
    return found;
  }

  constructor(cpus: Iterable<number>) {
    this.#cpus = [...cpus];
  }

  get busy(): readonly BusyRange[] {
    return this.#busy.ranges();
  }

  get refused(): readonly RefusedRange[] {
    return this.#busy.refused();
  }

  scan(bytes: Buffer): void {
    this.pageLevel ||= bytes.includes(PAGE_FREED);
    for (const needle of needles) {
      for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) {
        this.#found(bytes, needle, at);
      }
    }
    this.isWhole &&= !bytes.includes(' [LOST ') && !bytes.includes('EVENTS DROPPED]');
    this.builds.sort((a, b) => a - b);
    for (const cpu of this.#cpus) this.#last(bytes, cpu);
  }

  /** The last of these lines that is an event of the CPU. */
  #last(bytes: Buffer, cpu: number): void {
    const needle = `[${String(cpu).padStart(3, '0')}]`;
    for (let at = bytes.lastIndexOf(needle); at >= 0; at = bytes.lastIndexOf(needle, at - 1)) {
      const end = bytes.indexOf(10, at);
      const line = bytes.toString('utf8', bytes.lastIndexOf(10, at) + 1,
        end < 0 ? bytes.length : end);
      const event = ftraceLine(line.trimEnd(), 0);
      if (event?.cpu === cpu) {
        this.lastOf.set(cpu, event.time_ns);
        return;
      }
      if (at === 0) return;
    }
  }

  #found(bytes: Buffer, needle: string, at: number): void {
    const begin = bytes.lastIndexOf(10, at) + 1;
    const time = timeBefore(bytes.toString('latin1', begin, at));
    if (time === undefined) return;
    if (busyNeedles.includes(needle)) {
      const end = bytes.indexOf(10, at);
      const line = bytes.toString('latin1', begin, end < 0 ? bytes.length : end);
      this.#busy.add(line, needle, time);
    } else if (needle === ZONEINFO) this.#shown.push(time);
    else if (needle.startsWith(' ')) this.builds.push(time);
    else {
      const step = parseInt(bytes.toString('latin1', at + needle.length, at + needle.length + 12));
      const times = needle === STEP ? this.steps : this.#begun;
      if (Number.isInteger(step) && !times.has(step)) times.set(step, time);
    }
  }
}

/** Looks through the whole text, without splitting it into lines; `cpus`: see `lastOf`. */
export async function scanMarks(
  chunks: AsyncIterable<Uint8Array>, cpus: Iterable<number>,
): Promise<Marks> {
  const marks = new MarkScan(cpus);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(10) + 1;
    marks.scan(bytes.subarray(0, end));
    rest = bytes.subarray(end);
  }
  marks.scan(rest);
  const { steps, builds, isWhole, busy, refused, lastOf, pageLevel, snapshots } = marks;
  return { steps, builds, isWhole, busy, refused, lastOf, pageLevel, snapshots };
}
