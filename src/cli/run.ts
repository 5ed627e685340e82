import { UsageError } from '../base/errors.js';
import { scheduleReport } from '../explore/run_schedule.js';
import { checkPolicies, evaluateBetween, evaluateStates, type Job } from '../pipeline.js';
import type { ReportOptions, Results } from '../report/report.js';
import { stateReport } from '../report/state.js';
import { batchOptions, runTraces, type BatchFlags } from './program/batch.js';
import { defineCommand } from './program/command.js';
import { deliver, deliverAll, formatOption, outputsOf } from './program/deliver.js';
import { findTraces, oneTrace } from './program/find_traces.js';
import {
  baseOption, bootOption, checkOption, configOption, MOST_SECONDS, numberOption,
  outputOption, policyOption,
} from './program/options.js';
import { screenOptions, type ScreenOptions } from './program/screen.js';
import { versionText } from '../base/program_version.js';

interface Options extends BatchFlags, ScreenOptions {
  readonly traces: readonly string[];
  readonly policy: readonly string[] | undefined;
  readonly base: readonly string[] | undefined;
  readonly format: readonly string[] | undefined;
  readonly config: Readonly<Record<string, string>> | undefined;
  readonly limit: number;
  readonly full: boolean;
  readonly short: boolean;
  readonly 'quiet-same': boolean;
  readonly output: string | undefined;
  readonly schedule: string | undefined;
  readonly state: string | undefined;
  readonly between: boolean;
  readonly boot: number | undefined;
  readonly timeout: number | undefined;
  readonly steps: number | undefined;
  readonly check: boolean;
}

/** Of more traces than these only what policies do on all of them is told. */
const FULL_TRACES = 3;

function detailOf({ short, full }: Options, traces: number): ReportOptions['detail'] {
  if (short && full) throw new UsageError('--short and --full cannot both be meant');
  if (short) return 'short';
  return full || traces <= FULL_TRACES ? 'full' : 'verdicts';
}

function optionsOf(args: Options, traces: number): ReportOptions {
  return { limit: args.limit, detail: detailOf(args, traces), quietSame: args['quiet-same'] };
}

function jobOf(path: string, options: Options, base = options.base?.[0]): Job {
  return {
    path, series: options.policy ?? [], base,
    config: options.config ?? {}, boot: options.boot, tool: versionText(),
    ...(options.timeout === undefined ? {} : { seconds: options.timeout }),
    ...(options.steps === undefined ? {} : { steps: options.steps }),
    ...(options.check ? { check: true } : {}),
  };
}

/**
 * `--between`: all traces in one comparison, on each base, so that one that cannot be used ends it.
 */
async function evaluateTogether(paths: readonly string[], options: Options): Promise<Results> {
  const jobs = paths.flatMap((path) =>
    (options.base ?? [undefined]).map((base) => jobOf(path, options, base)));
  if (jobs.length < 2) {
    throw new UsageError('--between needs two traces or more, or --base twice');
  }
  const between = await evaluateBetween(jobs);
  return { lines: [], comparisons: [], troubles: [], between };
}

/** What one run looks like after chosen inputs. */
async function showStates(options: Options, words: string): Promise<number> {
  const path = oneTrace(options.traces, '--state');
  if ((options.policy ?? []).length > 1) throw new UsageError('--state is for one -p');
  const { run, states } = await evaluateStates(jobOf(path, options), words.split(','));
  await deliver(stateReport(run, states), options.output);
  return 0;
}

/** One order of tasks, as `explore` prints it. */
async function runOneSchedule(options: Options, schedule: string): Promise<number> {
  const path = oneTrace(options.traces, '--schedule');
  const { text, differs: parts } = await scheduleReport({
    path, series: options.policy ?? [], base: options.base?.[0], schedule,
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
    .option('base', { ...baseOption, array: true, nargs: 1 })
    .option('config', configOption)
    .option('format', formatOption)
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
        + 'several kernels, or the scenario itself; or one trace on several --base',
    })
    .option('timeout', numberOption('timeout', 'Seconds that a run of a policy may take '
      + '[default, for files of yours: 10 times as long as the base, 2 at least]', 1,
    MOST_SECONDS))
    .option('steps', numberOption('steps', 'Preemption points after which a call has no end '
      + '[default: 100000]', 1))
    .option('check', checkOption)
    .option('schedule', {
      type: 'string', requiresArg: true,
      describe: 'Run the tasks of one trace in the order that explore printed: s1:...',
    })
    .option('state', {
      type: 'string', requiresArg: true,
      describe: 'Print what one run looks like after these inputs: their numbers, boot, end, all',
    })
    .option('boot', bootOption)
    .option('output', outputOption())
    .options(screenOptions)
    .options(batchOptions)
    .example('$0 run traces/zonelists-S2-dimm', 'All policies of the question, one trace')
    .example('$0 run traces/scenarios/notifier-veto.json', 'A scenario, on the model alone')
    .example('$0 run trace.csv -p ./my_fix.ts --state 3,end', 'What it looks like, step by step')
    .example('$0 run traces -p ./my_fix.ts', 'A fix of your own on every trace'),
  run: async (args) => {
    if (args.schedule !== undefined) return runOneSchedule(args, args.schedule);
    if (args.state !== undefined) return showStates(args, args.state);
    const outputs = await outputsOf(args.format, args.output);
    // A policy that cannot be used is said once, not for each trace.
    await checkPolicies(args.policy ?? []);
    const paths = findTraces(args.traces);
    if (args.between) {
      const results = await evaluateTogether(paths, args);
      await deliverAll(outputs, results, optionsOf(args, paths.length), args);
      return (results.between?.differences.length ?? 0) > 0 ? 1 : 0;
    }
    const bases = args.base ?? [undefined];
    // What a page draws is kept for as many traces as have a full report.
    const course = outputs.some(({ report }) => report.id === 'html') &&
      detailOf(args, paths.length) === 'full';
    const hinges = paths.length === 1;
    const jobs = paths.flatMap((path) => bases.map((base): Job => ({
      ...jobOf(path, args, base), ...(course ? { course } : {}), ...(hinges ? { hinges } : {}),
    })));
    // What is in the cache was not looked at.
    return runTraces(jobs, args.check ? { ...args, cache: false } : args, (batch) =>
      deliverAll(outputs, batch, optionsOf(args, batch.lines.length), args));
  },
});
