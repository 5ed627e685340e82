/** Rows of the kernel log put between the events of the trace, by time. */
import { at } from '../../base/assert.js';
import type { TraceBuilder } from '../build.js';
import type { Dmesg } from './dmesg.js';

/** Clocks that differ by less are the same clock, read microseconds apart. */
const SAME_CLOCK_NS = 5_000_000;

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

/**
 * What to take from the log's times to get the trace's, in ns. The zonelist builds are in both,
 * and a build prints after its call: the log's clock is never set so that it would not. A log that
 * has more of them has those of before the recording too; not so when the trace lost events.
 */
export function clockOffset(dmesg: Dmesg, builds: readonly number[], isWhole: boolean): number {
  const all = buildTimes(dmesg);
  const printed = isWhole ? all.slice(Math.max(0, all.length - builds.length)) : all;
  if (builds.length === 0 || printed.length !== builds.length) return 0;
  const least = Math.min(...printed.map((time, index) => time - at(builds, index)));
  return least >= 0 && least < SAME_CLOCK_NS ? 0 : least;
}

export class LogMerge {
  /** Time of the next row of the log, in the trace's clock; Infinity after the last. */
  next: number;
  #index = 0;
  readonly #dmesg: Dmesg;
  readonly #builder: TraceBuilder;
  readonly #logFile: string;
  readonly #traceFile: string;
  readonly #offset: number;
  /** Log rows before this time are of the boot, whose clock is the log's own. */
  readonly #bootEnd: number;

  constructor(
    builder: TraceBuilder, dmesg: Dmesg,
    about: { logFile: string; traceFile: string; offset: number; bootEnd: number },
  ) {
    this.#builder = builder;
    this.#dmesg = dmesg;
    this.#logFile = about.logFile;
    this.#traceFile = about.traceFile;
    this.#offset = about.offset;
    this.#bootEnd = about.bootEnd;
    this.next = this.#time();
  }

  #time(): number {
    const next = this.#dmesg.rows[this.#index];
    if (next === undefined) return Infinity;
    const shifted = next.row.time_ns - this.#offset;
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
