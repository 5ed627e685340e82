/**
 * A trace in memory: a header and rows, the rows as columns. Columns are held in chunks of
 * 65536 rows, each in the narrowest array that fits (`columns.ts`), so that a page-level trace
 * takes about 16 bytes a row; everybody else reads them through the accessors of `Trace`.
 */
import type { SourcePosition } from '../base/errors.js';
import type { EventName } from './events.js';
import type { TraceExpectation } from './trace_expectation.js';

/** A value that a row leaves empty, in the integer columns; pfn and nr_pages have NaN. */
export const NONE = -2147483648;

/** Zone names of x86-64, by the index that the `zone` column holds; the file has the names. */
export const zoneNames = ['DMA', 'DMA32', 'Normal', 'Movable', 'Device'] as const;
export type ZoneName = (typeof zoneNames)[number];

/** Phases by the number that the `phase` column holds. */
export const phaseNames = ['', 'B', 'E'] as const;
export type PhaseName = (typeof phaseNames)[number];

/** Header of a trace: `# key value` lines. Sizes in bytes unless the name says pages. */
export interface TraceHeader {
  /** Version of the trace format: an integer, see `format.ts`. */
  readonly format: number;
  /** Release as `uname -r` prints it; decides the base version of the model. */
  readonly kernel: string;
  /** Stable release that a distribution built it from, where its build text says so: `5.10.262`. */
  readonly stable?: string;
  /** Kconfig symbols that matter and were found out: `DEBUG_VM=y TRANSPARENT_HUGEPAGE=y`. */
  readonly config: Readonly<Record<string, string>>;
  /** Boot parameters that somebody tries, beside those of the rows; in no file. */
  readonly parameters?: readonly string[];
  readonly page_size: number;
  readonly section_size: number;
  readonly block_size: number;
  readonly cpus: number;
  /** Migratetype names in the order of their numbers; empty when not known. */
  readonly migratetypes: readonly string[];
  /** Policy the recorded kernel had, when it is known: what `recorded` should agree with. */
  readonly series?: string;
  /** Question whose policies `npm start` holds against it: `zonelists`, ... */
  readonly question?: string;
  /** What its author expects of every kernel, checked after each input. */
  readonly expects?: readonly TraceExpectation[];
  /** Everything else that the header said, in order: recording, note, memory_blocks, ... */
  readonly other: readonly (readonly [key: string, value: string])[];
}

/** One row as written by hand or by an importer, before it becomes columns. */
export interface TraceRow {
  readonly time_ns: number;
  readonly cpu?: number;
  readonly task?: string;
  readonly event: EventName;
  readonly phase?: 'B' | 'E';
  readonly nid?: number;
  readonly zone?: ZoneName;
  readonly pfn?: number;
  readonly nr_pages?: number;
  readonly order?: number;
  readonly migratetype?: number;
  readonly ret?: number;
  readonly args?: string;
}

/** One integer column; `get` answers `NONE` (NaN for pfn and nr_pages) where a row is empty. */
export interface Column {
  get(row: number): number;
  /** Copies rows from `first` on that lie in one chunk; an empty one is -1 in an Int32Array. */
  read(first: number, rows: number, into: Int32Array | Float64Array): void;
}

/** The number columns. task and args are indices into `Trace.strings`, event into eventNames. */
export interface TraceColumns {
  /** Nanoseconds since boot. */
  readonly time_ns: Column;
  readonly cpu: Column;
  readonly task: Column;
  readonly event: Column;
  /** Index into `phaseNames`. */
  readonly phase: Column;
  readonly nid: Column;
  /** Index into `zoneNames`. */
  readonly zone: Column;
  readonly pfn: Column;
  readonly nr_pages: Column;
  readonly order: Column;
  readonly migratetype: Column;
  readonly ret: Column;
  readonly args: Column;
}

export interface Trace {
  readonly header: TraceHeader;
  readonly length: number;
  readonly columns: TraceColumns;
  /** Interned tasks and args; index 0 is ''. */
  readonly strings: readonly string[];
  /** What the importer could not use: how many lines of each kind, in the order found. */
  readonly unused: ReadonlyMap<string, number>;
  /** Nanoseconds since boot. */
  time_ns(row: number): number;
  /** NONE when the row does not say it. So too nid, zone, order, migratetype, ret. */
  cpu(row: number): number;
  task(row: number): string;
  event(row: number): EventName;
  phase(row: number): PhaseName;
  nid(row: number): number;
  /** Index into `zoneNames` or NONE. */
  zone(row: number): number;
  /** NaN when the row does not say it. So too nr_pages. */
  pfn(row: number): number;
  nr_pages(row: number): number;
  order(row: number): number;
  migratetype(row: number): number;
  ret(row: number): number;
  /** `key=value` words, '' when none: read by `rowWords`. */
  args(row: number): string;
  /** The row as an object; slow. */
  row(row: number): TraceRow;
  /** Where the row stands in the file it was read from. */
  where(row: number): SourcePosition;
}
