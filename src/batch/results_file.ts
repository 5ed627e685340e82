/**
 * Results of a batch in one file (`--results`): JSON lines in gzip, a header and then an entry for
 * each trace, with its place in the whole batch. Shards are such files with some of the entries;
 * merged in the order of places they are what one machine would have written, byte for byte.
 */
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { reasonOf, UsageError } from '../base/errors.js';
import { writeTemporary } from '../base/partial.js';
import { checkRegular, isGzip } from '../base/read_file.js';
import { COMPARISON_FORMAT, type Comparison, type ComparisonLine } from '../compare/comparison.js';
import type { Results, Trouble } from '../report/report.js';
import { checkEntry } from './entry_check.js';
import { lineOf } from './job.js';

/** Of the lines of a results file; the comparison in each has a format of its own. */
export const RESULTS_FORMAT = 2;

interface Header {
  readonly mmreplay_results: number;
  /** Of the comparisons within. */
  readonly comparison: number;
  readonly tool: string;
  /** Traces of the whole batch, all shards together. */
  readonly total: number;
}

/** One trace: `place` counts from 0 in the whole batch. */
export type Entry =
  | { readonly place: number; readonly comparison: Comparison }
  | { readonly place: number; readonly trouble: Trouble };

/** Results with the place of each in the whole batch. */
export interface Placed extends Results {
  readonly places: readonly number[];
  readonly troublePlaces: readonly number[];
}

/** Where a batch of results is read from, entry by entry. */
export interface StoredResults {
  readonly tool: string;
  readonly total: number;
  readonly lines: readonly (ComparisonLine & { readonly place: number })[];
  readonly troubles: readonly (Trouble & { readonly place: number })[];
  /** Files with one comparison each, in the order of `lines`. */
  readonly files: readonly string[];
}

/** Compared traces and troubles in order of their places, one comparison in memory at a time. */
export function* entriesOf(
  { comparisons, places, troubles, troublePlaces }: Placed,
): Generator<Entry> {
  const waiting = troubles.map((trouble, index): Entry => (
    { place: troublePlaces[index] ?? 0, trouble }));
  let index = 0;
  for (const comparison of comparisons) {
    const place = places[index] ?? 0;
    while ((waiting[0]?.place ?? Infinity) < place) yield waiting.shift() as Entry;
    yield { place, comparison };
    index += 1;
  }
  yield* waiting;
}

/** The text of a results file, piece by piece; each piece is a gzip member of its own. */
export function* resultsText(
  tool: string, total: number, entries: Iterable<Entry>,
): Generator<Uint8Array> {
  const header: Header = {
    mmreplay_results: RESULTS_FORMAT, comparison: COMPARISON_FORMAT, tool, total };
  yield gzipSync(`${JSON.stringify(header)}\n`);
  for (const entry of entries) yield gzipSync(`${JSON.stringify(entry)}\n`);
}

function headerOf(path: string, text: string): Header {
  let header: Partial<Header> | null;
  try {
    header = JSON.parse(text) as Partial<Header> | null;
  } catch {
    header = {};
  }
  if (header?.mmreplay_results !== RESULTS_FORMAT || header.comparison !== COMPARISON_FORMAT ||
    typeof header.tool !== 'string' || !Number.isSafeInteger(header.total)) {
    throw new UsageError(`${path}:1: is no results file of this version, expected what ` +
      '`mmreplay run --results FILE` wrote');
  }
  return header as Header;
}

/** Error: UsageError when it is a pipe or a device. */
export function checkFile(path: string): void {
  try {
    checkRegular(path);
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${reasonOf(error as Error)}`);
  }
}

/** Bytes of one entry: as JSON is read, it takes many times as much memory. */
const LONGEST_LINE = 2 ** 26;

/** The same bytes, up to a line that is too long. Error: of that line. */
async function* inLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const chunk of chunks) {
    const last = chunk.lastIndexOf(10);
    length += last < 0 ? chunk.length : chunk.indexOf(10);
    if (length > LONGEST_LINE) throw new Error(`a line has more than ${LONGEST_LINE} bytes`);
    if (last >= 0) length = chunk.length - last - 1;
    yield chunk;
  }
}

/**
 * Reads a results file; comparisons go to files of their own in the folder `spill`.
 * Errors: UsageError, with `file:line`, when it is no results file or is cut short.
 */
export async function readResults(path: string, spill: string): Promise<StoredResults> {
  checkFile(path);
  if (!isGzip(path)) headerOf(path, '');
  const zipped = createReadStream(path);
  const unzipped = createGunzip();
  // Who reads is told of an error; one that comes when nobody reads any more is nobody's.
  unzipped.on('error', () => zipped.destroy());
  zipped.on('error', (error) => unzipped.destroy(error));
  const input = Readable.from(inLines(zipped.pipe(unzipped)), { objectMode: false });
  const lines: (ComparisonLine & { readonly place: number })[] = [];
  const troubles: (Trouble & { readonly place: number })[] = [];
  const files: string[] = [];
  let header: Header | undefined;
  // Of the one that is read, or cannot be.
  let line = 1;
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      if (header === undefined) {
        header = headerOf(path, text);
        line += 1;
        continue;
      }
      const entry = JSON.parse(text) as Entry;
      checkEntry(entry, header.total);
      if ('trouble' in entry) troubles.push({ ...entry.trouble, place: entry.place });
      else {
        const file = join(spill, `${entry.place}.json.gz`);
        writeTemporary(file, gzipSync(JSON.stringify(entry.comparison), { level: 1 }));
        files.push(file);
        lines.push({ ...lineOf(entry.comparison), place: entry.place });
      }
      line += 1;
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${path}:${line}: cannot be read (${why}), expected one JSON ` +
      'object a line in gzip');
  } finally {
    zipped.destroy();
  }
  if (header === undefined) throw new UsageError(`${path}:1: is empty, expected a results file`);
  return { tool: header.tool, total: header.total, lines, troubles, files };
}

/** One comparison, as `readResults` and the store keep it. */
function readComparison(file: string): Comparison {
  return JSON.parse(gunzipSync(readFileSync(file)).toString()) as Comparison;
}

/** Comparisons in order, each read when it is asked for, so that memory holds one of them. */
export class ComparisonFiles implements Iterable<Comparison> {
  readonly #files: readonly string[];

  constructor(files: readonly string[]) {
    this.#files = files;
  }

  * [Symbol.iterator](): Iterator<Comparison> {
    for (const file of this.#files) yield readComparison(file);
  }
}
