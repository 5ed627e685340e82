/** What stands before the event's name in a line of a tracer: task, CPU, flags, time. */
import { decimalPairs, sixDigits } from '../../digits.js';

const SPACE = 32;
const DOT = 46;
const COLON_SPACE = 58 | SPACE << 8;
const OPEN = 91;
const CLOSE = 93;

/** Where the columns of a line stand, from its start; a tracer keeps them all along. */
export interface Layout {
  /** The `[` before the CPU. */
  readonly cpu: number;
  /** The dot of the time. */
  readonly dot: number;
}

/** A task's name has 15 letters; behind it stand a few numbers. */
const LONGEST_HEAD = 256;

/** The layout of a line that the text reader took apart; undefined when CPU is not 3 digits. */
export function layoutOf(text: string): Layout | undefined {
  const match = /^(.*?-\d+ .*?)\[\d{3}\] (?:[^\s\d]\S{2,7} )? *\d+(?=\.\d{6}: )/
    .exec(text.slice(0, LONGEST_HEAD));
  const cpu = (match?.[1] ?? '').length;
  return match === null || cpu < 12 ? undefined : { cpu, dot: match[0].length };
}

/** Remembers the seconds and the CPU of the line before: they seldom change. */
export class LineHeads {
  time_ns = NaN;
  cpu = 0;
  layout: Layout = { cpu: 25, dot: 42 };
  /** `[` and the three digits. */
  #cpuText = 0;
  /** The eight bytes before the dot, as a number; and what they are worth. */
  #secondsText = NaN;
  #seconds_ns = NaN;

  /** Where the event's name begins in the line at `start`; -1 when the head is another one. */
  read(view: DataView, start: number): number {
    const cpu = start + this.layout.cpu;
    const dot = start + this.layout.dot;
    if (view.getUint8(cpu + 4) !== CLOSE || view.getUint8(dot) !== DOT
      || view.getUint16(dot + 7, true) !== COLON_SPACE) return -1;
    if (view.getInt32(cpu, true) !== this.#cpuText && !this.#newCpu(view, cpu)) return -1;
    const seconds = view.getFloat64(dot - 8, true);
    if (seconds !== this.#secondsText && !this.#newSeconds(view, dot)) return -1;
    const micros = sixDigits(view, dot + 1);
    if (micros < 0) return -1;
    this.time_ns = this.#seconds_ns + micros * 1000;
    return dot + 9;
  }

  #newCpu(view: DataView, bracket: number): boolean {
    const hundreds = view.getUint8(bracket + 1) - 48;
    const rest = decimalPairs[view.getUint16(bracket + 2, true)] as number;
    if (view.getUint8(bracket) !== OPEN || hundreds < 0 || hundreds > 9 || rest < 0) return false;
    this.#cpuText = view.getInt32(bracket, true);
    this.cpu = hundreds * 100 + rest;
    return true;
  }

  /** The digits before the dot and the space before them: within eight bytes. */
  #newSeconds(view: DataView, dot: number): boolean {
    let seconds = 0;
    let unit = 1;
    let at = dot - 1;
    for (; at >= dot - 8; at--, unit *= 10) {
      const digit = view.getUint8(at) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      seconds += digit * unit;
    }
    if (at < dot - 8 || at === dot - 1 || view.getUint8(at) !== SPACE) return false;
    this.#secondsText = view.getFloat64(dot - 8, true);
    this.#seconds_ns = seconds * 1e9;
    return true;
  }
}
