/** What was found wrong in one run: faults and broken invariants, gravest first. */
import { byHarm, harmOfFault, type Harm } from '../../observe/harm.js';
import { ABSENT } from '../../observe/observation.js';
import type { Events } from '../events.js';
import type { ModelRun } from '../run.js';
import type { EventRef } from '../document_parts.js';

export interface Finding {
  readonly harm: Harm;
  /** Equal ids in two runs are the same thing: `oops in find_next_best_node`, `Z1`. */
  readonly id: string;
  /** What the id says, in a few words; absent of ids that are words themselves. */
  readonly broken?: string;
  /** What happened, where it was worst, with numbers and units. */
  readonly text: string;
  /** The size at its worst, in what the text counts; 0 when it has none. */
  readonly amount: number;
  /** When it happened first. */
  readonly from: EventRef;
  /** How often it began. */
  readonly times: number;
  /** It is so still when the trace ends. */
  readonly lasts: boolean;
  /** What is said of it then, where that is another text. */
  readonly last?: string;
}

/** What an invariant says and does: part of the registry that findings need. */
export interface InvariantNote {
  readonly doc: string;
  /** What is wrong when it does not hold, in a few words. */
  readonly broken?: string | undefined;
  readonly harm: Harm;
}

interface Seen {
  readonly row: number;
  readonly text: string;
  times: number;
  open: boolean;
  last: string;
}

/** Subjects of one kind, with when each began and how often. */
function seenOf(run: ModelRun, kind: 'fault' | 'invariant'): ReadonlyMap<string, Seen> {
  const found = new Map<string, Seen>();
  for (const one of run.log.list) {
    if (one.kind !== kind) continue;
    const seen = found.get(one.subject);
    const open = one.value !== ABSENT;
    if (seen === undefined) {
      if (open) found.set(one.subject, { row: one.row, text: `${one.value}`, times: 1, open,
        last: `${one.value}` });
      continue;
    }
    if (open && (kind === 'fault' || !seen.open)) seen.times += 1;
    seen.open = open;
    seen.last = `${one.value}`;
  }
  return found;
}

/** `hang in offline_pages` in words. */
function faultText(subject: string, text: string): string {
  const named = subject.replace(/^hang in (\S+)/, '$1() never returns')
    .replace(/^(oops|BUG|warning) in (\S+)/, '$1 in $2()');
  return `${named}: ${text}`;
}

function faults(run: ModelRun, events: Events): Finding[] {
  return [...seenOf(run, 'fault')].map(([subject, seen]): Finding => {
    const harm = harmOfFault[subject.split(' ')[0] ?? ''] ?? 'warning';
    return {
      harm: run.deadAtBoot === undefined || harm === 'warning' ? harm : 'dead',
      id: subject, text: faultText(subject, seen.text), amount: 0,
      from: events.ref(seen.row), times: seen.times, lasts: harm === 'loop',
    };
  });
}

function invariants(
  run: ModelRun, events: Events, notes: ReadonlyMap<string, InvariantNote>,
): Finding[] {
  return [...seenOf(run, 'invariant')].map(([id, seen]): Finding => {
    const worst = run.worst.get(id);
    const text = worst?.text ?? seen.text.split('\n')[0] ?? '';
    const last = seen.last.split('\n')[0] ?? '';
    const { harm = 'wrong', broken } = notes.get(id) ?? {};
    return {
      harm, id, ...(broken === undefined ? {} : { broken }),
      text, amount: worst?.amount ?? 0,
      from: events.ref(seen.row), times: seen.times, lasts: seen.open,
      ...(seen.open && last !== text ? { last } : {}),
    };
  });
}

/** Whatever the machine did: it came up like this. */
function isFromBoot({ from }: Finding): number {
  return from.row < 0 ? 1 : 0;
}

/**
 * All findings of a run, the gravest first; then what the steps of the trace led to before what the
 * boot did, then in order of time. A loop that stands as a fault is not told again as the invariant
 * that forbids loops.
 */
export function findingsOf(
  run: ModelRun, events: Events, notes: ReadonlyMap<string, InvariantNote>,
): readonly Finding[] {
  const seen = faults(run, events);
  const loops = seen.some((one) => one.harm === 'loop');
  const broken = invariants(run, events, notes)
    .filter((one) => !(one.harm === 'loop' && loops));
  return [...seen, ...broken].sort((a, b) =>
    byHarm(a.harm, b.harm) || isFromBoot(a) - isFromBoot(b) || a.from.row - b.from.row ||
    (a.id < b.id ? -1 : 1));
}
