import { endingSignals, INTERRUPTED } from '../base/ending_signals.js';
import { UsageError } from '../base/errors.js';
import type { Case } from '../find/case.js';
import { find } from '../find/find.js';
import { givenCase } from '../find/given.js';
import { findText, toldOf } from '../find/report.js';
import { writeCase } from '../find/write.js';
import { checkPolicies } from '../pipeline.js';
import type { TraceExpectation } from '../trace/trace_expectation.js';
import { defineCommand } from './program/command.js';
import { deliver, tellProblems } from './program/deliver.js';
import { findTraces } from './program/find_traces.js';
import {
  baseOption, configOption, MOST_JOBS, MOST_SECONDS, numberOption, outputOption, policyOption,
} from './program/options.js';

/** A case is gone through whole, and made smaller when it shows something. */
const MOST_STEPS = 200;

interface Options {
  readonly policy: readonly string[] | undefined;
  readonly base: string | undefined;
  readonly config: Readonly<Record<string, string>> | undefined;
  readonly from: readonly string[] | undefined;
  readonly steps: number;
  readonly seed: number;
  readonly time: number;
  readonly cases: number | undefined;
  readonly jobs: number | undefined;
  readonly output: string;
}

/** The cases of --from, and what their traces expect, each once. */
async function givenBy({ from = [], config }: Options): Promise<{
  readonly given: readonly Case[]; readonly expects: readonly TraceExpectation[];
  /** Lines of the traces were left out. */
  readonly isTrouble: boolean;
}> {
  const cases: Case[] = [];
  const expects = new Map<string, TraceExpectation>();
  let isTrouble = false;
  for (const path of findTraces(from)) {
    const { trace, case: one, problems } = await givenCase(path, config);
    cases.push(one);
    if (tellProblems(problems)) isTrouble = true;
    for (const expected of trace.header.expects ?? []) expects.set(expected.name, expected);
  }
  return { given: cases, expects: [...expects.values()], isTrouble };
}

function sidesOf({ policy = [] }: Options): readonly string[] {
  if (policy.length === 1 || policy.length === 2) return policy;
  throw new UsageError(`-p names ${policy.length} runs, expected two that should part, or one`);
}

const progress = (cases: number, found: number): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${cases} cases, ${found} found`);
};

export default defineCommand<Options>({
  usage: 'find',
  doc: 'Search a machine and steps on which two policies part, or on which one breaks something',
  options: (yargs) => yargs
    .option('policy', { ...policyOption('A policy, or several joined by +; two that should part, '
      + 'or one whose faults and broken invariants are looked for'), demandOption: true })
    .option('base', baseOption)
    .option('config', configOption)
    .option('from', { type: 'string', array: true, nargs: 1,
      describe: 'A trace or scenario to begin with, as it is and changed' })
    .option('steps', { ...numberOption('steps', 'Most steps of a case', 1, MOST_STEPS),
      default: 12 })
    .option('seed', { ...numberOption('seed', 'Another seed, other cases'), default: 1 })
    .option('time', {
      ...numberOption('time', 'Seconds after which no case is begun', 1, MOST_SECONDS),
      default: 60 })
    .option('cases', numberOption('cases', 'Most cases [default: as the time allows]', 1))
    .option('jobs', { alias: 'j',
      ...numberOption('jobs', 'Worker threads [default: the cores]', 1, MOST_JOBS) })
    .option('output', { ...outputOption('Folder for what is found'), default: 'found' })
    .example('$0 find -p zonelists/all_zones -p zonelists/populated_zone',
      'Where do these two part?')
    .example('$0 find -p ./my_fix.ts --time 600', 'Does it break anything?'),
  run: async (args) => {
    const series = sidesOf(args);
    await checkPolicies(series);
    const { base, steps, seed, time, jobs, output } = args;
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    for (const signal of endingSignals) process.on(signal, onSignal);
    const { given, expects, isTrouble } = await givenBy(args);
    const result = await find({
      series, base, from: given, expects, steps, seed, time_ms: time * 1000,
      cases: args.cases ?? Infinity, jobs, progress, signal: stop.signal,
    });
    for (const signal of endingSignals) process.off(signal, onSignal);
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    const told = toldOf(result, seed);
    const paths = told.map((one) => writeCase(one, output));
    await deliver(findText(result, told, paths), undefined);
    if (stop.signal.aborted) return INTERRUPTED;
    if (isTrouble) return 2;
    return told.length > 0 ? 1 : 0;
  },
});
