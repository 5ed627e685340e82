/**
 * Traces of one scenario side by side, step by step: what kernels answered to the same question,
 * with what the model says for each of them. Rows do not align between traces, steps do.
 */
import { addTo, minOf } from '../base/long_lists.js';
import type { HeldFacts, VerdictCounts } from '../observe/facts/fact.js';
import {
  ABSENT, isPoint, wordsOfValue, type Kind, type Observation,
} from '../observe/observation.js';
import type { Trace } from '../trace/trace.js';
import { Events } from './events.js';
import { isWords } from './values.js';

/** One trace: what was recorded, and model runs of it. */
export interface BetweenTrace {
  readonly name: string;
  readonly trace: Trace;
  /** Recorded first, when there are recorded facts; the first one stands for the trace. */
  readonly runs: readonly {
    readonly name: string;
    readonly kind: 'recorded' | 'model';
    readonly observations: readonly Observation[];
    /** Of a model run: the facts of its own trace, held against it. */
    readonly held?: HeldFacts;
  }[];
  /** Something was recorded that can be held. */
  readonly isHeld?: boolean;
}

export interface Side {
  readonly trace: string;
  readonly name: string;
  readonly kind: 'recorded' | 'model';
  /** Of a model run: how it agrees with the recording of its own trace, as `verify` counts. */
  readonly verdicts?: VerdictCounts;
}

export interface BetweenDifference {
  /** 0 is the boot. */
  readonly step: number;
  /** The input of the step in the first trace. */
  readonly event: string;
  /** `result`, `node 1 Normal`, `memory32`. */
  readonly subject: string;
  /** Indices into `sides`, those that agree together. */
  readonly values: readonly { readonly sides: readonly number[]; readonly value: string }[];
}

export interface Between {
  readonly sides: readonly Side[];
  /** Steps that all traces have, the boot with them. */
  readonly steps: number;
  /** Values that were held against each other, and those that were the same. */
  readonly facts: number;
  readonly same: number;
  /** Each where the sides first part over it, or part in another way than before. */
  readonly differences: readonly BetweenDifference[];
}

const kinds: ReadonlySet<Kind> =
  new Set<Kind>(['result', 'fault', 'invariant', 'state', 'zonelists', 'links']);

type Items = ReadonlyMap<string, string>;

/** Between a subject and its word in the name of an item: neither has it. */
const WORD = '\t';

/** Of what is seen only where it is so: a fault, and an invariant that is broken. */
const HAPPENS = 'happens';
const INVARIANT = 'invariant ';

/** A value as items of one word each. */
function* itemsOf({ kind, subject, value }: Observation): Iterable<readonly [string, string]> {
  if (kind === 'fault') yield [subject, HAPPENS];
  else if (kind === 'invariant') yield [`${INVARIANT}${subject}`, `${value}`];
  else if (!isWords(value)) yield [subject, `${value}`];
  else for (const [key, word] of wordsOfValue(value)) yield [`${subject}${WORD}${key}`, word];
}

/** What holds after each step. */
function itemsBySteps(observations: readonly Observation[], marks: readonly number[]): Items[] {
  const lasting = new Map<string, string>();
  const sorted = observations.filter((one) => kinds.has(one.kind))
    .map((one, index) => ({ one, index }))
    .sort((a, b) => a.one.row - b.one.row || a.index - b.index);
  let next = 0;
  return [...marks, Infinity].map((end) => {
    const points = new Map<string, string>();
    for (let entry = sorted[next]; entry !== undefined && entry.one.row < end;) {
      const { one } = entry;
      const into = isPoint(one.kind) ? points : lasting;
      if (one.value === ABSENT) forget(into, nameOf(one));
      else for (const [item, value] of itemsOf(one)) into.set(item, value);
      next += 1;
      entry = sorted[next];
    }
    return new Map([...lasting, ...points]);
  });
}

function nameOf({ kind, subject }: Observation): string {
  return kind === 'invariant' ? `${INVARIANT}${subject}` : subject;
}

/** A subject is gone with all its words. */
function forget(items: Map<string, string>, subject: string): void {
  for (const item of items.keys()) {
    if (item === subject || item.startsWith(`${subject}${WORD}`)) items.delete(item);
  }
}

interface Placed extends Side {
  readonly leads: boolean;
  readonly steps: readonly Items[];
}

function placed({ name, trace, runs, isHeld }: BetweenTrace): Placed[] {
  const marks = new Events(trace).marks;
  return runs.map((run, index) => ({
    trace: name, name: run.name, kind: run.kind, leads: index === 0,
    steps: itemsBySteps(run.observations, marks),
    ...(isHeld !== true || run.held === undefined ? {} : { verdicts: run.held.verdicts }),
  }));
}

/** What a model that sees everything says by saying nothing of an item. */
function notSaid(item: string, values: ReadonlyMap<string, unknown>): string | undefined {
  if (item.startsWith(INVARIANT)) return 'holds';
  return values.has(HAPPENS) ? 'does not happen' : undefined;
}

/**
 * Values of an item; of a model run only when it has one: of some things it does not speak. Faults
 * and invariants of models are held against each other where nothing was recorded.
 */
function valuesOf(sides: readonly Placed[], step: number, item: string) {
  const groups = new Map<string, number[]>();
  const leaders = new Set<string>();
  sides.forEach(({ kind, leads, steps }, index) => {
    const value = steps[step]?.get(item) ?? (kind === 'recorded' ? ABSENT : undefined);
    if (value === undefined) return;
    addTo(groups, value, index);
    if (leads) leaders.add(value);
  });
  const silent = sides.flatMap(
    ({ steps }, index) => (steps[step]?.has(item) === true ? [] : [index]));
  const not = notSaid(item, groups);
  if (not !== undefined && silent.length > 0 && sides.every(({ kind }) => kind === 'model')) {
    groups.set(not, silent);
    if (silent.some((index) => sides[index]?.leads === true)) leaders.add(not);
  }
  return {
    parted: leaders.size > 1,
    values: [...groups].map(([value, indices]) => ({ sides: indices, value })),
  };
}

/** Items of the leaders at a step: what was recorded when something was, else what models have. */
function spokenOf(sides: readonly Placed[], step: number): ReadonlySet<string> {
  const recorded = sides.filter((side) => side.kind === 'recorded');
  const speakers = recorded.length > 0 ? recorded : sides.filter((side) => side.leads);
  return new Set(speakers.flatMap((side) => [...side.steps[step]?.keys() ?? []]));
}

/** What boot code keeps for itself differs between any two kernels: these come last. */
const ofPageCounts = new Set(['managed', 'min', 'low', 'high', 'protection']);

interface Parted extends BetweenDifference {
  readonly word: string;
  /** Who agrees with whom. */
  readonly how: string;
}

/** Words of one subject over which the same sides part, as one difference. */
function joined(parted: readonly Parted[]): BetweenDifference[] {
  const groups = new Map<string, Parted[]>();
  for (const one of parted) {
    const key = [ofPageCounts.has(one.word), one.step, one.subject, one.how].join(WORD);
    addTo(groups, key, one);
  }
  return [...groups.values()].flatMap((group) => group.slice(0, 1).map((first) => {
    const values = first.values.map(({ sides }, index) => {
      const words = group.map((one) => (
        { word: one.word, value: one.values[index]?.value ?? ABSENT }));
      const absent = words.every(({ value }) => value === ABSENT);
      const text = words.map(({ word, value }) => (word === '' ? value : `${word}=${value}`));
      return { sides, value: absent ? ABSENT : text.join(' ') };
    });
    return { step: first.step, event: first.event, subject: first.subject, values };
  }));
}

/** Holds the traces against each other; each of them has one run at least. */
export function between(traces: readonly BetweenTrace[]): Between {
  const sides = traces.flatMap(placed);
  const steps = minOf(sides.map((side) => side.steps.length));
  const events = traces.slice(0, 1).map(({ trace }) => new Events(trace));
  const parted = new Map<string, string>();
  const differences: Parted[] = [];
  let [facts, same] = [0, 0];
  for (let step = 0; step < steps; step += 1) {
    for (const item of spokenOf(sides, step)) {
      const found = valuesOf(sides, step, item);
      facts += 1;
      if (!found.parted) same += 1;
      const how = found.values.map((one) => one.sides.join(',')).join('|');
      if (found.parted && parted.get(item) !== how) {
        const event = events[0]?.stepText(step) ?? '';
        const [subject = '', word = ''] = item.split(WORD);
        differences.push({ step, event, subject, word, how, values: found.values });
      }
      parted.set(item, found.parted ? how : '');
    }
  }
  const counts = (one: Parted): number => Number(ofPageCounts.has(one.word));
  return {
    sides: sides.map(({ leads: _, steps: __, ...side }) => side), steps, facts, same,
    differences: joined(differences.sort((a, b) => counts(a) - counts(b))),
  };
}
