/** Reads a trace's CSV: plain rows byte by byte, everything else through csv-parse. */
import { createRequire } from 'node:module';
import { TraceError } from '../base/errors.js';
import type { TraceBuilder } from './build.js';
import { CsvLines } from './csv_lines.js';
import { columnsOf, rowOf } from './csv_row.js';
import { columnNames, type ColumnName } from './events.js';
import { parseHeader, type ParsedHeader } from './format.js';
import { lineBlocks } from './line_blocks.js';
import type { Problems } from './problems.js';

/** csv-parse takes a while to load, and a trace that we wrote may never need it. */
const require = createRequire(import.meta.url);
let csvParse: typeof import('csv-parse/sync') | undefined;

const NEWLINE = 10;
const QUOTE = 34;
const HASH = 35;

export interface CsvOptions {
  /** The file's name in messages. */
  readonly file: string;
  readonly builder: TraceBuilder;
  readonly problems: Problems;
  /** Read every row with csv-parse: to hold the byte reader against. */
  readonly plain?: false;
}

function countQuotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count;
}

class CsvReader {
  readonly header: { readonly text: string; readonly line: number }[] = [];
  readonly #options: CsvOptions;
  readonly #lines: CsvLines;
  #columns: readonly ColumnName[] | undefined;
  /** Are the columns those that the byte reader knows? */
  #isPlain = false;
  #line = 0;
  /** A quoted field that goes on in the next line. */
  #open = '';
  #openLine = 0;

  constructor(options: CsvOptions) {
    this.#options = options;
    this.#lines = new CsvLines(options.builder);
  }

  read(block: Buffer): void {
    this.#lines.setBlock(block);
    for (let start = 0; start < block.length;) {
      this.#line++;
      if (this.#isPlain && this.#open === '') {
        const end = this.#lines.row(start, this.#line);
        if (end >= 0) {
          start = end;
          continue;
        }
      }
      const newline = block.indexOf(NEWLINE, start);
      const end = newline < 0 ? block.length : newline;
      this.#irregular(block, start, end);
      start = end + 1;
    }
  }

  finish(): void {
    if (this.#open !== '') {
      this.#problem(this.#openLine, 'a quoted field has no end, expected " before the file ends');
    }
    if (this.#columns === undefined) {
      const position = { file: this.#options.file, line: 0 };
      throw new TraceError(
        position, `has no line of column names, expected ${columnNames.join(',')}`);
    }
  }

  #problem(line: number, message: string): void {
    this.#options.problems.add(this.#options.file, line, message);
  }

  #irregular(block: Buffer, start: number, end: number): void {
    const text = block.toString('utf8', start, block[end - 1] === 13 ? end - 1 : end);
    if (this.#open === '' && block[start] === HASH) {
      if (this.#columns !== undefined) return;
      this.header.push({ text: text.slice(1).trim(), line: this.#line });
    } else if (this.#open === '' && text.trim() === '') return;
    else this.#record(text, block.subarray(start, end).includes(QUOTE));
  }

  #record(text: string, hasQuotes: boolean): void {
    if (this.#open === '') this.#openLine = this.#line;
    const whole = this.#open === '' ? text : `${this.#open}\n${text}`;
    this.#open = '';
    if ((hasQuotes || whole !== text) && countQuotes(whole) % 2 === 1) {
      this.#open = whole;
      return;
    }
    const isOurs = this.#columns === undefined && whole === columnNames.join();
    const record = isOurs ? columnNames : this.#fields(whole);
    if (record === undefined) return;
    if (this.#columns === undefined) this.#names(record);
    else this.#append(record, this.#columns);
  }

  #fields(text: string): readonly string[] | undefined {
    try {
      csvParse ??= require('csv-parse/sync') as typeof import('csv-parse/sync');
      const [record] = csvParse.parse(text, { relax_column_count: true, bom: true }) as string[][];
      return record;
    } catch (error) {
      this.#problem(this.#openLine, `is no CSV: ${(error as Error).message}`);
      return undefined;
    }
  }

  #names(record: readonly string[]): void {
    const columns = columnsOf(record.map((name) => name.trim()));
    if (typeof columns === 'string') {
      throw new TraceError({ file: this.#options.file, line: this.#line }, columns);
    }
    this.#columns = columns;
    this.#isPlain = this.#options.plain !== false
      && columns.join() === columnNames.join();
  }

  #append(record: readonly string[], columns: readonly ColumnName[]): void {
    const read = rowOf(record, columns);
    if (read.problem !== undefined) this.#problem(this.#openLine, read.problem);
    if (read.row !== undefined) this.#options.builder.append(read.row, this.#openLine);
    else this.#options.builder.countUnused('csv:row');
  }
}

/**
 * Appends the rows of a CSV trace and answers its header. A row that is wrong is a problem; a
 * file without column names is a TraceError.
 */
export async function readCsv(
  chunks: AsyncIterable<Uint8Array>, options: CsvOptions,
): Promise<ParsedHeader['header']> {
  const { builder, problems, file } = options;
  const reader = new CsvReader(options);
  builder.setFile(file);
  for await (const block of lineBlocks(chunks)) reader.read(block);
  reader.finish();
  const parsed = parseHeader(reader.header.map(({ text }) => text));
  const newer = parsed.problems.find(({ isFatal }) => isFatal);
  if (newer !== undefined) {
    throw new TraceError({ file, line: reader.header[newer.index]?.line ?? 0 }, newer.message);
  }
  for (const { index, message } of parsed.problems) {
    problems.add(file, reader.header[index]?.line ?? 0, message);
  }
  for (const [kind, count] of parsed.unused) builder.countUnused(kind, count);
  return parsed.header;
}
