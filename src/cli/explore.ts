import { UsageError } from '../base/errors.js';
import {
  explore, partingOf, runSchedule, windowFor, type Candidate, type Explored,
} from '../explore/explore.js';
import {
  exploredPolicy, lettersOf, partingCommand, type ExploreDocument, type ExploredPolicy,
  type RecordedFacts,
} from '../explore/document.js';
import { exploredText, partingText, windowText } from '../explore/report.js';
import { scheduleText } from '../explore/schedule_text.js';
import type { SearchOptions, SearchResult } from '../explore/search.js';
import type { Window } from '../explore/window.js';
import { parseAllSeries } from '../patch/series.js';
import { versionOfHeader } from '../replay/version.js';
import { factText } from '../observe/facts/fact_text.js';
import { readTrace } from '../trace/read.js';
import type { Trace } from '../trace/trace.js';
import { countVerdicts } from '../verify/facts.js';
import { verify } from '../verify/verify.js';
import { defineCommand } from './program/command.js';
import { findTraces } from './program/find_traces.js';
import { deliver } from './program/deliver.js';
import {
  baseOption, configOption, numberOption, outputOption, policyOption,
} from './program/options.js';

interface Options {
  readonly trace: string;
  readonly policy: readonly string[] | undefined;
  readonly base: string | undefined;
  readonly config: Readonly<Record<string, string>> | undefined;
  readonly preemptions: number | undefined;
  readonly limit: number | undefined;
  readonly full: boolean;
  readonly twice: boolean;
  readonly format: 'text' | 'json';
  readonly output: string | undefined;
}

/** Prints a piece of the answer as soon as it is known, or keeps it. */
type Say = (piece: string) => Promise<void>;

/** Set by Ctrl-C: the search ends, and what was found is printed. */
let interrupted = false;

function progress(id: string, search: SearchResult, begin: number): boolean {
  if (process.stderr.isTTY) {
    const { states, transitions, endings: { length } } = search;
    const rate = Math.round((1000 * transitions) / Math.max(performance.now() - begin, 1));
    process.stderr.write(`\r\x1b[K${id}: ${states} states, ${transitions} steps, ` +
      `${rate} steps/s, ${length} outcome${length === 1 ? '' : 's'} so far`);
  }
  return interrupted;
}

function optionsOf(args: Options): SearchOptions {
  return {
    reduced: !args.full,
    ...(args.preemptions === undefined ? {} : { preemptions: args.preemptions }),
    ...(args.limit === undefined ? {} : { limit: args.limit }),
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
    before: countVerdicts(held.list.filter(({ row }) => row < window.before.length)),
    whole: held.verdicts,
    ...(first === undefined ? {} : { first: {
      step: first.step, fact: factText(first), recorded: String(first.recorded),
      modelled: String(first.modelled),
    } }),
  };
}

/** All candidates, or those before an interrupt; what was found of each is told at once. */
async function exploreAll(
  trace: Trace, window: Window, candidates: readonly Candidate[], args: Options, say: Say,
): Promise<readonly { readonly one: Explored; readonly policy: ExploredPolicy }[]> {
  const found: { readonly one: Explored; readonly policy: ExploredPolicy }[] = [];
  const options = optionsOf(args);
  for (const candidate of candidates) {
    if (interrupted) break;
    const begin = performance.now();
    const one = await explore(
      window, candidate, options, (so) => progress(candidate.id, so, begin));
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    const policy = exploredPolicy(one, recordedFacts(trace, window, candidate));
    await say(exploredText(policy));
    if (args.twice) checkTwice(window, candidate, one);
    found.push({ one, policy });
  }
  return found;
}

/** Every two policies that do not end alike. */
async function partingsOf(
  window: Window, candidates: readonly Candidate[], found: readonly Explored[], args: Options,
  say: Say,
): Promise<ExploreDocument['partings']> {
  const partings: ExploreDocument['partings'][number][] = [];
  for (const [index, one] of candidates.entries()) {
    for (const other of candidates.slice(index + 1)) {
      const both = found.filter(({ id }) => id === one.id || id === other.id);
      const parting = both.length < 2 ? undefined : partingOf(window, one, other, both);
      if (parting === undefined) continue;
      const command = partingCommand(parting, args.trace, args.base);
      partings.push({ ...parting, command });
      await say(partingText(parting, command));
    }
  }
  return partings;
}

/** Of a folder the one trace below it, as `run` finds it. */
function onlyTrace(path: string): string {
  const [first = path, ...more] = findTraces([path]);
  if (more.length === 0) return first;
  throw new UsageError(`${path} has ${more.length + 1} traces, expected one: ${first}, ...`);
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
    .option('limit', numberOption('limit', 'Give up after so many states', 1))
    .option('full', {
      type: 'boolean', default: false,
      describe: 'Every interleaving, also where the order of two steps cannot matter',
    })
    .option('twice', {
      type: 'boolean', default: false, describe: 'Run each schedule found twice more',
    })
    .option('format', {
      choices: ['text', 'json'] as const, default: 'text' as const, requiresArg: true,
      describe: 'What is printed',
    })
    .option('output', outputOption())
    .example('$0 explore race.csv -p offline_pcp/iso -p offline_pcp/disable', 'Two designs'),
  run: async (args) => {
    const input = await readTrace(onlyTrace(args.trace), { config: args.config ?? {} });
    const version = args.base ?? versionOfHeader(input.trace.header);
    const window = windowFor(input.trace);
    const series = await parseAllSeries(args.policy ?? ['base'], version);
    if (series.length === 0) throw new UsageError('there is nothing to explore');
    const candidates = series.map(({ id, patches }) => ({ id, version, series: patches }));
    const stop = (): void => {
      interrupted = true;
    };
    process.once('SIGINT', stop);
    const text: string[] = [];
    const say: Say = async (piece) => {
      if (args.format === 'text' && args.output === undefined) await deliver(piece, undefined);
      else text.push(piece);
    };
    await say(windowText(window));
    const found = await exploreAll(input.trace, window, candidates, args, say);
    const partings = await partingsOf(window, candidates, found.map(({ one }) => one), args, say);
    process.off('SIGINT', stop);
    const { start_pfn, nr_pages } = window;
    const document: ExploreDocument = {
      format: 1, trace: args.trace, base: version,
      window: { start_pfn, nr_pages, tasks: lettersOf(window) },
      policies: found.map(({ policy }) => policy), partings,
    };
    if (args.format === 'json') await deliver(`${JSON.stringify(document)}\n`, args.output);
    else if (args.output !== undefined) await deliver(text.join(''), args.output);
    return partings.length > 0 ? 1 : 0;
  },
});
