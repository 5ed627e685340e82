/** Rows of the kernel log put between the events of the trace, by time. */
import { at } from '../../../base/assert.js';
import type { TraceBuilder } from '../../build.js';
import type { RefusedRange } from '../recording/busy_ranges.js';
import { TimeIndex } from '../recording/time_index.js';
import type { Dmesg } from './dmesg.js';

/** Clocks that differ by less are the same clock, read microseconds apart. */
const SAME_CLOCK_NS = 5_000_000;
/** Builds that print later after their call than others, or before it, by more tell of drift. */
const DRIFT_NS = 200_000_000;

/** Pairs of a line and an event that are held against each other; a real machine has thousands. */
const MOST_PAIRS = 2e7;

/** Times of the first line that each zonelist build printed, without that of the boot. */
function buildTimes(dmesg: Dmesg): number[] {
  const times: number[] = [];
  let first: number | undefined;
  for (const { row } of dmesg.rows) {
    if (row.args?.startsWith('Fallback order') === true) first ??= row.time_ns;
    if (row.args?.startsWith('Built ') !== true) continue;
    times.push(first ?? row.time_ns);
    first = undefined;
  }
  return times.slice(1);
}

/** From the log's clock to the trace's, in ns. */
export type Clock = (log_ns: number) => number;

/** Both clocks begin at 0; between two builds, and before the first, they drift evenly. */
function drifting(printed: readonly number[], builds: readonly number[]): Clock {
  const [log, trace] = [[0, ...printed], [0, ...builds]];
  let most = 0;
  // The first that is later than a time is later than all before it.
  const latest = log.map((time) => (most = Math.max(most, time)));
  const index = new TimeIndex(latest, latest);
  return (log_ns) => {
    const next = index.countUpTo(log_ns);
    if (next >= log.length) return log_ns - at(log, log.length - 1) + at(trace, trace.length - 1);
    const [from, to] = [at(log, next - 1), at(log, next)];
    const begin = at(trace, next - 1);
    return begin + Math.floor((log_ns - from) * ((at(trace, next) - begin) / (to - from)));
  };
}

/** The builds print just behind their calls by this offset, wherever in the log they begin. */
function fits(printed: readonly number[], builds: readonly number[], offset: number): boolean {
  let left = MOST_PAIRS;
  for (let from = printed.length - builds.length; from >= 0 && left > 0; from -= 1) {
    if (builds.every((time, index) => {
      left -= 1;
      const late = at(printed, from + index) - time - offset;
      return late >= 0 && late < SAME_CLOCK_NS;
    })) return true;
  }
  return false;
}

/**
 * The zonelist builds are in both, and a build prints after its call: the log's clock is never set
 * so that it would not. A log that has more of them has those of before the recording too, or of
 * behind its end; not so when the trace lost events: then the kernel's own word on its clocks must
 * do. On a host with much
 * to do the clocks of a guest can run at different speed.
 */
export function logClock(dmesg: Dmesg, builds: readonly number[], isWhole: boolean): Clock {
  const all = buildTimes(dmesg);
  const offset = dmesg.facts.sched_clock_offset ?? 0;
  const known: Clock = (log_ns) => log_ns - offset;
  if (isWhole && builds.length > 0 && fits(all, builds, offset)) return known;
  const printed = isWhole ? all.slice(Math.max(0, all.length - builds.length)) : all;
  if (printed.length === 0 || printed.length !== builds.length) return known;
  const late = printed.map((time, index) => time - at(builds, index));
  if (fits(printed, builds, offset)) return known;
  let [least, most] = [Infinity, -Infinity];
  for (const ns of late) [least, most] = [Math.min(least, ns), Math.max(most, ns)];
  if (least < -DRIFT_NS || most - least > DRIFT_NS) return drifting(printed, builds);
  return least >= 0 && least < SAME_CLOCK_NS ? (log_ns) => log_ns : (log_ns) => log_ns - least;
}

/**
 * When each page was dumped, in ns by the trace's clock. The page that isolation met lies in a
 * range that was refused; these come in the same order, however the clocks drift.
 */
export function dumpTimes(
  dumped: Dmesg['dumped'], refused: readonly RefusedRange[], clock: Clock,
): number[] {
  let next = 0;
  let left = MOST_PAIRS;
  const rangeOf = (pfn: number): number => {
    for (let index = next; index < refused.length && left > 0; index += 1, left -= 1) {
      const { pfn: start, end_pfn } = at(refused, index);
      if (start <= pfn && pfn < end_pfn) return index;
    }
    return -1;
  };
  return dumped.map(({ row }) => {
    const index = row.args === 'reason=unmovable_page' ? rangeOf(row.pfn ?? NaN) : -1;
    if (index < 0) return clock(row.time_ns);
    next = index + 1;
    return at(refused, index).time_ns;
  });
}

export class LogMerge {
  /** Time of the next row of the log, in the trace's clock; Infinity after the last. */
  next: number;
  #index = 0;
  readonly #dmesg: Dmesg;
  readonly #builder: TraceBuilder;
  readonly #logFile: string;
  readonly #traceFile: string;
  readonly #clock: Clock;
  /** Log rows before this time are of the boot, whose clock is the log's own. */
  readonly #bootEnd: number;

  constructor(
    builder: TraceBuilder, dmesg: Dmesg,
    about: { logFile: string; traceFile: string; clock: Clock; bootEnd: number },
  ) {
    this.#builder = builder;
    this.#dmesg = dmesg;
    this.#logFile = about.logFile;
    this.#traceFile = about.traceFile;
    this.#clock = about.clock;
    this.#bootEnd = about.bootEnd;
    this.next = this.#time();
  }

  #time(): number {
    const next = this.#dmesg.rows[this.#index];
    if (next === undefined) return Infinity;
    const shifted = this.#clock(next.row.time_ns);
    return shifted < 0 ? Math.min(next.row.time_ns, this.#bootEnd) : shifted;
  }

  /** Appends the log's rows before `time_ns`. */
  before(time_ns: number): void {
    if (this.next >= time_ns) return;
    this.#builder.setFile(this.#logFile);
    while (this.next < time_ns) {
      const { row, line } = at(this.#dmesg.rows, this.#index++);
      this.#builder.append({ ...row, time_ns: this.next }, line);
      this.next = this.#time();
    }
    this.#builder.setFile(this.#traceFile);
  }
}
