import { endingSignals, INTERRUPTED } from '../base/ending_signals.js';
import { UsageError } from '../base/errors.js';
import { isHeapFull } from '../base/heap.js';
import { versionText } from '../base/program_version.js';
import {
  explore, partingOf, runSchedule, windowFor, type Candidate, type Explored,
} from '../explore/explore.js';
import {
  exploredParting, exploredPolicy, lettersOf, type ExploreDocument, type ExploredParting,
  type ExploredPolicy, type RecordedFacts,
} from '../explore/document.js';
import { windowText } from '../explore/report.js';
import { scheduleText } from '../explore/schedule_text.js';
import type { SearchOptions, SearchResult } from '../explore/search.js';
import type { Window } from '../explore/window.js';
import { parseAllSeries } from '../patch/series.js';
import { versionOfHeader } from '../replay/version.js';
import { factText } from '../observe/facts/fact_text.js';
import { exploredSections } from '../report/explored.js';
import { textOf } from '../report/formats/text.js';
import { pageFile } from '../report/page_file.js';
import { readTrace } from '../trace/read.js';
import type { Trace } from '../trace/trace.js';
import { countVerdicts } from '../verify/facts.js';
import { verify } from '../verify/verify.js';
import { defineCommand } from './program/command.js';
import { oneTrace } from './program/find_traces.js';
import { deliver, tell, tellProblems } from './program/deliver.js';
import {
  baseOption, configOption, numberOption, outputOption, policyOption,
} from './program/options.js';

/** Some ten seconds, unless more is asked for; a state of a long race takes longer. */
const MOST_STATES = 10_000;
const LEAST_STATES = 100;
/** States, each with all steps of the race. */
const MOST_WORK = 1_000_000;

function fittingLimit({ tasks }: Window): number {
  const steps = tasks.reduce((sum, task) => sum + task.steps.length, 1);
  return Math.max(LEAST_STATES, Math.min(MOST_STATES, Math.floor(MOST_WORK / steps)));
}

interface Options {
  readonly trace: string;
  readonly policy: readonly string[] | undefined;
  readonly base: string | undefined;
  readonly config: Readonly<Record<string, string>> | undefined;
  readonly preemptions: number | undefined;
  readonly limit: number | undefined;
  readonly full: boolean;
  readonly twice: boolean;
  readonly format: 'text' | 'json' | 'html';
  readonly output: string | undefined;
}

/** Set by a signal: the search ends, and what was found is printed. */
let interrupted = false;

function progress(id: string, search: SearchResult, begin: number): boolean {
  if (process.stderr.isTTY) {
    const { states, transitions, endings: { length } } = search;
    const rate = Math.round((1000 * transitions) / Math.max(performance.now() - begin, 1));
    process.stderr.write(`\r\x1b[K${id}: ${states} states, ${transitions} steps, ` +
      `${rate} steps/s, ${length} outcome${length === 1 ? '' : 's'} so far`);
  }
  if (interrupted || !isHeapFull()) return interrupted;
  tell(`${id}: no memory is left for more than ${search.states} states ` +
    '(NODE_OPTIONS=--max-old-space-size=MIB gives more)\n');
  return true;
}

function optionsOf(args: Options, window: Window): SearchOptions {
  return {
    reduced: !args.full,
    ...(args.preemptions === undefined ? {} : { preemptions: args.preemptions }),
    limit: args.limit ?? fittingLimit(window),
  };
}

/** Each schedule that was found is run twice more and must come to the same end. */
function checkTwice(window: Window, candidate: Candidate, { result }: Explored): void {
  for (const { outcome, shortest } of result.endings) {
    const text = scheduleText(shortest);
    const [first, second] = [0, 1].map(() => runSchedule(window, candidate, text));
    if (first?.outcome === outcome && JSON.stringify(first) === JSON.stringify(second)) continue;
    throw new Error(`mmreplay bug: ${text} under ${candidate.id} does not come to one end`);
  }
}

/** How what was recorded agrees with this kernel: up to where it is explored from, and in all. */
export function recordedFacts(
  trace: Trace, window: Window, { id, version, series }: Candidate,
): RecordedFacts | undefined {
  const held = verify(trace, { name: id, version, series });
  if (held.facts === 0) return undefined;
  const [first] = held.disagree;
  return {
    before: countVerdicts(held.list.filter(({ row }) => row < window.begin)),
    whole: held.verdicts,
    ...(first === undefined ? {} : { first: {
      step: first.step, fact: factText(first), recorded: String(first.recorded),
      modelled: String(first.modelled),
    } }),
  };
}

/** All candidates, or those before an interrupt. */
async function exploreAll(
  trace: Trace, window: Window, candidates: readonly Candidate[], args: Options,
): Promise<readonly { readonly one: Explored; readonly policy: ExploredPolicy }[]> {
  const found: { readonly one: Explored; readonly policy: ExploredPolicy }[] = [];
  const options = optionsOf(args, window);
  for (const candidate of candidates) {
    if (interrupted) break;
    const begin = performance.now();
    const one = await explore(
      window, candidate, options, (so) => progress(candidate.id, so, begin));
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    const policy = exploredPolicy(
      window, candidate, one, recordedFacts(trace, window, candidate));
    if (args.twice) checkTwice(window, candidate, one);
    found.push({ one, policy });
  }
  return found;
}

/** Every two policies that do not end alike. */
function partingsOf(
  window: Window, candidates: readonly Candidate[], found: readonly Explored[], args: Options,
): readonly ExploredParting[] {
  return candidates.flatMap((one, index) => candidates.slice(index + 1).flatMap((other) => {
    const both = found.filter(({ id }) => id === one.id || id === other.id);
    const parting = both.length < 2 ? undefined : partingOf(window, one, other, both);
    return parting === undefined ? [] : [exploredParting(window, parting, args.trace, args.base)];
  }));
}

/** The report behind its first line, which stands there while the search goes on. */
async function report(document: ExploreDocument, head: string, args: Options): Promise<void> {
  const { format, output } = args;
  const sections = exploredSections(document);
  if (format === 'json') await deliver(`${JSON.stringify(document)}\n`, output);
  else if (format === 'html') {
    const page = { kind: 'explore', tool: versionText(), title: head.trim(), sections,
      explored: document } as const;
    await deliver([...pageFile(page)].join(''), output);
  } else {
    await deliver(`${output === undefined ? '' : head}\n${textOf(sections)}`, output);
  }
}

export default defineCommand<Options>({
  usage: 'explore <trace>',
  doc: 'Go through every interleaving of the tasks that run beside one offline call of a trace',
  options: (yargs) => yargs
    .positional('trace', {
      type: 'string', demandOption: true, describe: 'A trace file or a recording\'s folder',
    })
    .option('policy',
      policyOption('A policy, or several joined by + [default: the kernel as released]'))
    .option('base', baseOption)
    .option('config', configOption)
    .option('preemptions', numberOption('preemptions',
      'Most switches away from a task that could go on [default: any]'))
    .option('limit', numberOption('limit',
      `Give up after so many states [default: ${MOST_STATES}, of a long race fewer]`, 1))
    .option('full', {
      type: 'boolean', default: false,
      describe: 'Every interleaving, also where the order of two steps cannot matter',
    })
    .option('twice', {
      type: 'boolean', default: false, describe: 'Run each schedule found twice more',
    })
    .option('format', {
      choices: ['text', 'json', 'html'] as const, default: 'text' as const, requiresArg: true,
      describe: 'What is printed',
    })
    .option('output', outputOption())
    .example('$0 explore race.csv -p offline_pcp/iso -p offline_pcp/disable', 'Two designs'),
  run: async (args) => {
    const input = await readTrace(oneTrace([args.trace], 'explore'), { config: args.config ?? {} });
    const isTrouble = tellProblems(input.problems);
    const version = args.base ?? versionOfHeader(input.trace.header);
    const window = windowFor(input.trace);
    const series = await parseAllSeries(args.policy ?? ['base'], version);
    if (series.length === 0) throw new UsageError('there is nothing to explore');
    const candidates = series.map(({ id, patches }) => ({ id, version, series: patches }));
    const stop = (): void => {
      interrupted = true;
    };
    for (const signal of endingSignals) process.once(signal, stop);
    const head = windowText(window);
    if (args.format === 'text' && args.output === undefined) await deliver(head, undefined);
    const found = await exploreAll(input.trace, window, candidates, args);
    const partings = partingsOf(window, candidates, found.map(({ one }) => one), args);
    for (const signal of endingSignals) process.off(signal, stop);
    const { start_pfn, nr_pages } = window;
    await report({
      format: 1, trace: args.trace, base: version, preemptions: args.preemptions ?? null,
      window: { start_pfn, nr_pages, tasks: lettersOf(window) },
      policies: found.map(({ policy }) => policy), partings,
    }, head, args);
    // What nobody came to look at may part.
    if (interrupted) return INTERRUPTED;
    if (isTrouble) return 2;
    return partings.length > 0 ? 1 : 0;
  },
});
