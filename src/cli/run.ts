import { UsageError } from '../base/errors.js';
import { differs, type Comparison } from '../compare/comparison.js';
import { scheduleReport } from '../explore/run_schedule.js';
import { checkPolicies, evaluate, evaluateBetween, type Job } from '../pipeline.js';
import { loadReports, type Report, type ReportOptions, type Results } from '../report/report.js';
import { defineCommand } from './program/command.js';
import { deliver, tell } from './program/deliver.js';
import { eachPath } from './program/each_path.js';
import { findTraces } from './program/find_traces.js';
import {
  baseOption, bootOption, configOption, numberOption, outputOption, policyOption,
} from './program/options.js';
import { versionText } from './program/version.js';

interface Options {
  readonly traces: readonly string[];
  readonly policy: readonly string[] | undefined;
  readonly base: string | undefined;
  readonly format: string;
  readonly config: Readonly<Record<string, string>> | undefined;
  readonly limit: number;
  readonly full: boolean;
  readonly short: boolean;
  readonly 'quiet-same': boolean;
  readonly output: string | undefined;
  readonly schedule: string | undefined;
  readonly between: boolean;
  readonly boot: number | undefined;
  readonly timeout: number | undefined;
  readonly steps: number | undefined;
}

/** Of more traces than these only what policies do on all of them is told. */
const FULL_TRACES = 3;

async function reportFor(format: string): Promise<Report> {
  const reports = await loadReports();
  const report = reports.find((one) => one.id === format);
  if (report !== undefined) return report;
  throw new UsageError(
    `--format ${format}: there are ${reports.map((one) => one.id).join(', ')}`);
}

function detailOf({ short, full }: Options, traces: number): ReportOptions['detail'] {
  if (short && full) throw new UsageError('--short and --full cannot both be meant');
  if (short) return 'short';
  return full || traces <= FULL_TRACES ? 'full' : 'verdicts';
}

function jobOf(path: string, options: Options): Job {
  return {
    path, series: options.policy ?? [], base: options.base,
    config: options.config ?? {}, boot: options.boot, tool: versionText(),
    ...(options.timeout === undefined ? {} : { seconds: options.timeout }),
    ...(options.steps === undefined ? {} : { steps: options.steps }),
  };
}

/** `--between`: all traces in one comparison, so that one that cannot be used ends it. */
async function evaluateTogether(paths: readonly string[], options: Options): Promise<Results> {
  if (paths.length < 2) throw new UsageError('--between needs two traces or more');
  const between = await evaluateBetween(paths.map((path) => jobOf(path, options)));
  return { comparisons: [], troubles: [], between };
}

async function evaluateAll(paths: readonly string[], options: Options): Promise<Results> {
  const { done, troubles } = await eachPath(paths, (path) => evaluate(jobOf(path, options)));
  return { comparisons: done, troubles };
}

/** `fix.ts:6:59: TypeError: ...`, of each run whose policy came to no end of its own. */
function stoppedTexts({ trace, runs }: Comparison): readonly string[] {
  return runs.flatMap(({ name, stopped }) => {
    if (stopped === undefined) return [];
    const place = stopped.place ?? name;
    return [`${place}: ${stopped.text}\n  ${name} was stopped on ${trace.path}`];
  });
}

/** What was wrong goes to stderr as well, where scripts look for it. */
function tellTroubles({ comparisons, troubles }: Results): boolean {
  const messages = [
    ...troubles.map((one) => one.message), ...comparisons.flatMap((one) => one.trace.problems),
    ...comparisons.flatMap(stoppedTexts),
  ];
  for (const message of messages) tell(`${message}\n`);
  return messages.length > 0;
}

/** One order of tasks, as `explore` prints it. */
async function runOneSchedule(options: Options, schedule: string): Promise<number> {
  const [path] = options.traces;
  if (path === undefined || options.traces.length > 1) {
    throw new UsageError('--schedule is for one trace');
  }
  const { text, differs: parts } = await scheduleReport({
    path, series: options.policy ?? [], base: options.base, schedule,
    config: options.config ?? {},
  });
  await deliver(text, options.output);
  return parts ? 1 : 0;
}

export default defineCommand<Options>({
  usage: 'run <traces..>',
  doc: 'Replay traces on the base kernel and on policies, and report where the outcomes part',
  options: (yargs) => yargs
    .positional('traces', {
      type: 'string', array: true, demandOption: true,
      describe: 'Trace files, recordings of a kernel, or folders of them',
    })
    .option('policy', policyOption('A policy, or several joined by +; each -p is one run '
      + '[default: all policies of the trace\'s question]'))
    .option('base', baseOption)
    .option('config', configOption)
    .option('format', {
      type: 'string', requiresArg: true, default: 'text', describe: 'text, markdown or json',
    })
    .option('limit', {
      ...numberOption('limit', 'Divergences and violations shown of each trace (text, markdown)'),
      default: 12,
    })
    .option('full', {
      type: 'boolean', default: false,
      describe: 'Everything of each trace, with state diffs and costs '
        + `[default: up to ${FULL_TRACES} traces]`,
    })
    .option('short', {
      type: 'boolean', default: false,
      describe: 'The verdict of each trace alone, to paste into a mail',
    })
    .option('quiet-same', {
      type: 'boolean', default: false,
      describe: 'Traces on which nothing differs have no page of their own',
    })
    .option('between', {
      type: 'boolean', default: false,
      describe: 'Hold traces of one scenario against each other, step by step: recordings of '
        + 'several kernels, or the scenario itself',
    })
    .option('timeout', numberOption('timeout', 'Seconds that a run of a policy may take '
      + '[default, for files of yours: 10 times as long as the base, 2 at least]', 1))
    .option('steps', numberOption('steps', 'Preemption points after which a call has no end '
      + '[default: 100000]', 1))
    .option('schedule', {
      type: 'string', requiresArg: true,
      describe: 'Run the tasks of one trace in the order that explore printed: s1:...',
    })
    .option('boot', bootOption)
    .option('output', outputOption())
    .example('$0 run traces/zonelists-S2-dimm', 'All policies of the question, one trace')
    .example('$0 run traces/scenarios/notifier-veto.json', 'A scenario, on the model alone')
    .example('$0 run traces -p ./my_fix.ts', 'A fix of your own on every trace'),
  run: async (args) => {
    if (args.schedule !== undefined) return runOneSchedule(args, args.schedule);
    const report = await reportFor(args.format);
    await checkPolicies(args.policy ?? []);
    const paths = findTraces(args.traces);
    const results = await (args.between ? evaluateTogether : evaluateAll)(paths, args);
    const detail = detailOf(args, results.comparisons.length);
    const options = { limit: args.limit, detail, quietSame: args['quiet-same'] };
    const text = [...report.render(results, options)].join('');
    await deliver(text, args.output);
    const trouble = tellTroubles(results);
    if (trouble) return 2;
    if ((results.between?.differences.length ?? 0) > 0) return 1;
    return results.comparisons.some(differs) ? 1 : 0;
  },
});
