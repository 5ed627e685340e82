/** Replays one case on the kernels that are compared, and says what came of it. */
import { PatchError, TraceError } from '../base/errors.js';
import type { Invariant } from '../observe/invariant.js';
import type { Probe } from '../observe/probe.js';
import { touchedFunctions } from '../patch/conflicts.js';
import { baseSeries, type Series } from '../patch/series.js';
import { observedRun, type ObservedRun } from '../replay/observed_run.js';
import type { Trace } from '../trace/trace.js';
import { traceOfCase, type Case } from './case.js';
import { coverage, type Coverage } from './coverage.js';
import {
  differencesOf, findingsOfRun, hasReason, isSameReason, markShared, withoutNumbers,
  type Found,
} from './difference.js';
import { isOutcome } from './gravity.js';
import { impossibleIn, watchPossible, type Impossible, type Tried } from './possible.js';
import { raceOf, type Race } from './race.js';
import type { Sides } from './sides.js';

export interface Instruments {
  readonly probes: readonly Probe[];
  readonly invariants: readonly Invariant[];
}

/** What came of a case, as plain data. */
export interface Evaluated {
  /** Gravest first. */
  readonly found: readonly Found[];
  /** Steps from one model function to the next, and kinds of results: what was covered. */
  readonly features: Uint32Array;
  /** Changed functions, as `POLICY FUNCTION`, in which the change itself ran. */
  readonly reached: readonly string[];
  /** The sides went other ways through the model, whatever came of it. */
  readonly infected: boolean;
  readonly replays: number;
  /** Orders of its tasks were gone through: all within the bounds, or a part of them. */
  readonly explored?: 'all' | 'some';
  /** Something was found, and no machine could have allocated its pages so. */
  readonly impossible?: Impossible;
  /** It could not be replayed: nothing is known of it. */
  readonly refused?: string;
}

/** FNV-1a, apart from the numbers of `coverage`. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) | 0x80000000;
}

/** Kinds of observations whose texts tell kinds of states apart; sizes alone do not. */
const telling: ReadonlySet<string> = new Set(['result', 'fault', 'invariant', 'zonelists']);

/** What the state was like, without its numbers. */
function stateFeatures(run: ObservedRun): readonly number[] {
  return run.log.list.flatMap(({ kind, subject, value }) => (!telling.has(kind) ? []
    : [hashOf(withoutNumbers(`${kind} ${subject} ${`${value}`.split('\n')[0]}`)) >>> 0]));
}

/** A run, and whether a machine with its kernel could have done what the trace says. */
interface Looked extends Tried {
  readonly run: ObservedRun;
}

function runOf(
  trace: Trace, side: Series, { version }: Sides, instruments: Instruments,
  { observer, ended }: Coverage = coverage(),
): Looked {
  const { id, patches } = side;
  const possible = watchPossible(trace, patches);
  const run = observedRun(trace, {
    name: id, version, series: patches, instruments, watched: [],
    observers: [observer, possible.observer], pageLevel: possible.pageLevel,
  });
  ended();
  return { id, run,
    impossible: run.stopped === undefined ? possible.impossible() : 'callers' };
}

/** Nothing that the second side changes was entered: it would be the same run. */
function isUntouched(side: Series, { entered }: Coverage): boolean {
  return side.patches.every((patch) => patch.config === undefined &&
    patch.adds === undefined && touchedFunctions(patch).every((fn) => !entered(fn)));
}

const differs = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean =>
  a.size !== b.size || [...a].some((feature) => !b.has(feature));

function reachedBy(run: ObservedRun): readonly string[] {
  return run.reached.filter(({ active }) => active).map(({ patch, fn }) => `${patch} ${fn}`);
}

function possibility(
  found: readonly Found[], trace: Trace, sides: Sides, tried: readonly Looked[],
): Pick<Evaluated, 'impossible'> {
  const impossible = found.length === 0 ? undefined : impossibleIn(trace, sides, tried);
  return impossible === undefined ? {} : { impossible };
}

/** What was found, and the runs that were made for it. */
interface Shown {
  readonly found: readonly Found[];
  readonly tried: readonly Looked[];
}

/** What is wrong with one side, and which of that the kernel without its policies has as well. */
function aloneIn(
  looked: Looked, side: Series, trace: Trace, sides: Sides, instruments: Instruments,
): Shown {
  const found = findingsOfRun(looked.run, instruments.invariants);
  if (found.length === 0 || side.patches.length === 0) return { found, tried: [looked] };
  const base = runOf(trace, baseSeries, sides, instruments);
  return { found: markShared(found, looked.run, base.run), tried: [looked, base] };
}

/** Where the recorded order of tasks tells the sides apart by no outcome, others may. */
function raceBeside(found: readonly Found[], trace: Trace, sides: Sides): Race {
  if (found.some(isOutcome)) return { found };
  const race = raceOf(trace, sides);
  return { ...race, found: [...race.found, ...found] };
}

/** What the sides come to on a trace; each thing that was found at its gravest. */
function evaluateTrace(
  trace: Trace, sides: Sides, instruments: Instruments,
): Evaluated {
  const [first, second] = sides.series;
  if (first === undefined) throw new PatchError('there is no policy to look at');
  const watch = coverage();
  const a = runOf(trace, first, sides, instruments, watch);
  const features = Uint32Array.from([...watch.features, ...stateFeatures(a.run)]);
  if (second === undefined) {
    const { found, tried } = aloneIn(a, first, trace, sides, instruments);
    return {
      ...possibility(found, trace, sides, tried), found, features, reached: reachedBy(a.run),
      infected: found.length > 0, replays: 1,
    };
  }
  if (isUntouched(first, watch) && isUntouched(second, watch)) {
    return { found: [], features, reached: [], infected: false, replays: 1 };
  }
  const other = coverage();
  const b = runOf(trace, second, sides, instruments, other);
  const found = differencesOf(a.run, b.run, instruments.invariants);
  const race = raceBeside(found, trace, sides);
  return {
    ...race, ...possibility(race.found, trace, sides, [a, b]), features,
    reached: [...reachedBy(a.run), ...reachedBy(b.run)],
    infected: differs(watch.features, other.features), replays: 2,
  };
}

const nothing = {
  found: [], features: new Uint32Array(), reached: [], infected: false, replays: 0,
} as const;

/** What a case is looked at for. */
export interface Wanted {
  /** What no machine can be is nothing, but for this. */
  readonly allowed: Impossible | 'all' | undefined;
  /** Only this is asked for: what cannot show it any more is not replayed to its end. */
  readonly found?: Found;
}

/** What was found alone, without what leads a search. */
function foundIn(
  trace: Trace, sides: Sides, instruments: Instruments, wanted: Wanted,
): readonly Found[] {
  const { found, tried } = anythingIn(trace, sides, instruments, wanted.found);
  if (wanted.allowed === 'all' || found.length === 0) return found;
  const impossible = impossibleIn(trace, sides, tried);
  return impossible === undefined || impossible === wanted.allowed ? found : [];
}

function anythingIn(
  trace: Trace, sides: Sides, instruments: Instruments, wanted: Found | undefined,
): Shown {
  const [first, second] = sides.series;
  if (first === undefined) return { found: [], tried: [] };
  const { only, reason } = wanted ?? {};
  // The run that is to show it comes first: most cases that are tried do not.
  const [shows, other] = only === 1 && second !== undefined ? [second, first] : [first, second];
  const a = runOf(trace, shows, sides, instruments);
  if (only !== undefined && reason !== undefined &&
    !hasReason(a.run, reason, instruments.invariants)) return { found: [], tried: [a] };
  if (other === undefined) return aloneIn(a, first, trace, sides, instruments);
  const b = runOf(trace, other, sides, instruments);
  const [left, right] = shows === first ? [a, b] : [b, a];
  const found = differencesOf(left.run, right.run, instruments.invariants);
  const isRace = reason === undefined || reason.kind === 'schedule';
  return { found: isRace ? raceBeside(found, trace, sides).found : found, tried: [a, b] };
}

/** The same of a case; one that is no trace, or that a policy cannot be run on, is refused. */
export function evaluateCase(one: Case, sides: Sides, instruments: Instruments): Evaluated {
  try {
    const trace = traceOfCase(one, sides.version);
    if (trace === undefined) return { ...nothing, refused: 'it is no trace' };
    return evaluateTrace(trace, sides, instruments);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    return { ...nothing, refused: error.message };
  }
}

/** What no machine could do of this case; undefined: a machine could. */
export function impossibleInCase(one: Case, sides: Sides): Impossible | undefined {
  const trace = traceOfCase(one, sides.version);
  return trace === undefined ? undefined : impossibleIn(trace, sides);
}

/** What was found in a case alone; nothing in one that is none. */
export function foundInCase(
  one: Case, sides: Sides, instruments: Instruments, wanted: Wanted = { allowed: 'all' },
): readonly Found[] {
  try {
    const trace = traceOfCase(one, sides.version);
    return trace === undefined ? [] : foundIn(trace, sides, instruments, wanted);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    return [];
  }
}

/** What was looked for, seen in a case: the same reason, at any place, of the same run. */
export function shownAgain(
  one: Case, found: Found, sides: Sides, instruments: Instruments, allowed: Wanted['allowed'],
): Found | undefined {
  return foundInCase(one, sides, instruments, { allowed, found }).find((other) =>
    isSameReason(other.reason, found.reason) && other.only === found.only);
}
