/** What a command prints: whole, or an error; and nothing in it that moves a terminal. */
import { existsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { positionText, reasonOf, UsageError } from '../../base/errors.js';
import { harmlessLines, printableLines } from '../../base/printable.js';
import { writeFileWhole } from '../../base/write_file.js';
import type { Problem } from '../../trace/problems.js';
import { showPaged, terminalOf, type ScreenOptions } from './screen.js';
import { loadReports, type Report, type ReportOptions, type Results } from '../../report/report.js';
import { distinctlyNamed } from '../../report/trace_names.js';

const STDOUT = 1;
/** Exit status when the reader has gone, as of a program that SIGPIPE ends: no answer is 0. */
export const CUT_SHORT = 141;
/** How often a full pipe is tried again, in ms. */
const PAUSE = 5;

/** A pipe that a slow reader has filled takes no more for now. */
function writeSome(bytes: Uint8Array, at: number): number {
  try {
    return writeSync(STDOUT, bytes, at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}

/**
 * Writes to standard output, no faster than it is read. Node's own stream takes a short write of
 * a file, which a full disk makes, for a whole one. A reader that has seen enough (`| head`) ends
 * the program without a word. Error: UsageError.
 */
export async function print(content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    for (let at = 0; at < bytes.length;) {
      const written = writeSome(bytes, at);
      at += written;
      if (written === 0) await sleep(PAUSE);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(CUT_SHORT);
    throw new UsageError(`standard output: ${reasonOf(error as Error)}`);
  }
}

/** Writes a file that the user named by `write`; a folder that had to be made is said. */
export async function sayingFolder(
  path: string, write: (path: string) => void | Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  const isNew = !existsSync(folder);
  await write(path);
  if (isNew) tell(`made the folder ${folder}\n`);
}

/** The file that the user named, whole or not at all. */
export async function writeOutput(
  path: string, content: string | Uint8Array | Iterable<string | Uint8Array>,
): Promise<void> {
  await sayingFolder(path, (file) => writeFileWhole(file, content));
}

/** To the file that `-o` names, else to standard output. */
export async function deliver(text: string, output: string | undefined): Promise<void> {
  if (output === undefined) await print(harmlessLines(text));
  else await writeOutput(output, printableLines(text));
}

/** A message on standard error: what an input says shows as escapes. */
export function tell(text: string): void {
  process.stderr.write(harmlessLines(text));
}

/** Says which lines of an input were left out. True: there are some, which is trouble. */
export function tellProblems(problems: readonly Problem[]): boolean {
  for (const { position, message } of problems) tell(`${positionText(position)}: ${message}\n`);
  return problems.length > 0;
}

/** A report and where it goes; undefined: standard output. */
export interface Output {
  readonly report: Report;
  readonly path: string | undefined;
}

export const formatOption = {
  type: 'string', array: true, nargs: 1,
  describe: 'A report (mmreplay list reports); NAME goes to -o or standard output, NAME=FILE to ' +
    'that file; several are made of one run [default: text]',
} as const;

/** `text`, `junit=r.xml`: one of them may go to `-o` or standard output. Error: UsageError. */
export async function outputsOf(
  given: readonly string[] | undefined, output: string | undefined,
): Promise<readonly Output[]> {
  const formats = given ?? ['text'];
  const reports = await loadReports();
  const outputs = formats.map((word): Output => {
    const equals = word.indexOf('=');
    const id = equals < 0 ? word : word.slice(0, equals);
    const report = reports.find((one) => one.id === id);
    if (report === undefined || (equals >= 0 && equals === word.length - 1)) {
      throw new UsageError(`--format ${word}: expected NAME or NAME=FILE, NAME one of ` +
        reports.map((one) => one.id).join(', '));
    }
    return { report, path: equals < 0 ? output : word.slice(equals + 1) };
  });
  const targets = outputs.map(({ path }) => path ?? 'standard output');
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined) throw new UsageError(`--format: two reports go to ${twice}`);
  if (output !== undefined && !outputs.some(({ path }) => path === output)) {
    throw new UsageError(`-o ${output}: every --format names its own file`);
  }
  return outputs;
}

function* printablePieces(pieces: Iterable<string>): Generator<string> {
  for (const piece of pieces) yield printableLines(piece);
}

/** To standard output; what is for a terminal has no characters but ASCII and its colours. */
async function show(
  report: Report, results: Results, options: ReportOptions, screen: ScreenOptions,
): Promise<void> {
  const terminal = report.id === 'text' ? terminalOf(screen) : undefined;
  if (terminal === undefined) {
    // Those of the report for GitHub are meant.
    const isMeant = report.id === 'github';
    for (const piece of report.render(results, options)) {
      await print(isMeant ? printableLines(piece) : harmlessLines(piece));
    }
  } else await showPaged(report.render(results, { ...options, terminal }), screen, print);
}

/** Writes every report; a file appears whole or not at all. */
export async function deliverAll(
  outputs: readonly Output[], results: Results, options: ReportOptions, screen: ScreenOptions,
): Promise<void> {
  const named = distinctlyNamed(results);
  for (const { report, path } of outputs) {
    if (path === undefined) await show(report, named, options, screen);
    else await writeOutput(path, printablePieces(report.render(named, options)));
  }
}
