import { INTERRUPTED } from '../base/ending_signals.js';
import { versionText } from '../base/program_version.js';
import type { Batch } from '../batch/batch.js';
import type { ComparisonLine } from '../compare/comparison.js';
import { affectedVersion, type Affected } from '../compare/verdict/affected.js';
import { versions } from '../linux/history/versions.js';
import { checkPolicies, type Job } from '../pipeline.js';
import { affectedSections } from '../report/affected.js';
import { textOf } from '../report/formats/text.js';
import { counted } from '../report/names.js';
import { readTrace } from '../trace/read.js';
import { batchOptions, runTraces, type BatchFlags } from './program/batch.js';
import { defineCommand } from './program/command.js';
import { deliver, tell } from './program/deliver.js';
import { oneTrace } from './program/find_traces.js';
import {
  baseOption, configOption, MOST_SECONDS, numberOption, outputOption, policyOption,
} from './program/options.js';

interface Options extends BatchFlags {
  readonly trace: string;
  readonly policy: readonly string[] | undefined;
  readonly base: readonly string[] | undefined;
  readonly config: Readonly<Record<string, string>> | undefined;
  readonly format: 'text' | 'json';
  readonly output: string | undefined;
}

function jobsOf(
  path: string, options: Options, bases: readonly string[], series: readonly string[],
): readonly Job[] {
  const { config = {} } = options;
  return bases.map((base) => ({ path, series, base, config, tool: versionText() }));
}

/** What came of the jobs, without a report. */
async function linesOf(jobs: readonly Job[], options: Options): Promise<{
  readonly status: number; readonly lines: readonly ComparisonLine[];
  readonly failed: Affected['failed'];
}> {
  let done: Batch | undefined;
  const status = jobs.length === 0 ? 0 : await runTraces(jobs, options, (batch) => {
    done = batch;
    return Promise.resolve();
  });
  const failed = done?.troubles.map(({ message }, index) => (
    { version: jobs[done?.troublePlaces[index] ?? 0]?.base ?? '', why: message })) ?? [];
  return { status, lines: done?.lines ?? [], failed };
}

/** The versions to look at; where one that is asked for is none, the replay says so. */
function basesOf({ base: asked }: Options): readonly string[] {
  const all = versions.map(({ id }) => id);
  if (asked === undefined) return all;
  return asked.some((id) => !all.includes(id)) ? asked : all.filter((id) => asked.includes(id));
}

/**
 * The base alone on every version, then the policies where something is wrong. Undefined: a signal
 * came, so that nobody knows what is wrong, or what mends it.
 */
async function affectedOf(path: string, options: Options): Promise<{
  readonly affected: Affected; readonly status: number;
} | undefined> {
  const bases = basesOf(options);
  const say = (text: string): void => (options.quiet ? undefined : tell(`${text}\n`));
  say(`${counted(bases.length, 'version')}, each as released`);
  const alone = await linesOf(jobsOf(path, options, bases, ['base']), options);
  if (alone.status === INTERRUPTED) return undefined;
  const wrong = alone.lines.filter(({ verdict }) => (verdict?.base.length ?? 0) > 0)
    .map(({ trace }) => trace.base);
  if (wrong.length > 0) say(`${wrong.length} of them with each policy`);
  const judged = await linesOf(jobsOf(path, options, wrong, options.policy ?? []), options);
  if (judged.status === INTERRUPTED) return undefined;
  const { trace } = alone.lines[0] ?? {};
  // Where the policies could not be tried it is told why, and not that none mends anything.
  const told = alone.lines.flatMap((line) => (wrong.includes(line.trace.base)
    ? judged.lines.filter((one) => one.trace.base === line.trace.base) : [line]));
  return {
    affected: {
      format: 2, trace: trace?.name ?? path, title: trace?.about?.title ?? '',
      versions: told.map((line) => affectedVersion(line, versions)),
      failed: [...alone.failed, ...judged.failed],
    },
    status: Math.max(...[alone.status, judged.status].filter((status) => status > 1), 0),
  };
}

export default defineCommand<Options>({
  usage: 'affected <trace>',
  doc: 'Say which kernel releases have what a trace shows, and which policies mend each of them',
  options: (yargs) => yargs
    .positional('trace', {
      type: 'string', demandOption: true, describe: 'A trace, a recording or a scenario' })
    .option('policy', policyOption('A policy to try where something is wrong '
      + '[default: all policies of the trace\'s question]'))
    .option('base', { ...baseOption, array: true, nargs: 1,
      describe: 'A version to look at; several --base [default: all of the model]' })
    .option('config', configOption)
    .option('format', {
      choices: ['text', 'json'] as const, requiresArg: true, default: 'text' as const,
      describe: 'text or json',
    })
    .option('timeout', numberOption('timeout', 'Seconds that a run of a policy may take', 1,
      MOST_SECONDS))
    .option('output', outputOption())
    .options(batchOptions)
    .example('$0 affected traces/zonelists-S1-xen-grows', 'What a distribution has to fix'),
  run: async (args) => {
    await checkPolicies(args.policy ?? []);
    const path = oneTrace([args.trace], 'affected');
    // What is wrong with the trace itself is said once, not for each version.
    await readTrace(path, { config: args.config ?? {} });
    const found = await affectedOf(path, args);
    if (found === undefined) return INTERRUPTED;
    const { affected, status } = found;
    if (affected.versions.length === 0) return 2;
    await deliver(args.format === 'json' ? `${JSON.stringify(affected)}\n`
      : textOf(affectedSections(affected, versions)), args.output);
    if (status > 1) return status;
    return affected.versions.some(({ findings }) => findings.length > 0) ? 1 : 0;
  },
});
