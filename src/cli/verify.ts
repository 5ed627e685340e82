import { basename, resolve } from 'node:path';
import { positionText, TraceError, UsageError } from '../base/errors.js';
import { writeFileWhole } from '../base/write_file.js';
import { parseAllSeries } from '../patch/series.js';
import { versionOfHeader } from '../replay/version.js';
import { readTrace } from '../trace/read.js';
import type { Trace } from '../trace/trace.js';
import type { Verification } from '../verify/facts.js';
import { type HeldRecording, verificationJson, verificationTable, verificationText }
  from '../verify/report.js';
import { verify } from '../verify/verify.js';
import { defineCommand } from './program/command.js';

interface Options {
  readonly recordings: readonly string[];
  readonly policy: readonly string[] | undefined;
  readonly base: string | undefined;
  readonly format: string;
  readonly config: readonly string[] | undefined;
  readonly limit: number;
  readonly output: string | undefined;
}

/** Holds one recording against each series; problems of the input go to stderr. */
async function verifyOne(path: string, options: Options): Promise<readonly HeldRecording[]> {
  const { trace, problems } = await readTrace(path, { config: kconfig(options.config ?? []) });
  for (const { position, message } of problems) {
    process.stderr.write(`${positionText(position)}: ${message}\n`);
  }
  if (problems.length > 0) process.exitCode = 2;
  const version = options.base ?? versionOfHeader(trace.header);
  const given = options.policy ?? [trace.header.series ?? 'base'];
  const name = recordingName(trace, path);
  const results = (await parseAllSeries(given, version))
    .map((series) => verify(trace, { version, series: series.patches, name }));
  if (results.some(({ facts }) => facts === 0)) {
    throw new TraceError({ file: path, line: 0 },
      'has no fact to hold against the model: no snapshot, no result, no call, no log line');
  }
  return results.map((result) => ({ kernel: trace.header.kernel, result }));
}

/** As the recording calls itself, else as its file is called. */
function recordingName(trace: Trace, path: string): string {
  const own = trace.header.other.find(([key]) => key === 'recording')?.[1];
  return own ?? basename(resolve(path));
}

/** `DEBUG_VM=y` words as a table. */
function kconfig(words: readonly string[]): Record<string, string> {
  const table: Record<string, string> = {};
  for (const word of words) {
    const [, key, value] = /^(?:CONFIG_)?(\w+)=(\w+)$/.exec(word) ?? [];
    if (key === undefined || value === undefined) {
      throw new UsageError(`--config ${word}: expected a symbol and its value, as DEBUG_VM=y`);
    }
    table[key] = value;
  }
  return table;
}

/** One recording that cannot be read does not end the others. */
async function verifyAll(options: Options): Promise<{ held: HeldRecording[]; trouble: boolean }> {
  const held: HeldRecording[] = [];
  let trouble = false;
  for (const path of options.recordings) {
    try {
      held.push(...await verifyOne(path, options));
    } catch (error) {
      if (!(error instanceof Error) || error instanceof UsageError) throw error;
      if (error.name !== 'TraceError' && error.name !== 'PatchError') throw error;
      process.stderr.write(`${error.message}\n`);
      trouble = true;
    }
  }
  return { held, trouble };
}

/** Where one scenario was recorded on several kernels, its name says on which. */
function named(held: readonly HeldRecording[]): readonly Verification[] {
  return held.map(({ kernel, result }) => {
    const unique = held.every((one) =>
      one.kernel === kernel || one.result.recording !== result.recording);
    return unique ? result : { ...result, recording: `${kernel}-${result.recording}` };
  });
}

/** The table first, then each verification. */
function textOf(held: readonly HeldRecording[], limit: number): string {
  const table = [...verificationTable(held)];
  const parts = held.map((one) => [...verificationText(one, limit)]);
  return [table, ...parts].filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`).join('\n');
}

export default defineCommand<Options>({
  usage: 'verify <recordings..>',
  doc: 'Hold every fact of recordings of real kernels against the model',
  options: (yargs) => yargs
    .positional('recordings', {
      type: 'string', array: true, demandOption: true,
      describe: 'Recording folders, or traces that were imported from them',
    })
    .option('policy', {
      alias: 'p', type: 'string', array: true, nargs: 1,
      describe: 'Policies the recorded kernel had, joined by +; several -p: each on its own '
        + '[default: the one the trace names, else none]',
    })
    .option('base', { type: 'string', describe: 'Base version [default: the recorded kernel\'s]' })
    .option('config', {
      type: 'string', array: true, nargs: 1,
      describe: 'A Kconfig symbol that the recording does not show, as DEBUG_VM=y',
    })
    .option('format', { choices: ['text', 'json'] as const, default: 'text' })
    .option('limit', {
      type: 'number', default: 20, describe: 'Disagreements shown for each recording (text)',
    })
    .option('output', { alias: 'o', type: 'string', describe: 'Write to this file' })
    .example('$0 verify recordings/* --format json', 'All facts of several recordings'),
  run: async (args) => {
    const { held, trouble } = await verifyAll(args);
    const text = args.format === 'json' ? verificationJson(named(held)) : textOf(held, args.limit);
    if (args.output === undefined) process.stdout.write(text);
    else writeFileWhole(args.output, text);
    if (trouble || process.exitCode === 2) return 2;
    return held.every(({ result }) => result.disagree.length === 0) ? 0 : 1;
  },
});
