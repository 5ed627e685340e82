/** Rows of the kernel log put between the events of the trace, by time. */
import { at } from '../../base/assert.js';
import type { TraceBuilder } from '../build.js';
import type { Dmesg } from './dmesg.js';

/** Clocks that differ by less are the same clock; printk and tracer read it microseconds apart. */
const SAME_CLOCK_NS = 5_000_000;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : at(sorted, sorted.length >>> 1);
}

/**
 * How far the log's clock is ahead of the trace's, in ns: the zonelist builds are in both. The
 * log has one more, that of the boot.
 */
export function clockOffset(dmesg: Dmesg, builds: readonly number[]): number {
  const built = dmesg.rows.filter(({ row }) => row.args?.startsWith('Built ') === true)
    .map(({ row }) => row.time_ns).slice(1);
  if (built.length === 0 || built.length !== builds.length) return 0;
  const offset = median(built.map((time, index) => time - at(builds, index)));
  return Math.abs(offset) < SAME_CLOCK_NS ? 0 : offset;
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
