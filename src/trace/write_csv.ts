/** Writes a trace as CSV: header lines, column names, a row for each event. */
import { gzipSync } from 'node:zlib';
import { hex } from '../base/pfn.js';
import { writeFileInTurns, writeFileWhole } from '../base/write_file.js';
import { headerLines } from './format.js';
import { NONE, zoneNames, type Trace } from './trace.js';
import { columnNames } from './event_type.js';

/** Lines are gathered to pieces of about this size before they are written. */
const PIECE = 1 << 20;

/** Quoted when the text has a comma, a quote or a line break, or could be taken for a comment. */
function quoted(text: string): string {
  return /[",\r\n]|^#/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

function number(value: number): string {
  return value === NONE || value !== value ? '' : String(value);
}

function rowLine(trace: Trace, row: number): string {
  const pfn = trace.pfn(row);
  const time = trace.time_ns(row);
  return `${time},${number(trace.cpu(row))},${quoted(trace.task(row))},${trace.event(row)},`
    + `${trace.phase(row)},${number(trace.nid(row))},${zoneNames[trace.zone(row)] ?? ''},`
    + `${pfn === pfn ? hex(pfn) : ''},${number(trace.nr_pages(row))},${number(trace.order(row))},`
    + `${number(trace.migratetype(row))},${number(trace.ret(row))},${quoted(trace.args(row))}`;
}

/** The lines of the file, without line ends. */
export function* csvLines(trace: Trace): Generator<string> {
  for (const line of headerLines(trace.header, trace.unused)) yield `# ${line}`;
  yield columnNames.join(',');
  for (let row = 0; row < trace.length; row++) yield rowLine(trace, row);
}

/** The file's bytes, in pieces. */
export function* csvPieces(trace: Trace): Generator<Buffer> {
  let piece = '';
  for (const line of csvLines(trace)) {
    piece += `${line}\n`;
    if (piece.length < PIECE) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}

function* zipped(pieces: Iterable<Buffer>): Generator<Buffer> {
  for (const piece of pieces) yield gzipSync(piece);
}

function piecesFor(trace: Trace, path: string): Iterable<Buffer> {
  const pieces = csvPieces(trace);
  return path.endsWith('.gz') ? zipped(pieces) : pieces;
}

/** Writes the file, compressed when its name ends in .gz, whole or not at all. */
export function writeTraceCsv(trace: Trace, path: string): void {
  writeFileWhole(path, piecesFor(trace, path));
}

/** The same of a program that a signal may end meanwhile. */
export async function writeTraceInTurns(trace: Trace, path: string): Promise<void> {
  await writeFileInTurns(path, piecesFor(trace, path));
}
