/**
 * The lines that fill page-level traces (kmem:mm_page_alloc and its like), read byte by byte
 * straight into columns. Every other line, and each that differs from the usual by a byte, is
 * left to the reader of text lines.
 */
import { at as element } from '../../base/assert.js';
import { ByteStrings, hashOf, HASH_PRIME, HASH_SEED, hexDigits } from '../byte_strings.js';
import type { GrowingColumns, TraceBuilder } from '../build.js';
import { CHUNK_ROWS } from '../columns.js';
import { EndingTexts, FixedTexts, wordKey } from '../word_cache.js';
import { kindAt, word, type Kind } from './page_kinds.js';

const PAGE = word('page');
const PFN_ = word('pfn=');
const ORDE = word('orde');
const MIGR = word('migr');
const ATET = word('atet');
const YPE_ = word('ype=');

const SPACE = 32;
const COLON = 58;
const NEWLINE = 10;
const MASK = CHUNK_ROWS - 1;

/** Where the columns of a line begin, as offsets from its start; a tracer keeps them all along. */
export interface Layout {
  /** The `[` before the CPU. */
  readonly cpu: number;
  /** Spaces and digits of the time. */
  readonly time: number;
}

/** The layout of a line that the text reader took apart; undefined when CPU is not 3 digits. */
export function layoutOf(text: string): Layout | undefined {
  const match = /^(.*?-\d+ .*?)\[\d{3}\] (?:(?=\S*[^\s\d.:])\S+ )?(?= *\d+\.\d{6}: )/.exec(text);
  const cpu = (match?.[1] ?? '').length;
  return match === null || cpu < 12 ? undefined : { cpu, time: match[0].length };
}

/** Reads numbers and words at a cursor that moves. */
export class PageLines {
  /** Time and CPU of the last head. */
  time = 0;
  cpu = 0;
  /** Time, CPU and task of the last row. */
  rowTime = 0;
  rowCpu = 0;
  rowTask = 0;
  readonly #builder: TraceBuilder;
  readonly #columns: GrowingColumns;
  readonly #tasks = new ByteStrings();
  readonly #args = new ByteStrings();
  readonly #fixedTexts = new FixedTexts();
  readonly #lineEnds = new EndingTexts(NEWLINE);
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #layout: Layout = { cpu: 25, time: 37 };
  #at = 0;
  #end = 0;

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
    this.#columns = builder.columns;
  }

  /** The block whose lines come next; answers how many bytes can be looked at. */
  setBlock(block: Buffer): number {
    // With what lies behind the block, which is never taken for a line.
    this.#bytes = new Uint8Array(block.buffer, block.byteOffset);
    this.#view = new DataView(block.buffer, block.byteOffset);
    return this.#view.byteLength;
  }

  setLayout(layout: Layout): void {
    this.#layout = layout;
  }

  /**
   * Reads the head of the line at `start`; the kind of its event, or undefined when it is not
   * one of ours. The line must have 256 bytes of block behind its start.
   */
  head(start: number): Kind | undefined {
    const bytes = this.#bytes;
    const cpu = start + this.#layout.cpu;
    if (bytes[cpu] !== 91 || bytes[cpu + 4] !== 93) return undefined;
    let at = start + this.#layout.time;
    while (bytes[at] === SPACE) at++;
    let seconds = 0;
    for (; bytes[at] !== 46; at++) {
      const digit = (bytes[at] as number) - 48;
      if (!(digit >= 0 && digit <= 9)) return undefined;
      seconds = seconds * 10 + digit;
    }
    if (bytes[at + 7] !== COLON || bytes[at + 8] !== SPACE) return undefined;
    const micros = this.#six(at + 1);
    this.time = seconds * 1e9 + micros * 1000;
    this.cpu = this.#three(cpu + 1);
    if (!(micros >= 0 && this.cpu >= 0)) return undefined;
    return this.#kind(at + 9);
  }

  /** Appends the row of the line whose head was read; its end, or -1 when it must be left. */
  row(start: number, what: Kind, line: number): number {
    if (!this.#page() || !this.#word(PFN_, 4)) return -1;
    const pfn = this.#pfn();
    // pfn 0 is what a failed allocation prints.
    if (!(pfn > 0) || !this.#key(ORDE, 2)) return -1;
    const order = this.#decimal();
    let migratetype = -1;
    if (what.hasMigratetype) {
      if (!this.#migratetypeKey()) return -1;
      migratetype = this.#decimal();
      if (migratetype < 0) return -1;
    }
    const args = what.hasArgs ? this.#words() : 0;
    if (args < 0 || order < 0 || this.#bytes[this.#at] !== NEWLINE) return -1;
    const task = this.#findTask(start);
    const index = this.#builder.length & MASK;
    const columns = this.#columns;
    columns.time_ns.write(index, this.time);
    columns.cpu.write(index, this.cpu);
    columns.task.write(index, task);
    columns.event.write(index, what.code);
    columns.pfn.write(index, pfn);
    columns.order.write(index, order);
    if (migratetype >= 0) columns.migratetype.write(index, migratetype);
    columns.args.write(index, args);
    this.rowTime = this.time;
    this.rowCpu = this.cpu;
    this.rowTask = task;
    this.#builder.commit(line);
    return this.#at + 1;
  }

  #six(at: number): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let i = 0; i < 6; i++) {
      const digit = (bytes[at + i] as number) - 48;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
    }
    return value;
  }

  #three(at: number): number {
    const bytes = this.#bytes;
    let value = 0;
    for (let i = 0; i < 3; i++) {
      const digit = (bytes[at + i] as number) - 48;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
    }
    return value;
  }

  #kind(at: number): Kind | undefined {
    const found = kindAt(this.#view, at);
    if (found !== undefined) this.#at = at + found.nameLength + 1;
    return found;
  }

  /** `page=...` and the spaces around it. */
  #page(): boolean {
    const bytes = this.#bytes;
    let at = this.#at;
    while (bytes[at] === SPACE) at++;
    if (this.#view.getInt32(at, true) !== PAGE) return false;
    at += 5;
    if (bytes[at + 16] === SPACE) at += 16;
    else while ((bytes[at] as number) > SPACE) at++;
    if (bytes[at] !== SPACE) return false;
    this.#at = at + 1;
    return true;
  }

  #word(expected: number, length: number): boolean {
    if (this.#view.getInt32(this.#at, true) !== expected) return false;
    this.#at += length;
    return true;
  }

  /** ` WORD..=`: a space, four letters and `more` bytes, the last of them `=`. */
  #key(expected: number, more: number): boolean {
    const at = this.#at;
    if (this.#bytes[at] !== SPACE || this.#view.getInt32(at + 1, true) !== expected) return false;
    this.#at = at + 5 + more;
    return this.#bytes[this.#at - 1] === 61;
  }

  #migratetypeKey(): boolean {
    const at = this.#at;
    const view = this.#view;
    if (this.#bytes[at] !== SPACE || view.getInt32(at + 1, true) !== MIGR
      || view.getInt32(at + 5, true) !== ATET || view.getInt32(at + 9, true) !== YPE_) return false;
    this.#at = at + 13;
    return true;
  }

  /** 0x-hex, or decimal as kernels up to 5.12 print it; -1 for anything else. */
  #pfn(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    if (bytes[at] !== 48 || bytes[at + 1] !== 120) return this.#decimal();
    at += 2;
    let value = 0;
    const first = at;
    for (let digit; (digit = hexDigits[bytes[at] as number] as number) >= 0; at++) {
      value = value * 16 + digit;
    }
    this.#at = at;
    return at === first ? -1 : value;
  }

  #decimal(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    const first = at;
    let value = 0;
    for (; ; at++) {
      const digit = (bytes[at] as number) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    this.#at = at;
    return at === first ? -1 : value;
  }

  /** The words up to the line's end as a code; -1 when the line needs a closer look. */
  #words(): number {
    const first = this.#at + 1;
    if (this.#bytes[first - 1] !== SPACE) return -1;
    const known = this.#lineEnds.find(this.#view, first);
    if (known < 0) return this.#newWords(first);
    this.#at = first + this.#lineEnds.length;
    return known;
  }

  #newWords(first: number): number {
    const bytes = this.#bytes;
    let at = first;
    let hash = HASH_SEED;
    for (; (bytes[at] as number) > SPACE; at++) {
      hash = Math.imul(hash ^ (bytes[at] as number), HASH_PRIME);
    }
    this.#at = at;
    if (bytes[at] !== NEWLINE) return -1;
    const known = this.#args.find(bytes, first, at, hash);
    if (known >= 0) return known;
    const code = this.#builder.intern(Buffer.from(bytes.subarray(first, at)).toString('utf8'));
    this.#args.add(bytes, first, at, hash, code);
    this.#lineEnds.add(this.#view, first, at - first, code);
    return code;
  }

  /** Everything before the CPU is the task's name, its spaces included, while it is looked up. */
  #findTask(start: number): number {
    const length = this.#layout.cpu;
    const view = this.#view;
    const key = wordKey(
      view.getInt32(start + length - 8, true), view.getInt32(start + length - 12, true));
    const known = this.#fixedTexts.find(view, start, length, key);
    if (known >= 0) return known;
    const code = this.#newTask(start, start + length);
    this.#fixedTexts.put(view, start, length, key, code);
    return code;
  }

  #newTask(start: number, end: number): number {
    const hash = hashOf(this.#bytes, start, end);
    const known = this.#tasks.find(this.#bytes, start, end, hash);
    if (known >= 0) return known;
    const text = Buffer.from(this.#bytes.subarray(start, end)).toString('utf8');
    const name = /^\s*(.*?-\d+)\s*(?:\(\s*[-\d]+\))?\s*$/.exec(text)?.[1] ?? text.trim();
    const code = this.#builder.intern(name);
    this.#tasks.add(this.#bytes, start, end, hash, code);
    return code;
  }

  /** Name of the last row's task. */
  taskName(): string {
    return element(this.#builder.strings, this.rowTask);
  }
}

