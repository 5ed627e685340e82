/** One record of a CSV trace, its fields being texts, as a row. */
import { eventType, type EventName } from './events.js';
import { excerpt } from './problems.js';
import { callProblem, rowProblem } from './row_limits.js';
import { NONE, zoneNames, type TraceRow } from './trace.js';
import { columnNames, type ColumnName } from './event_type.js';

type Cells = { -readonly [K in keyof TraceRow]?: TraceRow[K] };

export type RowOrProblem =
  | { readonly row: TraceRow; readonly problem: undefined }
  | { readonly row: undefined; readonly problem: string };

/** A whole number, decimal or 0x-hex, perhaps negative; undefined when it is none. */
function integer(text: string): number | undefined {
  if (!/^-?(\d+|0[xX][0-9a-fA-F]+)$/.test(text)) return undefined;
  const value = text.startsWith('-') ? -Number(text.slice(1)) : Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Puts a cell into `cells`; a text says what is wrong with it. */
function readCell(cells: Cells, column: ColumnName, text: string): string | undefined {
  switch (column) {
    case 'task': case 'args': cells[column] = text; return undefined;
    case 'event': cells.event = text as EventName; return undefined;
    case 'phase':
      if (text === 'B' || text === 'E') cells.phase = text;
      else return `phase is ${excerpt(text)}, expected B, E or nothing`;
      return undefined;
    case 'zone': {
      const zone = zoneNames.find((name) => name === text);
      if (zone === undefined) return `zone is ${excerpt(text)}, expected ${zoneNames.join(', ')}`;
      cells.zone = zone;
      return undefined;
    }
    default: {
      const value = integer(text);
      // Which stands for an empty cell elsewhere.
      if (value === undefined || value === NONE) {
        return `${column} is ${excerpt(text)}, expected a decimal or 0x-hex number`;
      }
      cells[column] = value;
      return undefined;
    }
  }
}

/** The row of a record; none, but a text, when a cell is wrong. */
export function rowOf(record: readonly string[], columns: readonly ColumnName[]): RowOrProblem {
  if (record.length !== columns.length) {
    const fields = `${record.length} field${record.length === 1 ? '' : 's'}`;
    const problem = `the row has ${fields}, expected ${columns.length}`
      + `${record.length < columns.length ? '; is the line cut?' : ''}`;
    return { row: undefined, problem };
  }
  const cells: Cells = {};
  let wrong: string | undefined;
  columns.forEach((column, index) => {
    const text = record[index] ?? '';
    if (text === '') return;
    const problem = readCell(cells, column, text);
    wrong ??= problem;
  });
  const { time_ns, event } = cells;
  if (event === undefined || eventType(event) === undefined) {
    wrong = `event is ${excerpt(event ?? '')}, which is no event's name`;
  }
  if (time_ns === undefined) wrong ??= 'time_ns is empty';
  if (wrong !== undefined) return { row: undefined, problem: wrong };
  const row = { ...cells, time_ns, event } as TraceRow;
  const problem = rowProblem(row) ?? callProblem(row);
  return problem === undefined ? { row, problem } : { row: undefined, problem };
}

/** The columns that a line of column names names; a text says what is wrong. */
export function columnsOf(names: readonly string[]): readonly ColumnName[] | string {
  const wrong = names.find((name) => !(columnNames as readonly string[]).includes(name));
  if (wrong !== undefined) {
    return `${excerpt(wrong)} is no column, expected ${columnNames.join(',')}`;
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `column ${twice} is there twice`;
  if (!names.includes('time_ns') || !names.includes('event')) {
    return 'the columns time_ns and event must be there';
  }
  return names as readonly ColumnName[];
}
