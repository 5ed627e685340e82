/**
 * The model against itself, on any case: what it has two ways of doing comes to the same. The page
 * allocator on its short way and through the functions of the kernel; two versions none of whose
 * differences was met; `explore` with its reductions and without.
 */
import { TraceError } from '../../base/errors.js';
import { exploreNow } from '../../explore/explore.js';
import type { SearchResult } from '../../explore/search.js';
import { StateLost } from '../../explore/window.js';
import { versionParts } from '../../patch/conflicts.js';
import type { Patch } from '../../patch/define.js';
import type { Entry } from '../../patch/table.js';
import { observedRun, type ObservedRun } from '../../replay/observed_run.js';
import type { ReplayObserver } from '../../replay/observer.js';
import type { Trace } from '../../trace/trace.js';
import { coverage } from '../coverage.js';
import { differencesOf, reasonText } from '../difference.js';
import type { Instruments } from '../evaluate.js';
import { windowIn } from '../race.js';

/** What became of a check; `none`: the case has nothing for it. */
export type Checked = { readonly is: 'same' | 'none' } |
  { readonly is: 'differs'; readonly text: string };

const none = { is: 'none' } as const;
const same = { is: 'same' } as const;

function runOf(
  trace: Trace, version: string, instruments: Instruments,
  observers: readonly ReplayObserver[] = [], series: readonly Patch[] = [],
): ObservedRun {
  return observedRun(trace, {
    name: version, version, series, instruments, watched: [], observers });
}

/** Changes nothing: of switches that a patch sets somebody is told when they are read. */
function asItIs(version: string, switches: readonly string[]): Patch {
  const config = versionParts(version).config as unknown as Readonly<Record<string, unknown>>;
  return {
    id: 'model/as_it_is', subject: '', author: '', link: '', doc: '', base: version,
    config: Object.fromEntries(switches.map((name) => [name, config[name]])),
  };
}

function compared(a: ObservedRun, b: ObservedRun, instruments: Instruments): Checked {
  const [first] = differencesOf(a, b, instruments.invariants);
  return first === undefined ? same
    : { is: 'differs', text: `${reasonText(first.reason)}: ${first.texts.join(' <> ')}` };
}

/** Whoever watches all functions has the allocator take none of its short ways. */
export function shortWay(trace: Trace, version: string, instruments: Instruments): Checked {
  const watch = coverage();
  const slow = runOf(trace, version, instruments, [watch.observer]);
  watch.ended();
  return compared(runOf(trace, version, instruments), slow, instruments);
}

/** What the function is made of, as text. */
function madeOf({ texts, redirected, around }: Entry): string {
  const targets = [...redirected].map(([callee, { target }]) => `${callee}: ${target}`);
  const layers = [...around].map(([callee, all]) => `${callee}: ${all.map(({ code }) => code)}`);
  return [...texts, ...targets, ...layers].join('\n');
}

/** Functions and switches in which two versions differ. */
export function differencesBetween(a: string, b: string):
{ readonly functions: readonly string[]; readonly switches: readonly string[] } {
  const [one, other] = [versionParts(a), versionParts(b)];
  const switches = one.config as unknown as Readonly<Record<string, unknown>>;
  const others = other.config as unknown as Readonly<Record<string, unknown>>;
  return {
    functions: [...one.table].filter(([name, entry]) => {
      const counterpart = other.table.get(name);
      return counterpart === undefined || madeOf(entry) !== madeOf(counterpart);
    }).map(([name]) => name),
    switches: Object.keys(switches).filter((name) =>
      JSON.stringify(switches[name]) !== JSON.stringify(others[name])),
  };
}

/** On a trace that meets no difference of the two, they are one kernel. */
export function versionsAlike(
  trace: Trace, [a, b]: readonly [string, string], instruments: Instruments,
): Checked {
  const { functions, switches } = differencesBetween(a, b);
  const read = new Set<string>();
  const watch = coverage();
  const told: ReplayObserver = { switchRead: (name) => {
    read.add(name);
  } };
  const one = runOf(trace, a, instruments, [watch.observer, told], [asItIs(a, switches)]);
  watch.ended();
  if (functions.some(watch.entered) || switches.some((name) => read.has(name))) return none;
  return compared(one, runOf(trace, b, instruments), instruments);
}

/** States of one window: of those that have more nothing is said. */
const STATES_MAX = 3000;

const endingsOf = ({ endings }: SearchResult): string =>
  endings.map(({ kind, outcome }) => `${kind}: ${outcome}`).sort().join('\n');

/** What is left out by the reductions leads to no end of its own. */
export function exploredAlike(trace: Trace, version: string): Checked {
  const window = windowIn(trace);
  if (window === undefined) return none;
  try {
    const results = [true, false].map((reduced) =>
      exploreNow(window, { id: 'base', version, series: [] }, { reduced, limit: STATES_MAX }));
    if (results.some(({ incomplete, bounded }) => incomplete || bounded)) return none;
    const [reduced = '', full = ''] = results.map(endingsOf);
    return reduced === full ? same : { is: 'differs', text: `${reduced} <> ${full}` };
  } catch (error) {
    if (error instanceof StateLost) return { is: 'differs', text: error.message };
    if (error instanceof TraceError) return none;
    throw error;
  }
}
