/**
 * Plain rows of a CSV trace (no quotes, the columns in our order) read byte by byte straight
 * into columns. A line that is not plain is left to csv-parse.
 */
import { ByteStrings, hashOf, HASH_PRIME, HASH_SEED } from './byte_strings.js';
import { eventCode, type GrowingColumns, type TraceBuilder } from './build.js';
import { CHUNK_ROWS } from './columns.js';
import { CsvPages } from './csv_pages.js';
import { CsvTexts } from './csv_texts.js';
import { hexDigits } from './digits.js';
import { hasWords, isAligned, isOrdinary, isUndemanding, needsPages } from './row_limits.js';
import { NONE, zoneNames } from './trace.js';

const COMMA = 44;
const NEWLINE = 10;
const QUOTE = 34;
const MINUS = 45;
const MASK = CHUNK_ROWS - 1;
/** Bytes behind a line's start that may be looked at without asking. */
const ROOM = 512;
/** What a number reader answers for a field that is no number. */
const BAD = Infinity;

// A byte order mark is a character as others, as csv-parse takes it.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

export class CsvLines {
  readonly #builder: TraceBuilder;
  readonly #columns: GrowingColumns;
  readonly #events = new ByteStrings();
  readonly #zones = new ByteStrings();
  readonly #texts: CsvTexts;
  readonly #pages: CsvPages;
  #bytes: Uint8Array = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0)) as DataView;
  #at = 0;
  /** From here on lines are not plain: too near the block's end. */
  #stop = 0;

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
    this.#columns = builder.columns;
    this.#texts = new CsvTexts(builder);
    this.#pages = new CsvPages(builder, this.#texts);
    zoneNames.forEach((name, code) => {
      const bytes = encoder.encode(name);
      this.#zones.add(bytes, 0, bytes.length, hashOf(bytes, 0, bytes.length), code);
    });
  }

  /** The block whose lines come next. */
  setBlock(block: Buffer): void {
    // With what lies behind the block, which is never taken for a line.
    this.#bytes = new Uint8Array(block.buffer, block.byteOffset);
    this.#view = new DataView(block.buffer, block.byteOffset);
    this.#texts.setBlock(this.#bytes, this.#view);
    this.#stop = Math.min(this.#view.byteLength - ROOM, block.lastIndexOf(NEWLINE) + 1);
  }

  /** Appends the row that the line at `start` holds; the line's end, or -1 when it is not plain. */
  row(start: number, line: number): number {
    if (start >= this.#stop) return -1;
    const end = this.#pages.row(this.#view, start, line);
    return end < 0 ? this.#anyRow(start, line) : end;
  }

  #anyRow(start: number, line: number): number {
    this.#at = start;
    const time = this.#number();
    const cpu = this.#number();
    const task = this.#task();
    const event = this.#event();
    const phase = this.#phase();
    if (!isOrdinary.time_ns(time) || !isOrdinary.cpu(cpu) || task < 0 || event < 0 || phase < 0) {
      return -1;
    }
    const nid = this.#number();
    const zone = this.#zone();
    const pfn = this.#number();
    const pages = this.#number();
    const order = this.#number();
    const type = this.#number();
    const ret = this.#number();
    if (!isOrdinary.nid(nid) || zone < NONE || !isOrdinary.range(pfn, pages)
      || !isOrdinary.order(order) || !isOrdinary.migratetype(type) || !isOrdinary.ret(ret)) {
      return -1;
    }
    const lacks = pfn !== pfn || order !== order || type !== type;
    if (lacks && isUndemanding[event] !== true) return -1;
    if (!isAligned(pfn, order) || (pages !== pages && needsPages[event] === true)) return -1;
    const args = this.#lastField();
    if (args < 0 || (args > 0 && hasWords[event] === true)) return -1;
    const index = this.#builder.length & MASK;
    const columns = this.#columns;
    columns.time_ns.write(index, time);
    columns.event.write(index, event);
    columns.task.write(index, task);
    if (phase > 0) columns.phase.write(index, phase);
    columns.args.write(index, args);
    if (pfn === pfn) columns.pfn.write(index, pfn);
    if (pages === pages) columns.nr_pages.write(index, pages);
    if (zone >= 0) columns.zone.write(index, zone);
    this.#narrow(index, cpu, nid, order, type, ret);
    this.#builder.commit(line);
    return this.#at;
  }

  /** The 32-bit numbers; NaN is an empty cell, which the column has already. */
  #narrow(
    index: number, cpu: number, nid: number, order: number, type: number, ret: number,
  ): void {
    const columns = this.#columns;
    if (cpu === cpu) columns.cpu.write(index, cpu);
    if (nid === nid) columns.nid.write(index, nid);
    if (order === order) columns.order.write(index, order);
    if (type === type) columns.migratetype.write(index, type);
    if (ret === ret) columns.ret.write(index, ret);
  }

  /** A number and its comma: NaN when empty, BAD when it is none or not below 2^53. */
  #number(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    if (bytes[at] === COMMA) {
      this.#at = at + 1;
      return NaN;
    }
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    if (bytes[at] === 48 && bytes[at + 1] === 120) return this.#hex(at + 2, negative);
    const first = at;
    let value = 0;
    for (; ; at++) {
      const digit = (bytes[at] as number) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    return this.#ended(at, at - first, 15, negative ? -value : value);
  }

  #hex(first: number, negative: boolean): number {
    const bytes = this.#bytes;
    let at = first;
    let value = 0;
    for (let digit; (digit = hexDigits[bytes[at] as number] as number) >= 0; at++) {
      value = value * 16 + digit;
    }
    return this.#ended(at, at - first, 13, negative ? -value : value);
  }

  #ended(at: number, digits: number, most: number, value: number): number {
    if (this.#bytes[at] !== COMMA || digits === 0 || digits > most) return BAD;
    this.#at = at + 1;
    return value;
  }

  #task(): number {
    const code = this.#texts.task(this.#at);
    this.#at = this.#texts.end;
    return code;
  }

  /** The args and the line's end. */
  #lastField(): number {
    const code = this.#texts.args(this.#at);
    this.#at = this.#texts.end;
    return code;
  }

  /** An event's name and its comma as its code; -1 when there is no such event. */
  #event(): number {
    const first = this.#at;
    const end = this.#fieldEnd();
    const bytes = this.#bytes;
    if (end < 0) return -1;
    const hash = this.#hash;
    const known = this.#events.find(bytes, first, end, hash);
    if (known >= 0) return known;
    const code = eventCode(decoder.decode(bytes.subarray(first, end)));
    if (code < 0) return code;
    this.#events.add(bytes, first, end, hash, code);
    return code;
  }

  #hash = 0;

  /** Moves behind the next comma and hashes what is before; -1 when the line ends first. */
  #fieldEnd(): number {
    const bytes = this.#bytes;
    let hash = HASH_SEED;
    for (let at = this.#at; ; at++) {
      const byte = bytes[at];
      if (byte === undefined || byte === NEWLINE || byte === QUOTE) return -1;
      if (byte === COMMA) {
        this.#hash = hash;
        this.#at = at + 1;
        return at;
      }
      hash = Math.imul(hash ^ byte, HASH_PRIME);
    }
  }

  /** 0, 1 for B, 2 for E; -1 for anything else. */
  #phase(): number {
    const bytes = this.#bytes;
    const byte = bytes[this.#at];
    if (byte === COMMA) {
      this.#at++;
      return 0;
    }
    if (bytes[this.#at + 1] !== COMMA || (byte !== 66 && byte !== 69)) return -1;
    this.#at += 2;
    return byte === 66 ? 1 : 2;
  }

  /** NONE when empty, -Infinity for a name that is no zone's. */
  #zone(): number {
    if (this.#bytes[this.#at] === COMMA) {
      this.#at++;
      return NONE;
    }
    const first = this.#at;
    const end = this.#fieldEnd();
    const code = end < 0 ? -1 : this.#zones.find(this.#bytes, first, end, this.#hash);
    return code < 0 ? -Infinity : code;
  }
}
