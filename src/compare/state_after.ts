/** What was seen of one run up to an input: the state that it left, and what it came to. */
import { ABSENT, isPoint, type Observation } from '../observe/observation.js';
import { Events } from './events.js';
import { compareNatural } from './values.js';
import type { Trace } from '../trace/trace.js';

export interface StateAfter {
  /** `3 offline memory32`, with the number of the input; `boot`, `end of the trace`. */
  readonly title: string;
  /** `file:line` of the input. */
  readonly source: string;
  /** Results, faults and lines of the log of this input. */
  readonly told: readonly string[];
  readonly state: readonly string[];
  /** Invariants that are violated now, with their sentences. */
  readonly violated: readonly string[];
}

/** Kinds in the order of a dump. */
const kinds = ['state', 'zonelists', 'links', 'cost'] as const;

function told(list: readonly Observation[], row: number): readonly string[] {
  return list.filter((one) => one.row === row && isPoint(one.kind) && one.value !== ABSENT)
    .flatMap(({ kind, subject, value }) => `${value}`.split('\n').map((line) =>
      (kind === 'fault' ? `${subject}: ${line}` : kind === 'log' ? `log     ${line}`
        : `${subject.padEnd(7)} ${line}`)));
}

/** The state after the input of this row (-1: the boot); `number` of the input, from 1. */
export function stateAfter(
  trace: Trace, list: readonly Observation[], row: number, number: number | undefined,
): StateAfter {
  const now = new Map<string, Observation>();
  for (const one of list) {
    if (one.row <= row && !isPoint(one.kind)) now.set(`${one.kind} ${one.subject}`, one);
  }
  const standing = [...now.values()].filter(({ value }) => value !== ABSENT);
  const { text, source } = new Events(trace).ref(row);
  return {
    title: number === undefined ? text : `${number} ${text}`, source,
    told: told(list, row),
    state: kinds.flatMap((kind) => standing.filter((one) => one.kind === kind)
      .sort((a, b) => compareNatural(a.subject, b.subject))
      .flatMap(({ subject, value }) => (kind === 'cost' && value === 0 ? []
        : `${value}`.split('\n').map((line) => `${subject}: ${line}`)))),
    violated: standing.filter(({ kind }) => kind === 'invariant')
      .flatMap(({ subject, value }) => `${value}`.split('\n').map((line) => `${subject} ${line}`)),
  };
}
