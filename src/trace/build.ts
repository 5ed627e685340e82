/** Makes a trace row by row: used by importers, by tests and by hand-written scenarios. */
import { PAGE_SIZE } from '../base/pfn.js';
import { assert, at } from '../base/assert.js';
import { printable, printableLine } from '../base/printable.js';
import type { SourcePosition } from '../base/errors.js';
import { CHUNK_BITS, CHUNK_ROWS, GrowingColumn } from './columns.js';
import { eventNames, type EventName } from './events.js';
import { FORMAT } from './format.js';
import { Positions } from './positions.js';
import type { Problems } from './problems.js';
import { callNames, callProblem, cellProblem, rowProblem } from './row_limits.js';
import {
  NONE, phaseNames, zoneNames,
  type PhaseName, type Trace, type TraceColumns, type TraceHeader, type TraceRow,
} from './trace.js';

const codeOfEvent = new Map<string, number>(eventNames.map((name, code) => [name, code]));

/** Index into `eventNames`, -1 for a name that is not in the table. */
export function eventCode(name: string): number {
  return codeOfEvent.get(name) ?? -1;
}

const callCodes = new Set([...callNames].map(eventCode));

/** By the code of an event, of every row of a trace. */
function isCall(code: number): boolean {
  return callCodes.has(code);
}

/** Columns that every row of a chunk may leave empty, all of them written by `append`. */
export interface GrowingColumns extends TraceColumns {
  readonly time_ns: GrowingColumn;
  readonly cpu: GrowingColumn;
  readonly task: GrowingColumn;
  readonly event: GrowingColumn;
  readonly phase: GrowingColumn;
  readonly nid: GrowingColumn;
  readonly zone: GrowingColumn;
  readonly pfn: GrowingColumn;
  readonly nr_pages: GrowingColumn;
  readonly order: GrowingColumn;
  readonly migratetype: GrowingColumn;
  readonly ret: GrowingColumn;
  readonly args: GrowingColumn;
}

function emptyColumns(): GrowingColumns {
  const small = (least = 0): GrowingColumn => new GrowingColumn({ empty: NONE, width: 1, least });
  const text = (width: 1 | 2): GrowingColumn => new GrowingColumn({ empty: 0, width, least: 0 });
  const wide = (): GrowingColumn => new GrowingColumn({ empty: NaN, width: 4, least: 0 });
  return {
    time_ns: new GrowingColumn({ empty: NaN, width: 4, least: 0, isRising: true }),
    cpu: small(), task: text(2), event: text(1), phase: text(1), nid: small(), zone: small(),
    pfn: wide(), nr_pages: wide(), order: small(), migratetype: small(),
    // Errors down to -200 in a byte.
    ret: small(-200), args: text(2),
  };
}

/** Header of a trace about which nothing else is known. */
const plainHeader: TraceHeader = {
  format: FORMAT, kernel: '', config: {}, page_size: PAGE_SIZE, section_size: 128 * 2 ** 20,
  block_size: 128 * 2 ** 20, cpus: 1, migratetypes: [], other: [],
};

/** The header as its lines can hold it. */
function writable(header: TraceHeader): TraceHeader {
  const { kernel, stable, series, question, config, migratetypes, other, expects } = header;
  const texts = { stable, series, question };
  return {
    ...header, kernel: printableLine(kernel), migratetypes: migratetypes.map(printableLine),
    ...Object.fromEntries(Object.entries(texts).flatMap(([key, text]) =>
      (text === undefined ? [] : [[key, printableLine(text)]]))),
    config: Object.fromEntries(Object.entries(config).map(([key, text]) =>
      [printableLine(key).replaceAll(' ', '_'), printableLine(text).replaceAll(' ', '_')])),
    other: other.map(([key, text]) => [printableLine(key), printableLine(text)]),
    ...(expects === undefined ? {} : { expects: expects.map(({ name, text, holds }) => (
      { name, text: printableLine(text), holds: printableLine(holds) })) }),
  };
}

/**
 * Appends rows; `finish` gives the trace. Rows must come in the order of the trace. What a cell
 * cannot hold becomes no row but a problem of `problems`; without those it is a mistake of ours.
 */
export class TraceBuilder {
  readonly columns = emptyColumns();
  readonly strings: string[] = [''];
  readonly unused = new Map<string, number>();
  readonly positions = new Positions();
  readonly #problems: Problems | undefined;
  #file = '';
  #codes = new Map<string, number>([['', 0]]);
  #length = 0;

  constructor(problems?: Problems) {
    this.#problems = problems;
  }

  get length(): number {
    return this.#length;
  }

  /** Index of a task or args text, which is kept once. */
  intern(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const shown = printable(text);
    const code = shown === text ? this.strings.push(text) - 1 : this.intern(shown);
    this.#codes.set(text, code);
    return code;
  }

  /** One more line (or `lines` of them) of this kind that nothing could be made of. */
  countUnused(kind: string, lines = 1): void {
    // Part of it can be a word of the input, and it becomes a line of a file that is read again.
    const shown = this.unused.has(kind) ? kind : printableLine(kind);
    this.unused.set(shown, (this.unused.get(shown) ?? 0) + lines);
  }

  /** The next rows come from this file. */
  setFile(name: string): void {
    this.#file = name;
    this.positions.setFile(name);
  }

  /**
   * The row whose cells were written is whole. Only the fast readers write cells themselves, at
   * index `length & 65535`.
   */
  commit(line: number): number {
    const row = this.#length++;
    this.positions.add(row, line);
    if ((this.#length & (CHUNK_ROWS - 1)) === 0) this.#seal(CHUNK_ROWS);
    return row;
  }

  /** Appends a row read from `line` (0: from nowhere) and says its number; -1: it is none. */
  append(row: TraceRow, line = 0): number {
    const wrong = rowProblem(row);
    if (wrong !== undefined) return this.#refuse(wrong, line);
    const index = this.#length & (CHUNK_ROWS - 1);
    const { columns } = this;
    const code = eventCode(row.event);
    assert(code >= 0, `${row.event} is not in the table of events`);
    columns.time_ns.write(index, row.time_ns);
    columns.event.write(index, code);
    if (row.cpu !== undefined && row.cpu !== NONE) columns.cpu.write(index, row.cpu);
    if (row.task !== undefined) columns.task.write(index, this.intern(row.task));
    if (row.phase !== undefined) columns.phase.write(index, phaseNames.indexOf(row.phase));
    if (row.zone !== undefined) columns.zone.write(index, zoneNames.indexOf(row.zone));
    if (row.args !== undefined) columns.args.write(index, this.intern(row.args));
    for (const name of ['nid', 'pfn', 'nr_pages', 'order', 'migratetype', 'ret'] as const) {
      const value = row[name];
      if (value !== undefined) columns[name].write(index, value);
    }
    return this.commit(line);
  }

  #refuse(wrong: string, line: number): number {
    assert(this.#problems !== undefined, wrong);
    this.#problems.add(this.#file, line, `${wrong}; the row was left out`);
    this.countUnused('bad-row');
    return -1;
  }

  /** Event of an earlier row. */
  eventOf(row: number): EventName {
    return at(eventNames, this.columns.event.get(row));
  }

  /** One more than the greatest number in the column `cpu`; 0: it is empty. */
  cpuCount(): number {
    let most = -1;
    for (let row = 0; row < this.#length; row += 1) {
      const cpu = this.columns.cpu.get(row);
      if (cpu > most && cpu !== NONE) most = cpu;
    }
    return most + 1;
  }

  /** Writes a column of an earlier row again, unless the row was left out or the value is none. */
  set(row: number, column: keyof TraceColumns, value: number): void {
    if (row < 0) return;
    assert(row < this.#length, `row ${row} of ${this.#length}`);
    const wrong = cellProblem(this.eventOf(row), column, value);
    if (wrong !== undefined) {
      this.#problems?.add(this.#file, 0, `${this.eventOf(row)}: ${wrong}; it was left out`);
      return;
    }
    this.columns[column].set(row, value);
  }

  /** Takes the phase away from these rows (in rising order): their calls' returns are unknown. */
  withoutPhase(rows: readonly number[]): void {
    this.columns.phase.setAll(rows.filter((row) => row >= 0), 0);
  }

  /** A call that nothing told the range of is no input: nobody could make it. */
  #dropRangeless(): void {
    const { event: codes, phase: phases, pfn: pfns } = this.columns;
    for (let row = 0; row < this.#length; row += 1) {
      if (!isCall(codes.get(row)) || !Number.isNaN(pfns.get(row))) continue;
      const event = this.eventOf(row);
      const isEnd = phaseNames[phases.get(row)] === 'E';
      if (callProblem({ event, ...(isEnd ? { phase: 'E' } : {}) }) === undefined) continue;
      this.set(row, 'event', eventCode('function_call'));
      this.set(row, 'args', this.intern(`fn=${event}`));
      this.withoutPhase([row]);
      this.countUnused('call-without-range');
    }
  }

  /** The trace; the builder must not be used any more. */
  finish(header: Partial<TraceHeader> = {}): Trace {
    this.#dropRangeless();
    const rows = this.#length & (CHUNK_ROWS - 1);
    if (rows > 0) this.#seal(rows);
    this.#codes = new Map();
    return new ColumnTrace(writable({ ...plainHeader, ...header }), this);
  }

  #seal(rows: number): void {
    for (const column of Object.values(this.columns) as GrowingColumn[]) column.seal(rows);
  }
}

/** A trace of hand-written rows. */
export function traceOf(rows: Iterable<TraceRow>, header: Partial<TraceHeader> = {}): Trace {
  const builder = new TraceBuilder();
  for (const row of rows) builder.append(row);
  return builder.finish(header);
}

class ColumnTrace implements Trace {
  readonly header: TraceHeader;
  readonly length: number;
  readonly columns: TraceColumns;
  readonly strings: readonly string[];
  readonly unused: ReadonlyMap<string, number>;
  readonly #positions: Positions;

  constructor(header: TraceHeader, built: TraceBuilder) {
    this.header = header;
    this.length = built.length;
    this.columns = built.columns;
    this.strings = built.strings;
    this.unused = built.unused;
    this.#positions = built.positions;
  }

  time_ns(row: number): number { return this.columns.time_ns.get(row); }
  cpu(row: number): number { return this.columns.cpu.get(row); }
  task(row: number): string { return at(this.strings, this.columns.task.get(row)); }
  event(row: number): EventName { return at(eventNames, this.columns.event.get(row)); }
  phase(row: number): PhaseName { return at(phaseNames, this.columns.phase.get(row)); }
  nid(row: number): number { return this.columns.nid.get(row); }
  zone(row: number): number { return this.columns.zone.get(row); }
  pfn(row: number): number { return this.columns.pfn.get(row); }
  nr_pages(row: number): number { return this.columns.nr_pages.get(row); }
  order(row: number): number { return this.columns.order.get(row); }
  migratetype(row: number): number { return this.columns.migratetype.get(row); }
  ret(row: number): number { return this.columns.ret.get(row); }
  args(row: number): string { return at(this.strings, this.columns.args.get(row)); }
  where(row: number): SourcePosition { return this.#positions.where(row); }

  row(row: number): TraceRow {
    assert(row >= 0 && row < this.length, `row ${row} of ${this.length}`);
    const cells: Record<string, number | string> = {
      time_ns: this.time_ns(row), event: this.event(row),
    };
    for (const name of ['cpu', 'nid', 'pfn', 'nr_pages', 'order', 'migratetype', 'ret'] as const) {
      const value = this.columns[name].get(row);
      if (value !== NONE && value === value) cells[name] = value;
    }
    const zone = zoneNames[this.zone(row)];
    if (zone !== undefined) cells['zone'] = zone;
    for (const name of ['task', 'phase', 'args'] as const) {
      const text = this[name](row);
      if (text !== '') cells[name] = text;
    }
    return cells as unknown as TraceRow;
  }
}

/** Rows a chunk has, as a power of two: for loops that want to walk chunk by chunk. */
export { CHUNK_BITS };
