import { basename, resolve } from 'node:path';
import { positionText, TraceError } from '../base/errors.js';
import { defaultSeries } from '../patch/default_series.js';
import { parseAllSeries } from '../patch/series.js';
import { pageRowsOf } from '../replay/pages/events.js';
import { machineOf } from '../replay/machine.js';
import { versionOfHeader } from '../replay/version.js';
import { vendorOf } from '../replay/vendor.js';
import { readTrace } from '../trace/read.js';
import type { Trace } from '../trace/trace.js';
import { agreementOfBases, vendorAdvice } from '../verify/any_base.js';
import { policyAdvice } from '../verify/any_policy.js';
import type { Verification } from '../verify/facts.js';
import { type HeldRecording, verificationJson, verificationTable, verificationText }
  from '../verify/report.js';
import { verify } from '../verify/verify.js';
import { defineCommand } from './program/command.js';
import { deliver, tell } from './program/deliver.js';
import { eachPath } from './program/each_path.js';
import { findTraces } from './program/find_traces.js';
import {
  baseOption, bootOption, checkOption, configOption, numberOption, outputOption, policyOption,
} from './program/options.js';

interface Options {
  readonly recordings: readonly string[];
  readonly policy: readonly string[] | undefined;
  readonly base: string | undefined;
  readonly format: string;
  readonly config: Readonly<Record<string, string>> | undefined;
  readonly limit: number;
  readonly boot: number | undefined;
  readonly output: string | undefined;
  readonly 'any-base': boolean;
  readonly check: boolean;
}

interface Held {
  readonly results: readonly HeldRecording[];
  /** What is wrong in the input, as it is told. */
  readonly problems: readonly string[];
}

/** As the recording calls itself, else as its file is called. */
function recordingName(trace: Trace, path: string): string {
  const own = trace.header.other.find(([key]) => key === 'recording')?.[1];
  return own ?? basename(resolve(path));
}

/** Holds one recording against each series. */
async function verifyOne(path: string, options: Options): Promise<Held> {
  const { trace, problems } = await readTrace(path, {
    config: options.config ?? {},
    ...(options.boot === undefined ? {} : { boot: options.boot }),
  });
  if (trace.header.kernel === '') machineOf(trace);
  const version = options.base ?? versionOfHeader(trace.header);
  const given = options.policy ?? [trace.header.series ?? 'base'];
  const name = recordingName(trace, path);
  const results = (await parseAllSeries(given, version))
    .map((series) => verify(trace,
      { version, series: series.patches, name, check: options.check }));
  const asks = options['any-base'] || (options.base === undefined
    && vendorOf(trace.header.kernel) !== undefined
    && results.some(({ disagree }) => disagree.length > 0));
  const bases = asks ? agreementOfBases(trace, name) : [];
  const [only] = results;
  const tries = options.policy === undefined && trace.header.series === undefined
    && only !== undefined && only.disagree.length > 0;
  const policies = tries ? await defaultSeries(
    { ...trace.header, pageLevel: pageRowsOf(trace).has }, name) : [];
  const advice = [vendorAdvice(trace.header.kernel, version, bases),
    tries ? await policyAdvice(trace, only, policies, { version, name }) : undefined]
    .filter((text) => text !== undefined);
  if (results.some(({ facts }) => facts === 0)) {
    throw new TraceError({ file: path, line: 0 },
      'has no fact to hold against the model: no snapshot, no result, no call, no log line');
  }
  return {
    results: results.map((result, index) => ({
      kernel: trace.header.kernel, result,
      ...(advice.length === 0 ? {} : { advice: advice.join('; ') }),
      ...(options['any-base'] && index === 0 ? { bases } : {}),
    })),
    problems: problems.map(({ position, message }) => `${positionText(position)}: ${message}`),
  };
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
      describe: 'Recordings, traces that were imported from them, or folders of them',
    })
    .option('policy', policyOption('Policies the recorded kernel had, joined by +; several -p: '
      + 'each on its own [default: the one the trace names, else none]'))
    .option('base', baseOption)
    .option('any-base', {
      type: 'boolean', default: false,
      describe: 'Also say which versions of the model agree best with each recording (text)',
    })
    .option('check', checkOption)
    .option('config', configOption)
    .option('format', {
      choices: ['text', 'json'] as const, requiresArg: true, default: 'text' as const,
      describe: 'text or json',
    })
    .option('limit', {
      ...numberOption('limit', 'Disagreements shown for each recording (text)'), default: 20,
    })
    .option('boot', bootOption)
    .option('output', outputOption())
    .example('$0 verify recordings/* --format json', 'All facts of several recordings'),
  run: async (args) => {
    const { done, troubles } = await eachPath(
      findTraces(args.recordings), (path) => verifyOne(path, args));
    const held = done.flatMap(({ results }) => results);
    const text = args.format === 'json' ? verificationJson(named(held)) : textOf(held, args.limit);
    await deliver(text, args.output);
    const wrong = [
      ...troubles.map(({ message }) => message), ...done.flatMap(({ problems }) => problems),
    ];
    for (const message of wrong) tell(`${message}\n`);
    if (wrong.length > 0) return 2;
    return held.every(({ result }) => result.disagree.length === 0) ? 0 : 1;
  },
});
