/**
 * The time of a line by what stands before its text: the kernel's own clock where it is there,
 * else the clock of the wall, which counts from the boot's first line.
 */
import { nanoseconds } from '../numbers.js';

const SECOND = 1e9;
const DAY = 86400 * SECOND;
const DAY_MS = 86400e3;

/** `[   12.345678]`, also with the difference that `dmesg -d` puts in: seconds since boot. */
const printk = /\[\s*(\d+)\.(\d{3,9})(?=\s*[\]<]| \d)/g;
/** A record of /dev/kmsg: level, number, microseconds since boot. */
const kmsg = /^\s*\d+,\d+,(\d+),/;
/** `[  +0.000012]`, `[<    0.000012>]`: since the line before. */
const difference = /(?:\+|\[<)\s*(\d+)\.(\d+)/;
const iso = /(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?/;
const clock = /(?<!\d)(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?/;
/** A kernel that ran for so long prints no line of its first second any more. */
const RAN = 60 * SECOND;
const BEGUN = SECOND;
/** Seconds since 1970: no kernel of a log runs for so long. */
const EPOCH = 1e8 * SECOND;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** When a line was printed. */
interface LineTime {
  /** boot: since boot; wall: by some clock on a wall; step: since the line before. */
  readonly from: 'boot' | 'wall' | 'step';
  readonly ns: number;
  /** wall: whole days before; apart, because all of it in ns is no exact number. */
  readonly days: number;
}

/** Day of the year as far as names of months are English; else months count 31 days. */
function dayOf(prefix: string): number {
  const [, word = '', day] = /(\p{L}{2,})\.?\s*(\d{1,2})(?=[\s\]])/u.exec(prefix) ?? [];
  if (day === undefined) return 0;
  const month = months.indexOf(word.slice(0, 3).toLowerCase());
  return month < 0 ? Number(day) : Date.UTC(2001, month, Number(day)) / DAY_MS;
}

function timeOf(prefix: string): LineTime | undefined {
  const own = [...prefix.matchAll(printk)].at(-1);
  if (own !== undefined) {
    const ns = nanoseconds(own[1] ?? '', own[2] ?? '');
    return { ns, days: 0, from: ns > EPOCH ? 'wall' : 'boot' };
  }
  const micros = kmsg.exec(prefix)?.[1];
  if (micros !== undefined) return { ns: Number(micros) * 1000, days: 0, from: 'boot' };
  const step = difference.exec(prefix);
  if (step !== null) {
    return { ns: nanoseconds(step[1] ?? '', step[2] ?? ''), days: 0, from: 'step' };
  }
  const [, year, month, day, ...ofDay] = iso.exec(prefix) ?? [];
  if (year !== undefined) {
    const days = Date.UTC(Number(year), Number(month) - 1, Number(day)) / DAY_MS;
    return { ns: nsOfDay(ofDay), days, from: 'wall' };
  }
  const time = clock.exec(prefix);
  if (time === null) return undefined;
  return { ns: nsOfDay(time.slice(1)), days: dayOf(prefix), from: 'wall' };
}

function nsOfDay([hours, minutes, seconds, digits]: readonly (string | undefined)[]): number {
  const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0);
  return whole * SECOND + nanoseconds('0', digits ?? '');
}

/** Times of the lines of one boot, in ns since its first one; they never go back. */
export class BootClock {
  #now = 0;
  #wall: LineTime | undefined;

  /** The kernel's own clock began again: the first lines of another boot are missing. */
  isOfNewBoot(prefix: string): boolean {
    if (this.#now < RAN) return false;
    const time = timeOf(prefix);
    return time?.from === 'boot' && time.ns < BEGUN;
  }

  /** Time of a line with this prefix. */
  at(prefix: string): number {
    const time = timeOf(prefix);
    if (time?.from === 'boot') this.#now = Math.max(this.#now, time.ns);
    else if (time?.from === 'step') this.#now += time.ns;
    else if (time?.from === 'wall') {
      this.#now += passed(this.#wall ?? time, time);
      this.#wall = time;
    }
    return this.#now;
  }
}

/** From one time to the next: with a day that went back a month or a year began. */
function passed(from: LineTime, to: LineTime): number {
  const days = to.days - from.days;
  return Math.max(0, (days < 0 ? 1 : days) * DAY + to.ns - from.ns);
}
