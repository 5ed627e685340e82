/** Reads a trace's CSV: plain rows byte by byte, everything else through csv-parse. */
import { createRequire } from 'node:module';
import { TraceError } from '../base/errors.js';
import type { TraceBuilder } from './build.js';
import { CsvLines } from './csv_lines.js';
import { columnsOf, rowOf } from './csv_row.js';
import { parseHeader, type ParsedHeader } from './format.js';
import { isEmptyLine, lineBlocks, pastEmptyLines } from './line_blocks.js';
import { refuseStrange, type Problems } from './problems.js';
import { columnNames, type ColumnName } from './event_type.js';

/** csv-parse takes a while to load, and a trace that we wrote may never need it. */
const require = createRequire(import.meta.url);
let csvParse: typeof import('csv-parse/sync') | undefined;

const NEWLINE = 10;

export interface CsvOptions {
  /** The file's name in messages. */
  readonly file: string;
  readonly builder: TraceBuilder;
  readonly problems: Problems;
  /** Read every row with csv-parse: to hold the byte reader against. */
  readonly plain?: false;
}

/** A quoted field reaches over this many lines at most: behind a stray quote rows go on. */
const MOST_LINES = 64;

function countQuotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count;
}

interface Line { readonly text: string; readonly number: number }

class CsvReader {
  readonly header: { readonly text: string; readonly line: number }[] = [];
  readonly #options: CsvOptions;
  readonly #lines: CsvLines;
  #columns: readonly ColumnName[] | undefined;
  /** Are the columns those that the byte reader knows? */
  #isPlain = false;
  #line = 0;
  #refused = 0;
  /** Lines of a record whose quoted field has not ended yet. */
  #open: Line[] = [];

  constructor(options: CsvOptions) {
    this.#options = options;
    this.#lines = new CsvLines(options.builder);
  }

  read(block: Buffer): void {
    this.#lines.setBlock(block);
    for (let start = 0; start < block.length;) {
      if (this.#open.length === 0 && isEmptyLine(block, start)) {
        const { end, lines } = pastEmptyLines(block, start);
        this.#line += lines;
        start = end;
        continue;
      }
      this.#line++;
      if (this.#isPlain && this.#open.length === 0) {
        const end = this.#lines.row(start, this.#line);
        if (end >= 0) {
          start = end;
          continue;
        }
      }
      const newline = block.indexOf(NEWLINE, start);
      const end = newline < 0 ? block.length : newline;
      this.#text({ text: block.toString('utf8', start, end), number: this.#line });
      start = end + 1;
    }
  }

  finish(): void {
    while (this.#open.length > 0) this.#unended();
    if (this.#columns === undefined) {
      const position = { file: this.#options.file, line: 0 };
      throw new TraceError(
        position, `has no line of column names, expected ${columnNames.join(',')}`);
    }
  }

  #problem(line: number, message: string): void {
    this.#options.problems.add(this.#options.file, line, message);
  }

  /** A row that is left out, and why. */
  #refuse(line: number, message: string): void {
    const { file, builder } = this.#options;
    this.#refused += 1;
    refuseStrange({ file, line }, this.#refused, builder.length, 'rows');
    this.#problem(line, message);
    builder.countUnused('csv:row');
  }

  #text(line: Line): void {
    const { text, number } = line;
    if (this.#open.length > 0) this.#goesOn(line);
    else if (text.startsWith('#')) {
      if (this.#columns !== undefined) return;
      this.header.push({ text: text.slice(1).trim(), line: number });
    } else if (text.trim() === '') return;
    else if (countQuotes(text) % 2 === 1) this.#open.push(line);
    else this.#record([line]);
  }

  /** One more line of a quoted field; rows stand in none. */
  #goesOn(line: Line): void {
    this.#open.push(line);
    const isEnd = countQuotes(line.text) % 2 === 1;
    if (!isEnd && this.#open.length < MOST_LINES) return;
    if (isEnd && !this.#open.slice(1, -1).some(({ text }) => this.#isRow(text))) {
      this.#record(this.#open.splice(0));
    } else this.#unended();
  }

  #isRow(text: string): boolean {
    return this.#columns !== undefined && text.split(',').length === this.#columns.length;
  }

  /** The first of the open lines has a quote too many: the others are read without it. */
  #unended(): void {
    const [first, ...others] = this.#open.splice(0);
    if (first === undefined) return;
    this.#refuse(first.number, 'a quoted field has no end, expected another "');
    for (const line of others) this.#text(line);
  }

  #record(lines: readonly Line[]): void {
    const text = lines.map((line) => line.text).join('\n').replace(/\r$/, '');
    const number = lines[0]?.number ?? 0;
    const isOurs = this.#columns === undefined && text === columnNames.join();
    const record = isOurs ? columnNames : fields(text);
    if (typeof record === 'string') this.#refuse(number, `is no CSV: ${record}`);
    else if (this.#columns === undefined) this.#names(record, number);
    else {
      const { row, problem } = rowOf(record, this.#columns);
      if (row !== undefined) this.#options.builder.append(row, number);
      else this.#refuse(number, problem);
    }
  }

  #names(record: readonly string[], line: number): void {
    const columns = columnsOf(record.map((name) => name.trim()));
    if (typeof columns === 'string') {
      throw new TraceError({ file: this.#options.file, line }, columns);
    }
    this.#columns = columns;
    this.#isPlain = this.#options.plain !== false
      && columns.join() === columnNames.join();
  }
}

/** The fields of one record; a text says why it is none. */
function fields(text: string): readonly string[] | string {
  // Nothing to take apart, and a damaged file may have a million such lines.
  if (!text.includes('"')) return text.replace(/^\ufeff/, '').split(',');
  try {
    csvParse ??= require('csv-parse/sync') as typeof import('csv-parse/sync');
    const [record] = csvParse.parse(
      text, { relax_column_count: true, bom: true, record_delimiter: ['\n'] }) as string[][];
    return record ?? 'the record is empty';
  } catch (error) {
    return (error as Error).message;
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
  for await (const block of lineBlocks(chunks, file)) reader.read(block);
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
