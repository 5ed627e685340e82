/**
 * Aligns runs by the rows of their trace: which agree, where they part first, where else. The
 * recorded outcomes are one more run, which speaks of some subjects at some rows only.
 */
import { addTo, pushAll } from '../base/long_lists.js';
import { ABSENT, outcomeKinds, type Scalar } from '../observe/observation.js';
import { causesAt } from './cause.js';
import type { Divergence, StateDump, ValueGroup } from './comparison.js';
import { Events } from './events.js';
import type { LostPlaces } from './losses.js';
import type { RecordedFact } from './recorded.js';
import type { ModelRun } from './run.js';
import { dumpStates } from './states.js';
import { Timeline, type Moment } from './timeline.js';
import { agrees } from './values.js';
import type { Agreement, RunIndex } from './document_parts.js';

export interface Compared {
  readonly divergences: readonly Divergence[];
  readonly groups: readonly (readonly RunIndex[])[];
  readonly agreement: readonly Agreement[];
  readonly states: readonly StateDump[];
  /** Recorded facts that differ where an input may have been lost. */
  readonly unknown: number;
}

/** Runs with the same value together, in order of the first one. */
function grouped(values: readonly Scalar[], offset: number): ValueGroup[] {
  const groups = new Map<Scalar, RunIndex[]>();
  values.forEach((value, index) => {
    const runs = groups.get(value);
    if (runs === undefined) groups.set(value, [index + offset]);
    else runs.push(index + offset);
  });
  return [...groups].map(([value, runs]) => ({ runs, value }));
}

function signature(groups: readonly ValueGroup[]): string {
  return groups.map((group) => group.runs.join(',')).join('|');
}

/** Does a run say what was recorded? The words for a fault are each side's own. */
function says(fact: RecordedFact, modelled: Scalar): boolean {
  return fact.kind === 'fault' ? modelled !== ABSENT : agrees(fact.value, modelled);
}

/** Gravest kind first, then by subject, as they were seen. */
function byGravity(a: Moment, b: Moment): number {
  return outcomeKinds.indexOf(a.kind) - outcomeKinds.indexOf(b.kind);
}

export class Comparer {
  readonly #runs: readonly ModelRun[];
  readonly #facts: ReadonlyMap<number, readonly RecordedFact[]>;
  readonly #events: Events;
  readonly #lost: LostPlaces;
  /** Index of the first model run: 1 when there is a recorded one. */
  readonly #offset: number;
  readonly #timeline: Timeline;
  /** How the runs last parted over a subject: reported again only when that changes. */
  readonly #parted = new Map<string, string>();
  readonly #divergences: Divergence[] = [];
  #states: readonly StateDump[] = [];
  #unknown = 0;

  constructor(
    runs: readonly ModelRun[], facts: readonly RecordedFact[], events: Events, lost: LostPlaces,
  ) {
    this.#runs = runs;
    this.#events = events;
    this.#lost = lost;
    this.#offset = facts.length > 0 ? 1 : 0;
    this.#timeline = new Timeline(runs.map((run) =>
      run.log.list.filter((one) => outcomeKinds.includes(one.kind))));
    const byRow = new Map<number, RecordedFact[]>();
    for (const fact of facts) addTo(byRow, fact.row, fact);
    this.#facts = byRow;
  }

  compare(): Compared {
    const rows = [...new Set([...this.#timeline.rows, ...this.#facts.keys()])];
    for (const row of rows.sort((a, b) => a - b)) this.#row(row);
    return {
      divergences: this.#divergences,
      groups: this.#groups(),
      agreement: this.#offset === 0 ? [] : this.#agreement(),
      states: this.#states,
      unknown: this.#unknown,
    };
  }

  #row(row: number): void {
    const moments = this.#timeline.advance(row).sort(byGravity);
    const found: Divergence[] = [];
    const facts = this.#facts.get(row) ?? [];
    const seen = new Map(moments.map((one) => [`${one.kind} ${one.subject}`, one]));
    const spoken = new Set<string>();
    for (const fact of facts) {
      const subject = `${fact.kind} ${fact.subject}`;
      const moment = seen.get(subject) ?? this.#momentOf(fact);
      spoken.add(subject);
      const divergence = this.#hold(fact, moment);
      if (divergence !== undefined) found.push(divergence);
    }
    for (const moment of moments) {
      if (spoken.has(`${moment.kind} ${moment.subject}`)) continue;
      const divergence = this.#part(moment);
      if (divergence !== undefined) found.push(divergence);
    }
    found.sort((a, b) => outcomeKinds.indexOf(a.kind) - outcomeKinds.indexOf(b.kind));
    const [first] = found;
    if (first !== undefined && !this.#divergences.some((one) => one.unknown === undefined)) {
      this.#states = dumpStates(this.#timeline, this.#offset, first, facts);
    }
    pushAll(this.#divergences, found);
  }

  /** The model runs' values of a recorded subject that none of them changed. */
  #momentOf(fact: RecordedFact): Moment {
    const values = this.#runs.map((_, index) => this.#timeline.value(index, fact));
    return { row: fact.row, kind: fact.kind, subject: fact.subject, values };
  }

  /** Holds a recorded fact against each run. */
  #hold(fact: RecordedFact, moment: Moment): Divergence | undefined {
    const lost = fact.seen >= this.#lost.inputs;
    const right = moment.values.map((value) => says(fact, value));
    const groups = grouped(moment.values, this.#offset);
    const wrong = right.includes(false);
    if (wrong && lost) this.#unknown += 1;
    const key = `${fact.kind} ${fact.subject}`;
    const sign = `${signature(groups)} recorded ${right.join()}`;
    if (!wrong && groups.length === 1) {
      this.#parted.delete(key);
      return undefined;
    }
    if (this.#parted.get(key) === sign && fact.kind !== 'result') return undefined;
    this.#parted.set(key, sign);
    const same = groups.filter((group) => says(fact, group.value))
      .flatMap((group) => group.runs);
    const values = [
      { runs: [0, ...same].sort((a, b) => a - b), value: fact.value },
      ...groups.filter((group) => !says(fact, group.value)),
    ];
    if (values.length === 1) return undefined;
    return this.#divergence(moment, values, wrong && lost && groups.length === 1);
  }

  #agreement(): Agreement[] {
    return this.#runs.flatMap(({ held }, index) => {
      if (held === undefined) return [];
      const [fact] = held.disagree;
      return [{
        run: index + this.#offset, facts: held.facts, verdicts: held.verdicts,
        causes: held.afterCorrection,
        ...(fact === undefined ? {} : { first: { event: this.#events.ref(fact.row), fact } }),
      }];
    });
  }

  /** A subject that nothing was recorded of: do the model runs agree? */
  #part(moment: Moment): Divergence | undefined {
    const groups = grouped(moment.values, this.#offset);
    const key = `${moment.kind} ${moment.subject}`;
    if (groups.length === 1) {
      this.#parted.delete(key);
      return undefined;
    }
    const sign = signature(groups);
    const point = moment.kind === 'result' || moment.kind === 'fault';
    if (!point && this.#parted.get(key)?.split(' recorded ')[0] === sign) return undefined;
    this.#parted.set(key, sign);
    return this.#divergence(moment, groups, false);
  }

  #divergence(moment: Moment, values: readonly ValueGroup[], unknown: boolean): Divergence {
    const { kind, subject, row } = moment;
    const base = values.find((group) => group.runs.includes(this.#offset));
    const others = values.filter((group) => group !== base).flatMap((group) => group.runs)
      .filter((run) => run >= this.#offset);
    // When only the recorded kernel differs, whatever the model ran may be why.
    const differing = others.length > 0 ? others : base?.runs ?? [];
    return {
      event: this.#events.ref(row), kind, subject, values,
      causes: causesAt(this.#events, this.#runs, this.#offset, row, differing),
      ...(unknown ? { unknown: true as const } : {}),
    };
  }

  /** Runs whose outcomes have the same digest. */
  #groups(): RunIndex[][] {
    const digests = this.#runs.map((run) => run.log.digest());
    return grouped(digests, this.#offset).map((group) => [...group.runs]);
  }
}
