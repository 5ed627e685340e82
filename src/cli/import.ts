import { PatchError } from '../base/errors.js';
import { versionOfHeader } from '../replay/version.js';
import { counted } from '../report/names.js';
import { decided } from '../trace/assumptions.js';
import { importers } from '../trace/importers.js';
import { readTrace } from '../trace/read.js';
import type { TraceHeader } from '../trace/trace.js';
import { csvPieces, writeTraceInTurns } from '../trace/write_csv.js';
import { defineCommand } from './program/command.js';
import { print, sayingFolder, tell, tellProblems } from './program/deliver.js';
import { shipped } from './program/find_traces.js';
import { bootOption, configOption, outputOption } from './program/options.js';

interface Options {
  readonly path: string;
  readonly output: string | undefined;
  readonly importer: string | undefined;
  readonly config: Readonly<Record<string, string>> | undefined;
  readonly series: string | undefined;
  readonly question: string | undefined;
  readonly boot: number | undefined;
}

/** What was read and what could not be used, for stderr. */
function summary(rows: number, importer: string, unused: ReadonlyMap<string, number>): string {
  const lines = [...unused.values()].reduce((sum, count) => sum + count, 0);
  const most = [...unused].sort((a, b) => b[1] - a[1]).slice(0, 5)
    .map(([kind, count]) => `${kind} ${count}`).join(', ');
  if (lines === 0) return `${importer}: ${counted(rows, 'row')}\n`;
  const more = unused.size > 5 ? ', ...' : '';
  const notUsed = `${counted(lines, 'line')} not used: ${most}${more}`;
  return `${importer}: ${counted(rows, 'row')}; ${notUsed}\n`;
}

/** A kernel that the model has no version for: said here, and not only when it is replayed. */
function kernelText(path: string, header: TraceHeader, isLog: boolean): string {
  try {
    if (header.kernel !== '') versionOfHeader(header);
    else if (isLog) {
      return `${path}: the log does not say which kernel it is of (no line "Linux version"): `
        + '--base names one to run and verify\n';
    }
    return '';
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    return `${path}: ${error.message}\n`;
  }
}

async function run(options: Options): Promise<number> {
  const { path, output, importer, config = {}, series, question, boot } = options;
  const result = await readTrace(shipped(path), {
    config, ...(importer === undefined ? {} : { importer }),
    ...(series === undefined ? {} : { series }), ...(question === undefined ? {} : { question }),
    ...(boot === undefined ? {} : { boot }),
  });
  const isTrouble = tellProblems(result.problems);
  const { trace } = result;
  // A trace of our own has told them when it was made.
  const told = result.importer === 'trace_csv' ? [] : decided(trace.header);
  for (const text of told) tell(`${text}\n`);
  tell(kernelText(path, trace.header,
    result.importer === 'dmesg' && result.problems.length === 0));
  if (output !== undefined) await sayingFolder(output, (file) => writeTraceInTurns(trace, file));
  else for (const piece of csvPieces(trace)) await print(piece);
  tell(summary(trace.length, result.importer, result.unused));
  return isTrouble ? 2 : 0;
}

const known = (await importers()).map(({ id }) => id);

export default defineCommand<Options>({
  usage: 'import <path>',
  doc: 'Turn a recording, tracer text or kernel log into a trace (CSV)',
  options: (yargs) => yargs
    .positional('path', {
      type: 'string', demandOption: true,
      describe: 'Recording folder or archive, ftrace or perf script text, kernel log, trace',
    })
    .option('output', outputOption(
      'File to write, compressed when it ends in .gz [default: standard output]'))
    .option('importer', {
      type: 'string', requiresArg: true, choices: known,
      describe: 'What the input is [default: found out]',
    })
    .option('config', {
      ...configOption,
      describe: 'Kconfig symbol of the recorded kernel that the input does not tell: DEBUG_VM=y',
    })
    .option('series', { type: 'string', requiresArg: true,
      describe: 'Policies that the recorded kernel had' })
    .option('question', { type: 'string', requiresArg: true,
      describe: 'Question whose policies the trace is for' })
    .option('boot', bootOption)
    .example('$0 import recording.tar.gz -o trace.csv.gz', 'an archive of the recorder'),
  run,
});
