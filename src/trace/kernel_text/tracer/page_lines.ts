/**
 * The lines that fill page-level traces (kmem:mm_page_alloc and its like), read byte by byte
 * straight into columns. Every other line, and each that differs from the usual by a byte, is
 * left to the reader of text lines.
 */
import { at as element } from '../../../base/assert.js';
import type { TraceBuilder } from '../../build.js';
import { ByteStrings, hashOf } from '../../byte_strings.js';
import { hexDigits, hexPairs } from '../../digits.js';
import { FixedTexts, OftenTexts, type KnownText } from '../../known_text.js';
import { PageKinds, type PageKind } from '../../page_kinds.js';
import { PageRows } from '../../page_rows.js';
import { isAligned, LAST_ORDER, LAST_PFN, LAST_TYPE } from '../../row_limits.js';
import { interruptWords } from './interrupt_words.js';
import { LineHeads, type Layout } from './line_heads.js';

/** Four letters as the little-endian word that holds them. */
function word(text: string): number {
  return Buffer.from(text, 'latin1').readInt32LE(0);
}

const PAGE = word('page');
const PFN = word('pfn=');
const ZERO_X = 48 | 120 << 8;
const ORD = word(' ord');
const DER = word('der=');
const MIG = word(' mig');
const RATE = word('rate');
const TYPE = word('type');
const NEWLINE = 10;
const SPACE = 32;
const EQUALS = 61;

/** From the `[` before the CPU to the flags. */
const FLAGS = '[000] '.length;

/** Bytes behind a line's start that may be looked at: more than a usual line has. */
const ROOM = 512;
/** What reading a line answers when it must be left; or when it comes after the limit. */
const LEFT = -1;
const LATE = -2;

/** Reads lines that are in the usual form. */
export class PageLines {
  /** Lines taken by the last call of `read`. */
  taken = 0;
  /** Did it stop at a line behind the given time? */
  isLate = false;
  readonly #builder: TraceBuilder;
  readonly #rows: PageRows;
  readonly #heads = new LineHeads();
  readonly #kinds = new PageKinds(':');
  readonly #tasks = new ByteStrings();
  readonly #args = new ByteStrings();
  readonly #taskTexts = new FixedTexts();
  readonly #argsTexts = new OftenTexts();
  #lastTask: KnownText | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Where the number that was read ends. */
  #at = 0;
  /** From the end of an event's name to `pfn=`: tracers print it in columns. */
  #toPfn = new Uint8Array(256).fill(':page= '.length + 16);

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
    this.#rows = new PageRows(builder);
  }

  set layout(layout: Layout) {
    this.#heads.layout = layout;
  }

  /** Time of the line that was looked at last. */
  get time(): number {
    return this.#heads.time_ns;
  }

  /** Time, CPU and task of the last row. */
  get last(): { readonly time_ns: number; readonly cpu: number; readonly task: string } {
    const { time_ns, cpu, task } = this.#rows.row;
    return { time_ns, cpu, task: element(this.#builder.strings, task) };
  }

  /** The block whose lines come next; answers from where on they must be left. */
  setBlock(block: Buffer): number {
    // With what lies behind the block, which is never taken for a line.
    this.#bytes = new Uint8Array(block.buffer, block.byteOffset);
    this.#view = new DataView(block.buffer, block.byteOffset);
    return Math.min(this.#view.byteLength - ROOM, block.lastIndexOf(NEWLINE) + 1);
  }

  /** Appends the lines from `start` on while they can be read; where it stopped, before `stop`. */
  read(start: number, stop: number, line: number, latest: number): number {
    let at = start;
    this.taken = 0;
    this.isLate = false;
    while (at < stop) {
      const end = this.#line(at, latest, line + this.taken);
      if (end < 0) {
        this.isLate = end === LATE;
        break;
      }
      at = end;
      this.taken++;
    }
    return at;
  }

  /** Appends the row of the line at `start`; its end, LEFT or LATE. */
  #line(start: number, latest: number, line: number): number {
    const view = this.#view;
    const name = this.#heads.read(view, start);
    if (name < 0) return LEFT;
    const kind = this.#kinds.find(view, name);
    if (kind === undefined) return LEFT;
    if (this.time > latest) return LATE;
    const { row } = this.#rows;
    const digits = this.#pfnAt(kind, name + kind.text.length);
    const pfn = digits < 0 ? 0 : this.#pfn(view, digits);
    let at = this.#at;
    // pfn 0 is what a failed allocation prints.
    if (pfn <= 0 || pfn > LAST_PFN || view.getInt32(at, true) !== ORD
      || view.getInt32(at + 3, true) !== DER) {
      return LEFT;
    }
    const order = this.#small(view, at + 7);
    at = this.#at;
    let migratetype = -1;
    if (kind.hasMigratetype) {
      if (view.getInt32(at, true) !== MIG || view.getInt32(at + 4, true) !== RATE
        || view.getInt32(at + 8, true) !== TYPE || view.getUint8(at + 12) !== EQUALS) return LEFT;
      migratetype = this.#small(view, at + 13);
      if (migratetype < 0) return LEFT;
    }
    const args = kind.hasArgs ? this.#words(view) : kind.isFree ? this.#context(view, start) : 0;
    if (args < 0 || order < 0 || view.getUint8(this.#at) !== NEWLINE) return LEFT;
    if (order > LAST_ORDER || migratetype > LAST_TYPE || !isAligned(pfn, order)) return LEFT;
    row.task = this.#task(view, start);
    row.time_ns = this.#heads.time_ns;
    row.cpu = this.#heads.cpu;
    row.event = kind.code;
    row.pfn = pfn;
    row.order = order;
    row.migratetype = migratetype;
    row.args = args;
    this.#rows.append(line);
    return this.#at + 1;
  }

  /** Where the number behind `pfn=` begins; `page=...` before it is passed over; -1: none. */
  #pfnAt(kind: PageKind, at: number): number {
    const view = this.#view;
    const pfn = at + (this.#toPfn[kind.code] as number);
    return view.getInt32(pfn, true) === PFN && view.getUint8(pfn - 1) === SPACE
      && view.getInt32(at + 1, true) === PAGE ? pfn + 4 : this.#findPfn(kind, at);
  }

  #findPfn(kind: PageKind, from: number): number {
    const bytes = this.#bytes;
    let at = from;
    while (bytes[at] === SPACE) at++;
    if (this.#view.getInt32(at, true) !== PAGE) return -1;
    while ((bytes[at] as number) > SPACE) at++;
    if (bytes[at] !== SPACE || this.#view.getInt32(at + 1, true) !== PFN) return -1;
    this.#toPfn[kind.code] = at + 1 - from;
    return at + 5;
  }

  /** 0x-hex, or decimal as kernels up to 5.12 print it; -1 for anything else. */
  #pfn(view: DataView, start: number): number {
    if (view.getUint16(start, true) !== ZERO_X) return this.#decimal(start);
    let at = start + 2;
    let value = 0;
    for (let pair; (pair = hexPairs[view.getUint16(at, true)] as number) >= 0; at += 2) {
      value = value * 256 + pair;
    }
    const digit = hexDigits[view.getUint8(at)] as number;
    if (digit >= 0) {
      value = value * 16 + digit;
      at++;
    }
    this.#at = at;
    return at === start + 2 ? -1 : value;
  }

  /** A number that mostly has one digit; -1 when there is none. */
  #small(view: DataView, start: number): number {
    const digit = view.getUint8(start) - 48;
    if (digit < 0 || digit > 9 || view.getUint8(start + 1) > SPACE) return this.#decimal(start);
    this.#at = start + 1;
    return digit;
  }

  #decimal(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    let value = 0;
    for (; ; at++) {
      const digit = (bytes[at] as number) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    this.#at = at;
    return at === start ? -1 : value;
  }

  /** What the flags behind the CPU say of a free, as a code. */
  #context(view: DataView, start: number): number {
    const flags = start + this.#heads.layout.cpu + FLAGS;
    const text = interruptWords((place) => view.getUint8(flags + place));
    return text === '' ? 0 : this.#builder.intern(text);
  }

  /** The words up to the line's end as a code; -1 when the line needs a closer look. */
  #words(view: DataView): number {
    const first = this.#at + 1;
    if (view.getUint8(first - 1) !== SPACE) return -1;
    const known = this.#argsTexts.find(view, first);
    if (known === undefined) return this.#newWords(first);
    this.#at = first + known.length - 1;
    return known.code;
  }

  #newWords(first: number): number {
    const bytes = this.#bytes;
    let at = first;
    while ((bytes[at] as number) > SPACE) at++;
    this.#at = at;
    if (bytes[at] !== NEWLINE) return -1;
    const code = this.#code(this.#args, first, at, (text) => text);
    this.#argsTexts.add(this.#view, first, bytes.subarray(first, at + 1), code);
    return code;
  }

  /** Everything before the CPU is the task's name, its spaces included, while it is looked up. */
  #task(view: DataView, start: number): number {
    const length = this.#heads.layout.cpu;
    const last = this.#lastTask;
    if (last !== undefined && last.length === length && last.isAt(view, start)) return last.code;
    const known = this.#taskTexts.find(view, start, length);
    this.#lastTask = known;
    return known === undefined ? this.#newTask(start, start + length) : known.code;
  }

  #newTask(start: number, end: number): number {
    const code = this.#code(this.#tasks, start, end, (text) =>
      /^\s*(.*?-\d+)\s*(?:\(\s*[-\d]+\))?\s*$/.exec(text)?.[1] ?? text.trim());
    const bytes = this.#bytes.subarray(start, end);
    this.#lastTask = this.#taskTexts.put(this.#view, start, bytes, code);
    return code;
  }

  #code(
    known: ByteStrings, start: number, end: number, nameOf: (text: string) => string,
  ): number {
    const bytes = this.#bytes;
    const hash = hashOf(bytes, start, end);
    const found = known.find(bytes, start, end, hash);
    if (found >= 0) return found;
    const text = Buffer.from(bytes.subarray(start, end)).toString('utf8');
    const code = this.#builder.intern(nameOf(text));
    known.add(bytes, start, end, hash, code);
    return code;
  }
}
