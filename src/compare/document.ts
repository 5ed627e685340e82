/** Puts the parts of a comparison together. */
import { createHash } from 'node:crypto';
import { ABSENT, type Observation } from '../observe/observation.js';
import { Comparer } from './compare.js';
import { claimResults } from './claims.js';
import {
  COMPARISON_FORMAT, type Comparison, type PolicySummary, type SkippedRun, type TraceSummary,
} from './comparison.js';
import { courseOf } from './course.js';
import { Events } from './events.js';
import { lostPlaces } from './losses.js';
import type { RecordedFact } from './recorded.js';
import { refusalsOf } from './refusals.js';
import type { ModelRun } from './run.js';
import { findingsOf, type InvariantNote } from './verdict/finding.js';
import { shippedOutcomes } from './verdict/shipped.js';
import type { PolicyFacts } from './verdict/undecided.js';
import { verdictOf, type JudgedRun } from './verdict/verdict.js';
import { violationsOf } from './violations.js';
import type { Trace } from '../trace/trace.js';
import type { RunSummary } from './document_parts.js';

export interface DocumentParts {
  readonly tool: string;
  readonly trace: Trace;
  readonly summary: Omit<TraceSummary, 'steps'>;
  readonly runs: readonly ModelRun[];
  readonly policies: readonly PolicySummary[];
  readonly skipped: readonly SkippedRun[];
  /** What was recorded; empty: the trace has no outcomes. */
  readonly facts: readonly RecordedFact[];
  /** What the invariants say, by id. */
  readonly invariants: ReadonlyMap<string, InvariantNote>;
  readonly replay: string;
  /** Rows that a timeline shows. */
  readonly isShown: (row: number) => boolean;
  /** How far calls go is taken from the recorded rows. */
  readonly paced: boolean;
  readonly policyFacts: PolicyFacts;
}

function digestOf(list: readonly Observation[]): string {
  const hash = createHash('sha256');
  for (const { row, subject, value } of list) hash.update(`${row}\t${subject}\t${value}\n`);
  return hash.digest('hex').slice(0, 12);
}

function results(list: readonly Observation[]): readonly Observation[] {
  return list.filter((one) => one.kind === 'result');
}

function recordedSummary(facts: readonly Observation[]): RunSummary {
  return {
    name: 'recorded', kind: 'recorded', digest: digestOf(facts), results: digestOf(results(facts)),
    reached: [], untested: [], doubts: [], costs: {}, refused: {},
    faults: facts.filter((fact) => fact.kind === 'fault').length, violated: [],
  };
}

function modelSummary(run: ModelRun, trace: Trace): RunSummary {
  const costs: Record<string, number> = {};
  const refused: Record<string, number> = {};
  const violated = new Set<string>();
  const unended = run.refusals.filter(({ ret }) => ret === undefined).length;
  for (const { row, kind, subject, value } of run.log.list) {
    if (kind === 'cost') costs[subject] = Number(value);
    if (kind === 'result' && /^-\d/.test(`${value}`)) {
      const what = `${trace.event(row)} ${value}`;
      refused[what] = (refused[what] ?? 0) + 1;
    }
    if (kind === 'invariant' && value !== ABSENT) violated.add(subject);
  }
  return {
    name: run.name, kind: 'model', digest: run.log.digest(),
    results: digestOf(results(run.log.list)),
    reached: run.reached.map(({ fn, patch, events, calls }) => ({ fn, patch, events, calls })),
    untested: run.untested, doubts: run.doubts,
    costs, refused, ...(unended === 0 ? {} : { unended }), faults: run.faults,
    violated: [...violated],
    ...(run.intended.length === 0 ? {} : { intended: run.intended }),
    ...(run.deadAtBoot === undefined ? {} : { deadAtBoot: run.deadAtBoot }),
    ...(run.stopped === undefined ? {} : { stopped: run.stopped }),
  };
}

/** What each input returned, by row; how long it waited is a cost, not a result. */
function resultsByRow(run: ModelRun): ReadonlyMap<number, string> {
  return new Map(run.log.list
    .filter((one) => one.kind === 'result' && one.subject === 'result' && one.value !== ABSENT)
    .map((one) => [one.row, `${one.value}`]));
}

/** The comparison of all runs of a trace. */
export function comparisonOf(parts: DocumentParts): Comparison {
  const { trace, runs, facts } = parts;
  const events = new Events(trace);
  const lost = lostPlaces(trace);
  const offset = facts.length > 0 ? 1 : 0;
  const { unknown, ...compared } = new Comparer(runs, facts, events, lost).compare();
  const models = runs.map((run) => modelSummary(run, trace));
  const judged = runs.map((run, index): JudgedRun => ({
    run: index + offset, summary: models[index] ?? modelSummary(run, trace),
    findings: findingsOf(run, events, parts.invariants), results: resultsByRow(run),
    log: run.log.list,
  }));
  const verdict = verdictOf({
    divergences: compared.divergences,
    runs: judged, groups: compared.groups, agreement: compared.agreement,
    ref: (row) => events.ref(row),
    name: parts.summary.name, shipped: shippedOutcomes(), facts: parts.policyFacts,
  });
  const course = courseOf({ trace, runs, facts, events, isShown: parts.isShown });
  return {
    format: COMPARISON_FORMAT,
    tool: parts.tool,
    trace: { ...parts.summary, steps: events.steps },
    runs: [
      ...(offset === 1 ? [recordedSummary(facts)] : []),
      ...models,
    ],
    policies: parts.policies,
    skipped: parts.skipped,
    groups: compared.groups,
    agreement: compared.agreement,
    ...(verdict === undefined ? {} : { verdict }),
    divergences: compared.divergences,
    refusals: refusalsOf(runs, offset, events, judged.map(({ results: byRow }) => byRow)),
    states: compared.states,
    violations: violationsOf(runs, offset, events,
      new Map([...parts.invariants].map(([id, { doc }]) => [id, doc]))),
    claims: claimResults(
      runs, offset, parts.summary.name, events, parts.invariants, parts.paced),
    losses: {
      places: lost.places, events: lost.events, unknown,
      ...(lost.places === 0 ? {} : { first: events.ref(lost.first) }),
      ...(lost.inputs === Infinity ? {} : { inputs: events.ref(lost.inputs) }),
      ...(lost.pageEvents === 0 ? {} : { pageEvents: lost.pageEvents }),
    },
    ...(course === undefined ? {} : { course }),
    replay: parts.replay,
  };
}
