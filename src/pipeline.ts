/**
 * From a trace to a comparison, on one screen: read it, replay it on the base kernel and on each
 * series, compare the runs with each other and with what was recorded.
 */
import { basename, dirname, resolve } from 'node:path';
import { at } from './base/assert.js';
import { PatchError, positionText, TraceError, UsageError } from './base/errors.js';
import { wholeNumber } from './base/whole_number.js';
import { shellPath, shellWord } from './base/words.js';
import { between, type Between, type BetweenTrace } from './compare/between.js';
import { claimedByTrace } from './compare/claims.js';
import type { Comparison, PolicySummary, SkippedRun } from './compare/comparison.js';
import { comparisonOf } from './compare/document.js';
import type { ModelRun } from './compare/run.js';
import { stateAfter, type StateAfter } from './compare/state_after.js';
import { recordedFacts, watchedPages } from './compare/recorded.js';
import * as functions from './linux/functions.js';
import { versions } from './linux/history/versions.js';
import { loadInvariants } from './observe/invariant.js';
import type { HeldFacts } from './observe/facts/fact.js';
import { loadProbes } from './observe/probe.js';
import { questions } from './patch/catalogue.js';
import { checkUserPolicies } from './patch/check/series.js';
import { defaultSeries } from './patch/default_series.js';
import { sourceOf } from './patch/check/source.js';
import { checkSeries, touchedFunctions } from './patch/conflicts.js';
import { policyFacts } from './patch/same_change.js';
import { baseSeries, isSameSeries, parseSeries, type Series } from './patch/series.js';
import { tracedCalls } from './replay/calls.js';
import { expectationsOf } from './replay/expectations.js';
import { machineOf, machineText } from './replay/machine.js';
import { observedRun, type ObservedRun, type RunOptions } from './replay/observed_run.js';
import { takenPace } from './replay/pace.js';
import { PageLevel } from './replay/pages/page_level.js';
import { roleOf } from './replay/replay.js';
import { isNewerThanModel, versionOfHeader } from './replay/version.js';
import { assumedOf } from './observe/assumed_symbol.js';
import { withRuns } from './replay/assumed.js';
import { assumed } from './trace/assumptions.js';
import { aboutTrace } from './trace/about.js';
import { readTrace, type ReadResult } from './trace/read.js';
import type { Trace } from './trace/trace.js';
import { vendorText } from './verify/vendor_text.js';
import { Verifier } from './verify/verify.js';

export interface Job {
  /** A trace file or a recording's folder. */
  readonly path: string;
  /** What -p named; empty: all policies of the trace's question. */
  readonly series: readonly string[];
  /** Of the question's policies only these: a report that a new policy must not change. */
  readonly among?: readonly string[];
  /** Base version; undefined: that of the recorded kernel. */
  readonly base: string | undefined;
  /** Kconfig symbols that the trace does not show. */
  readonly config: Readonly<Record<string, string>>;
  /** Boot parameters beside those of the trace. */
  readonly parameters?: readonly string[];
  /** Which boot of a kernel log is meant, from 1. */
  readonly boot?: number | undefined;
  /** Seconds that one run of a policy of the user may take; undefined: by that of the base. */
  readonly seconds?: number;
  /** Preemption points after which a call counts as an endless loop. */
  readonly steps?: number;
  /** Keep what a page shows: the memory after each input. */
  readonly course?: boolean;
  /** Assert the model's own data after each row. */
  readonly check?: boolean;
  /** Say whether the verdict hangs on a Kconfig symbol or a parameter that was assumed. */
  readonly hinges?: boolean;
  /** Name and version of the program, for the document. */
  readonly tool: string;
}

/** A run that is asked for, by what it is made of beside the trace. */
export interface AskedRun {
  /** `base`, or the ids of the series. */
  readonly name: string;
  /** As -p names it. */
  readonly argument: string;
  readonly version: string;
  /** Series of the comparison that bring checks along, which all of its runs are held to. */
  readonly expecting: readonly string[];
}

/** Where a run comes from: `replay` makes it, if nobody has it. */
export type RunSource = (asked: AskedRun, replay: () => ModelRun) => ModelRun;

/**
 * The comparison of all runs of a trace; runs that were stopped before are left out and named.
 * Errors: TraceError, PatchError, UsageError.
 */
export async function evaluate(
  job: Job & { readonly stopped?: readonly SkippedRun[] },
  source: RunSource = (_asked, replay) => replay(),
): Promise<Comparison> {
  const input = await readJob(job);
  const { trace } = input;
  const version = job.base ?? await baseOfPolicies(job, trace) ?? baseOf(input, job.path);
  const name = traceName(job.path);
  const { stopped = [] } = job;
  const chosen = await seriesFor(job, trace, name, version);
  const series = chosen.series.filter(({ id }) => !stopped.some((one) => one.name === id));
  const skipped = [...chosen.skipped, ...stopped];
  const instruments = { probes: await loadProbes(),
    invariants: [...await loadInvariants(), ...expectationsOf(series, trace)] };
  const watched = watchedPages(trace);
  const expecting = series.filter(({ patches }) =>
    patches.some(({ expects }) => expects !== undefined)).map(({ argument }) => argument);
  const runs = claimedByTrace(trace, runAll(series, job, (one, options) =>
    source({ name: one.id, argument: one.argument, version, expecting }, () =>
      heldRun(trace, { version, instruments, watched, ...options,
        ...(job.course === true ? { course: true } : {}) }))));
  const summary = summaryOf(job.path, name, input, version);
  return comparisonOf({
    tool: job.tool, trace, runs, policies: policiesOf(series), skipped, facts: factsOf(trace),
    summary: { ...summary, ...withRuns(summary, trace, runs), ...assumedOf(runs) },
    invariants: new Map(instruments.invariants.map(({ id, broken, doc, harm = 'wrong' }) => (
      [id, { broken, doc, harm }]))),
    isShown: (row) => roleOf(trace, row) === 'input',
    replay: replayCommand(job), paced: takenPace(trace).size > 0,
    policyFacts: policyFacts(series),
  });
}

/** A replay with the facts of the trace held against it, as far as it came to its end. */
interface HeldRun extends ObservedRun {
  readonly held?: HeldFacts;
}

/** What `run` and `--between` make of a trace and a series, before runs are compared. */
export function heldRun(trace: Trace, options: RunOptions): HeldRun {
  const { name, version, series } = options;
  const pageLevel = PageLevel.of(trace, series);
  const verifier = new Verifier(trace, { name, version, series }, pageLevel);
  const run = observedRun(trace, { ...options, observers: [verifier], pageLevel });
  // Of a run that was stopped nobody knows what would have come.
  return run.stopped === undefined ? { ...run, held: verifier.verification() } : run;
}

function readJob({ path, config, boot, parameters = [] }: Job): Promise<ReadResult> {
  return readTrace(path, { config, parameters, ...(boot === undefined ? {} : { boot }) });
}

/** A policy of the user that takes so many times as long as the base has no end. */
const TIMES_OF_BASE = 10;
/** Seconds that any of them may take, and those where nobody knows how long the base took. */
const LEAST_SECONDS = 2;
const UNKNOWN_SECONDS = 60;
/** A base that came from somewhere else took no time. */
const LEAST_MS = 5;

/** All series in turn, the base first; those with files of the user within a time. */
function runAll(
  series: readonly Series[], { seconds, steps, check }: Job,
  run: (
    one: Series, options: Pick<RunOptions,
      'name' | 'series' | 'seconds' | 'steps' | 'changed' | 'base' | 'check'>) => ModelRun,
): readonly ModelRun[] {
  let limit = seconds;
  let base: ModelRun | undefined;
  const changed = new Set(series.flatMap(({ patches }) => patches.flatMap(touchedFunctions)));
  return series.map((one) => {
    const { id, patches } = one;
    const begin = performance.now();
    const isOwn = patches.some((patch) => sourceOf(patch) !== undefined);
    const done = run(one, {
      name: id, series: patches, changed, ...(base === undefined ? {} : { base }),
      ...(limit !== undefined && (isOwn || seconds !== undefined) ? { seconds: limit } : {}),
      ...(steps === undefined ? {} : { steps }),
      ...(check === undefined ? {} : { check }),
    });
    base ??= done;
    const ms = performance.now() - begin;
    limit ??= ms < LEAST_MS ? UNKNOWN_SECONDS
      : Math.max(LEAST_SECONDS, Math.ceil(ms * TIMES_OF_BASE / 1000));
    return done;
  });
}

/** The patches of all series, each once. */
function policiesOf(series: readonly Series[]): readonly PolicySummary[] {
  const patches = new Set(series.flatMap((one) => one.patches));
  return [...patches].map(({ id, subject, author, link, released = '', doc }) =>
    ({ id, subject, author, link, released, doc }));
}

/** The traces of one scenario held against each other, each with the models that were asked for. */
export async function evaluateBetween(jobs: readonly Job[]): Promise<Between> {
  const traces: BetweenTrace[] = [];
  for (const job of jobs) traces.push(await betweenTrace(job));
  return between(traces);
}

async function betweenTrace(job: Job): Promise<BetweenTrace> {
  const input = await readJob(job);
  const { trace } = input;
  const version = job.base ?? baseOf(input, job.path);
  const asked = job.series.length > 0 ? job : { ...job, series: [baseSeries.id] };
  const { series } = await seriesFor(asked, trace, traceName(job.path), version);
  const facts = factsOf(trace);
  // No recording tells of invariants.
  const invariants = facts.length > 0 ? []
    : [...await loadInvariants(), ...expectationsOf(series, trace)];
  const instruments = { probes: await loadProbes(), invariants };
  const watched = watchedPages(trace);
  const models = runAll(series, job, (_one, options) =>
    heldRun(trace, { version, instruments, watched, ...options }))
    .map(({ name, log, held }) => ({
      name: `${name} ${version}`, kind: 'model', observations: log.list,
      ...(held === undefined ? {} : { held }),
    } as const));
  const name = `recorded ${trace.header.kernel}`;
  const recorded = { name, kind: 'recorded', observations: facts } as const;
  const isHeld = facts.length > 0;
  return { name: job.path, trace, runs: [...(isHeld ? [recorded] : []), ...models], isHeld };
}

/**
 * What one run (the last of -p; the base without) looks like after inputs: by their number from 1,
 * `boot`, `end` or `all`. Errors: UsageError for an input that the trace does not have.
 */
export async function evaluateStates(job: Job, asked: readonly string[]): Promise<{
  readonly run: string; readonly states: readonly StateAfter[];
}> {
  const input = await readJob(job);
  const { trace } = input;
  const version = job.base ?? await baseOfPolicies(job, trace) ?? baseOf(input, job.path);
  const named = job.series.length > 0 ? job : { ...job, series: [baseSeries.id] };
  const { series } = await seriesFor(named, trace, traceName(job.path), version);
  const one = series.at(-1) ?? baseSeries;
  const instruments = { probes: await loadProbes(),
    invariants: [...await loadInvariants(), ...expectationsOf(series, trace)] };
  const [run] = runAll([one], job, (_one, options) =>
    heldRun(trace, { version, instruments, watched: watchedPages(trace), ...options }));
  const inputs = Array.from({ length: trace.length }, (_, row) => row)
    .filter((row) => roleOf(trace, row) === 'input' && trace.phase(row) !== 'E');
  const list = run?.log.list ?? [];
  const words = asked.flatMap((word) => (
    word === 'all' ? [...inputs.keys()].map((at) => `${at + 1}`) : [word]));
  return { run: one.id === baseSeries.id ? `base ${version}` : `${one.id} on ${version}`,
    states: words.map((word) => {
      if (word === 'boot') return stateAfter(trace, list, -1, undefined);
      if (word === 'end') return stateAfter(trace, list, trace.length, undefined);
      const number = wholeNumber(word) ?? 0;
      const row = inputs[number - 1];
      if (row === undefined) {
        throw new UsageError(`--state ${word}: ${job.path} has inputs 1 to ${inputs.length}, ` +
          'expected one of them, boot, end or all');
      }
      return stateAfter(trace, list, row, number);
    }) };
}

const isScenario = ({ importer }: ReadResult): boolean => importer === 'scenario';

/** Where nothing was recorded the input need not name a kernel: then it is the newest one. */
function baseOf(input: ReadResult, path: string): string {
  const { header } = input.trace;
  // Without a machine no version helps.
  if (header.kernel === '') machineOf(input.trace);
  const isFree = isScenario(input) || factsOf(input.trace).length === 0;
  if (header.kernel === '' && isFree) return at(versions, 0).id;
  try {
    return versionOfHeader(header);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw new TraceError({ file: path, line: 0 }, error.message);
  }
}

/**
 * What policies of the user were made against, where nothing was recorded that another version
 * would be held to; undefined when they name several.
 */
async function baseOfPolicies({ series }: Job, trace: Trace): Promise<string | undefined> {
  if (series.length === 0 || factsOf(trace).length > 0) return undefined;
  const all = await Promise.all(series.map(parseSeries));
  const own = all.flatMap(({ patches }) => patches)
    .filter((patch) => sourceOf(patch) !== undefined);
  const [base, ...others] = new Set(own.map((patch) => patch.base));
  return others.length > 0 ? undefined : base;
}

/** `taken`: names of expectations that the trace has. */
async function checkOwn(
  series: readonly Series[], taken: readonly string[] = [],
): Promise<void> {
  checkUserPolicies(series, [...(await loadInvariants()).map(({ id }) => id), ...taken]);
}

/** Before any trace is read: what is wrong with a policy is wrong on all of them. */
export async function checkPolicies(named: readonly string[]): Promise<void> {
  const series: Series[] = [];
  for (const argument of named) series.push(await parseSeries(argument));
  await checkOwn(series);
}

/** The base first; what was asked for, or what the trace's question has that applies here. */
async function seriesFor(job: Job, trace: Trace, name: string, version: string):
Promise<{ readonly series: readonly Series[]; readonly skipped: readonly SkippedRun[] }> {
  const asked = job.series.length > 0;
  const { question } = trace.header;
  if (!asked && question !== undefined && !questions().includes(question)) {
    throw new TraceError({ file: job.path, line: 0 },
      `header question is ${question}, expected one of ${questions().join(', ')}`);
  }
  const series: Series[] = [baseSeries];
  const skipped: SkippedRun[] = [];
  const named = asked ? job.series : (await defaultSeries(
    { ...trace.header, pageLevel: isPageLevel(trace) }, name))
    .filter((id) => job.among?.includes(id) ?? true);
  for (const argument of named) {
    const one = await parseSeries(argument);
    if (series.some((known) => isSameSeries(known, one))) continue;
    try {
      checkSeries(version, one.patches);
      series.push(one);
    } catch (error) {
      if (asked || !(error instanceof PatchError)) throw error;
      skipped.push({ name: one.id, why: error.message });
    }
  }
  await checkOwn(series, (trace.header.expects ?? []).map((one) => one.name));
  return { series, skipped };
}

/** Inputs of single pages: state that was recorded after them belongs to the call before. */
const ofOnePage = new Set<string>(['mm_page_alloc', 'mm_page_free']);

function isPageLevel(trace: Trace): boolean {
  for (let row = 0; row < trace.length; row += 1) {
    if (ofOnePage.has(trace.event(row))) return true;
  }
  return false;
}

function factsOf(trace: Trace): ReturnType<typeof recordedFacts> {
  const isInput = (row: number): boolean =>
    roleOf(trace, row) === 'input' && !ofOnePage.has(trace.event(row));
  const calls = tracedCalls(trace, isInput);
  const begins = new Map([...calls.values()].map((call) => [call.end, call.row]));
  // Between the pages of a page-level trace every call comes on step by step.
  const pageLevel = isPageLevel(trace);
  const interrupted = [...calls.values()].filter((call) => pageLevel || call.overlaps);
  return recordedFacts(trace, {
    settledAt: (row, input) => interrupted.reduce((settled, call) => {
      if (call.row > row || (call.end ?? row) < input) return settled;
      return Math.max(settled, Math.min(call.end ?? row, row));
    }, input),
    isInput, beginOf: (row) => begins.get(row), isAuto: (row) => calls.get(row)?.auto === true,
    functions: new Set(Object.keys(functions)),
  });
}

/** `zonelists-S1` of `traces/zonelists-S1/trace.csv`; the file's name of any other. */
function traceName(path: string): string {
  const file = basename(resolve(path)).replace(/(\.csv|\.txt|\.tar|\.tgz)?(\.gz)?$/, '');
  return file === 'trace' ? basename(dirname(resolve(path))) : file;
}

function summaryOf(path: string, name: string, input: ReadResult, version: string) {
  const { trace } = input;
  const { header, length } = trace;
  const rows = Array.from({ length }, (_, row) => row);
  const inputs = rows.filter((row) =>
    roleOf(trace, row) === 'input' && trace.phase(row) !== 'E').length;
  const granted = [...assumed(header), ...vendorText(trace, inputs, name, version)];
  const taken = new Map<string, number>();
  for (const row of rows) {
    const event = trace.event(row);
    if (roleOf(trace, row) === 'taken') taken.set(event, (taken.get(event) ?? 0) + 1);
  }
  const about = aboutTrace(path);
  return {
    name, path, kernel: header.kernel, base: version,
    ...(about === undefined ? {} : { about }),
    ...(isNewerThanModel(header.kernel) ? { newer: true as const } : {}),
    machine: machineText(machineOf(trace)),
    config: Object.entries(header.config).map(([key, value]) => `${key}=${value}`).join(' '),
    ...(header.series === undefined ? {} : { series: header.series }),
    ...(header.question === undefined ? {} : { question: header.question }),
    rows: length,
    inputs,
    time_ns: length === 0 ? 0 : trace.time_ns(length - 1),
    ...(granted.length === 0 ? {} : { assumed: granted }),
    taken: Object.fromEntries([...taken, ...takenPace(trace)]),
    unused: Object.fromEntries(input.unused),
    problems: input.problems.map((one) => `${positionText(one.position)}: ${one.message}`),
  };
}

function replayCommand({ path, series, base, config, boot }: Job): string {
  return ['mmreplay run', shellPath(path), ...[...series.flatMap((one) => ['-p', one]),
    ...(base === undefined ? [] : ['--base', base]),
    ...(boot === undefined ? [] : ['--boot', `${boot}`]),
    ...Object.entries(config).flatMap(([key, value]) => ['--config', `${key}=${value}`]),
  ].map(shellWord)].join(' ');
}
