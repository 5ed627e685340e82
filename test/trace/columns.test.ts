import { describe, expect, it } from 'vitest';
import { TraceBuilder, traceOf } from '../../src/trace/build.js';
import { GrowingColumn, CHUNK_ROWS, type ColumnKind } from '../../src/trace/columns.js';
import { NONE } from '../../src/trace/trace.js';

/** A column filled with these values, sealed as a builder would. */
function filled(values: readonly number[], kind: ColumnKind): GrowingColumn {
  const column = new GrowingColumn(kind);
  const { empty } = kind;
  values.forEach((value, row) => {
    if (!Object.is(value, empty)) column.write(row % CHUNK_ROWS, value);
    if ((row + 1) % CHUNK_ROWS === 0) column.seal(CHUNK_ROWS);
  });
  if (values.length % CHUNK_ROWS > 0) column.seal(values.length % CHUNK_ROWS);
  return column;
}

const small: ColumnKind = { empty: NONE, width: 1, least: 0 };
const times: ColumnKind = { empty: NaN, width: 4, least: 0, isRising: true };

const same = (column: GrowingColumn, values: readonly number[]): boolean =>
  values.every((value, row) => Object.is(column.get(row), value));

const sequence = (rows: number, value: (row: number) => number): number[] =>
  Array.from({ length: rows }, (_, row) => value(row));

describe('a column', () => {
  it.each<[string, number, (row: number) => number]>([
    ['bytes', 1, (row) => row % 200],
    ['one value', 1, () => 7],
    ['nothing', 0, () => NONE],
    ['bytes with holes', 1, (row) => (row % 3 === 0 ? NONE : row % 254)],
    ['a greater value late', 2, (row) => (row > 60000 ? 300 : 1)],
    ['a hole late', 1, (row) => (row === 65000 ? NONE : 5)],
    ['a negative value late', 8, (row) => (row > 60000 ? -22 : 255)],
    ['all of 32 bits', 8, (row) => (row % 2 === 0 ? 2 ** 31 - 1 : -(2 ** 31) + 1)],
    ['the greatest byte', 2, (row) => 255 - (row % 256)],
  ])('keeps 32-bit numbers: %s', (_, bytes, value) => {
    const values = sequence(CHUNK_ROWS, value);
    const column = filled(values, small);
    expect(same(column, values)).toBe(true);
    expect(column.byteLength()).toBe(bytes * CHUNK_ROWS);
  });

  it.each<[string, number, (row: number) => number]>([
    ['times in microseconds', 4, (row) => 5e12 + row * 1000],
    ['times seconds apart', 8, (row) => 5e12 + row * 1e6],
    ['times that go back', 8, (row) => 5e12 - row * 1000],
    ['exact to 2^53', 8, (row) => (row % 2 === 0 ? 2 ** 53 - 1 : row)],
    ['holes', 4, (row) => (row % 2 === 0 ? NaN : row)],
    ['near each other', 4, (row) => 0x100000 + (row % 100)],
    ['one value', 4, () => 2 ** 40],
    ['negative', 8, (row) => -row - 1],
    ['the greatest of 32 bits', 8, (row) => (row % 2 === 0 ? 0xffffffff : 0)],
  ])('keeps wide numbers: %s', (_, bytes, value) => {
    const values = sequence(CHUNK_ROWS, value);
    const column = filled(values, times);
    expect(same(column, values)).toBe(true);
    expect(column.byteLength()).toBeLessThanOrEqual(bytes * CHUNK_ROWS);
  });

  it('can be written again in rows that were kept long ago', () => {
    const values = sequence(CHUNK_ROWS * 2 + 10, (row) => row % 50);
    const column = filled(values, small);
    for (const [row, value] of [[3, 1_000_000], [CHUNK_ROWS + 1, NONE], [2, -7]] as const) {
      column.set(row, value);
      values[row] = value;
    }
    column.setAll([10, 11, CHUNK_ROWS + 5], 99);
    for (const row of [10, 11, CHUNK_ROWS + 5]) values[row] = 99;
    expect(same(column, values)).toBe(true);
  });
});

describe('a trace that is built', () => {
  it('gives back the rows it was built of', () => {
    const rows = [
      { time_ns: 1, event: 'online', phase: 'B', pfn: 2 ** 40 - 32768, nr_pages: 32768 },
      { time_ns: 2, event: 'adjust_managed_page_count', nid: 1, zone: 'Movable', nr_pages: -5 },
      { time_ns: 3, event: 'printk', cpu: 0, task: 'init-1', ret: -22, args: 'a=1', order: 0,
        migratetype: 4 },
    ] as const;
    const trace = traceOf(rows);
    expect(rows.map((_, row) => trace.row(row))).toEqual(rows);
  });

  it('takes 16 bytes a row for page-level events', () => {
    const builder = new TraceBuilder();
    for (let row = 0; row < CHUNK_ROWS * 2; row++) {
      builder.append({
        time_ns: row * 1000, cpu: row % 8, task: `task-${row % 500}`, event: 'mm_page_alloc',
        pfn: (row * 977 % 4_000) * 2 ** (row % 11), order: row % 11, migratetype: row % 4,
        args: `gfp_flags=F${row % 90}`,
      }, row + 12);
    }
    const { columns } = builder.finish();
    const bytes = Object.values(columns)
      .reduce((sum, column) => sum + (column as GrowingColumn).byteLength(), 0);
    expect(bytes / (CHUNK_ROWS * 2)).toBeLessThanOrEqual(16);
  });
});
