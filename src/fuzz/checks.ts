/** What must hold of every input, however damaged: an answer or a message, and the same twice. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/package_root.js';
import { PatchError, TraceError, UsageError } from '../base/errors.js';
import { readMailedPatches } from '../patch/mail/read.js';
import { skeletonText } from '../patch/skeleton.js';
import { evaluate } from '../pipeline.js';
import { loadReports, resultsOf } from '../report/report.js';
import { TraceBuilder } from '../trace/build.js';
import { Problems } from '../trace/problems.js';
import { readSource, type ReadResult } from '../trace/read.js';
import { readCsv } from '../trace/read_csv.js';
import { heldSource, openSource, type Source } from '../trace/source.js';
import { csvLines, csvPieces } from '../trace/write_csv.js';

/** What is wrong with the program; undefined when nothing is. */
export type Finding = string | undefined;

/** The error's text and where it came from: what two findings of one kind share. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${String(error)}`;
  const frame = (error.stack ?? '').split('\n').find((line) =>
    /dist\/src\//.test(line) && !line.includes('base/assert')) ?? '';
  const place = /dist\/src\/([^)]*):\d+/.exec(frame)?.[1] ?? '';
  return `${error.name}: ${error.message.split('\n')[0]?.slice(0, 200)} at ${place}`;
}

const isMessage = (error: unknown): boolean =>
  error instanceof TraceError || error instanceof UsageError || error instanceof PatchError;

/** The first line in which two texts differ. */
function difference(one: readonly string[], other: readonly string[]): string | undefined {
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    if (one[at] !== other[at]) {
      return `line ${at + 1}: ${one[at]?.slice(0, 200)} <> ${other[at]?.slice(0, 200)}`;
    }
  }
  return undefined;
}

/** Whatever is imported is imported again as the same. */
async function roundTrip(result: ReadResult): Promise<Finding> {
  const written = heldSource('again.csv', Buffer.concat([...csvPieces(result.trace)]));
  const again = await readSource(written, { importer: 'trace_csv' });
  const differs = difference([...csvLines(result.trace)], [...csvLines(again.trace)]);
  if (differs !== undefined) return `round trip: ${differs}`;
  const [problem] = again.problems;
  return problem && `round trip: refused: ${problem.message.slice(0, 200)}`;
}

/** The byte reader and csv-parse give the same rows and the same messages. */
async function bothReaders(source: Source, result: ReadResult): Promise<Finding> {
  const problems = new Problems();
  const builder = new TraceBuilder(problems);
  const { path } = source;
  const header = await readCsv(source.chunks(), { file: path, builder, problems, plain: false });
  const slow = builder.finish(header);
  const differs = difference([...csvLines(result.trace)], [...csvLines(slow)])
    ?? difference(result.problems.map(({ message }) => message),
      problems.told(path).map(({ message }) => message));
  return differs === undefined ? undefined : `readers differ: ${differs}`;
}

/** Read, written, read again. */
export async function checkReading(path: string, kind: string): Promise<Finding> {
  try {
    return await checkSource(await openSource(path), kind);
  } catch (error) {
    return isMessage(error) ? undefined : kindOf(error);
  }
}

/** The same of a file whose bytes are known: most of the time would go by for the file. */
export async function checkSource(source: Source, kind: string): Promise<Finding> {
  try {
    const result = await readSource(source, {});
    const again = await roundTrip(result);
    if (again !== undefined) return again;
    if (kind === 'csv' && result.importer === 'trace_csv' && !result.problems.some(
      ({ position }) => position.line === 0)) return await bothReaders(source, result);
    return undefined;
  } catch (error) {
    return isMessage(error) ? undefined : kindOf(error);
  }
}

/** Replayed on the base kernel and reported in every form. */
export async function checkReplay(path: string): Promise<Finding> {
  try {
    const comparison = await evaluate(
      { path, series: ['base'], base: undefined, config: {}, tool: 'fuzz', check: true });
    for (const report of await loadReports()) {
      const pieces = report.render(resultsOf([comparison]),
        { limit: 10, detail: 'full', quietSame: false });
      for (const piece of pieces) if (piece.includes('\u001b')) return 'report: a raw escape';
    }
    return undefined;
  } catch (error) {
    return isMessage(error) ? undefined : kindOf(error);
  }
}

/** Whatever a mail says, the policies that are written of it say it, and do nothing. */
export async function checkMail(path: string): Promise<Finding> {
  let patches;
  try {
    ({ patches } = await readMailedPatches(readFileSync(path)));
  } catch (error) {
    // What the parser of diffs says is told as it is.
    return error instanceof Error && !/^(Type|Range|Reference)Error$/.test(error.name)
      ? undefined : kindOf(error);
  }
  try {
    // It reads what it wrote, and throws when that is more than a policy.
    for (const mail of patches) skeletonText({ id: 'mine/of_mail', base: 'v6.1', mail });
    return undefined;
  } catch (error) {
    return kindOf(error);
  }
}

const policyTrace = join(packageRoot(), 'traces/zonelists-S2-dimm/trace.csv');

/** A policy loses its own run at most, and the base is told as without it. */
export async function checkPolicy(path: string): Promise<Finding> {
  const job = { path: policyTrace, base: undefined, config: {}, tool: 'fuzz', seconds: 2 };
  try {
    const { runs, trace } = await evaluate({ ...job, series: ['base', path] });
    // The trace is written by hand: its base is the version that the policy is for.
    const { runs: [alone] } = await evaluate({ ...job, base: trace.base, series: ['base'] });
    const [base] = runs;
    return base?.digest === alone?.digest ? undefined : 'a policy changes the run of the base';
  } catch (error) {
    return isMessage(error) ? undefined : kindOf(error);
  }
}
