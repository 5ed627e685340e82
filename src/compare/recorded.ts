/** The outcomes of a trace as one more run: what the recorded kernel answered. */
import { hex } from '../base/pfn.js';
import { wordsText } from '../base/words.js';
import { ABSENT, type Kind, type Observation, type Scalar } from '../observe/observation.js';
import { retText } from '../observe/result_text.js';
import type { RecordedFact as RowFact } from '../observe/facts/fact.js';
import type { Trace } from '../trace/trace.js';
import { recordedResult } from './facts/results.js';
import { factsOfRow } from './facts/rows.js';
import { recordedFaults } from './recorded_faults.js';
import { BOOT_ROW } from './rows.js';

/** What `recorded` needs to know of the table of events and of the model. */
export interface RecordedOptions {
  isInput(row: number): boolean;
  /** The `B` row of the call that ends in row `E`; undefined: none. */
  beginOf(row: number): number | undefined;
  /**
   * The row that state recorded in `row` belongs to, when `input` is the last input before it: that
   * one, or a later row up to which a call went on that was interrupted.
   */
  settledAt(row: number, input: number): number;
  /** Called by another call by itself: its result is not one of an input. */
  isAuto(row: number): boolean;
  /** Functions that the model has: faults in others are not facts for it. */
  readonly functions: ReadonlySet<string>;
}

/** What was recorded, for the row that it belongs to. */
export interface RecordedFact extends Observation {
  /** The row that says it. */
  readonly seen: number;
}

type Seen = readonly [kind: Kind, subject: string, value: Scalar];

/** Kept of a zoneinfo row; the per-cpu limits are tuned while the machine runs. */
const zoneFields = new Set(
  ['spanned', 'present', 'managed', 'min', 'low', 'high', 'protection', 'start_pfn']);
/** Kept of a page row: buddy and the migratetype change with every allocation. */
const pageFields = new Set(['valid', 'node', 'zone', 'reserved', 'spans', 'online']);

/** Fields as the words of one value, where a probe has such words. */
function words(facts: readonly RowFact[], text: (fact: RowFact) => string): string {
  return wordsText(facts.map((fact) => [fact.field === 'node' ? 'nid' : fact.field, text(fact)]));
}

const plain = ({ value }: RowFact): string => `${value}`;

/** What a row says of the state, as a probe would say it; undefined: no probe does. */
function seenIn(facts: readonly RowFact[]): Seen | undefined {
  const [first] = facts;
  if (first === undefined) return undefined;
  const { subject, value } = first;
  const keep = (fields: ReadonlySet<string>) => facts.filter(({ field }) => fields.has(field));
  switch (subject.kind) {
    case 'zone': {
      const text = words(keep(zoneFields), (one) =>
        (one.field === 'start_pfn' ? hex(Number(one.value)) : plain(one)));
      return ['state', `node ${subject.nid} ${subject.zone}`, text];
    }
    case 'memory_block': {
      const gone = facts.some((one) => one.field === 'state' && one.value === ABSENT);
      const text = words(facts, (one) => plain(one) || '-');
      return ['state', `memory${subject.id}`, gone ? ABSENT : text];
    }
    case 'node_states': return ['state', 'node states', words(facts, plain)];
    case 'zonelist':
      return ['zonelists', `zonelist ${subject.nid} ${subject.list}`,
        `${value}`.replaceAll('/', ' ')];
    case 'page': return ['links', `page ${hex(subject.pfn)}`, words(keep(pageFields), plain)];
    default: return undefined;
  }
}

/** The result that an `E` row tells; undefined when it does not. */
function resultOf(trace: Trace, row: number): string | undefined {
  const result = recordedResult(trace, row);
  if (result.released !== undefined) return result.released;
  if (result.ret === undefined || result.why !== undefined) return undefined;
  const ret = retText(result.ret);
  return result.served === undefined ? ret : `${ret} ${result.served}`;
}

/** The `page` rows' pfns: what a probe has to watch for them. */
export function watchedPages(trace: Trace): number[] {
  const pfns = new Set<number>();
  for (let row = 0; row < trace.length; row += 1) {
    if (trace.event(row) === 'page') pfns.add(trace.pfn(row));
  }
  return [...pfns].sort((a, b) => a - b);
}

/** Facts in order of rows; state facts belong to the input before them. */
export function recordedFacts(trace: Trace, options: RecordedOptions): readonly RecordedFact[] {
  const facts: RecordedFact[] = [];
  const faults = recordedFaults(trace, options.functions);
  const died = new Map<number, { readonly value: string; readonly seen: number }>();
  let input = BOOT_ROW;
  let snapshot = BOOT_ROW;
  for (let row = 0; row < trace.length; row += 1) {
    if (options.isInput(row)) {
      if (trace.phase(row) === 'E') {
        const begin = options.beginOf(row);
        const value = resultOf(trace, row);
        if (begin !== undefined && value !== undefined && !options.isAuto(begin)) {
          facts.push({ row: begin, kind: 'result', subject: 'result', value, seen: row });
        }
      } else if (!options.isAuto(row)) {
        input = row;
      }
      continue;
    }
    if (trace.event(row) === 'snapshot') snapshot = row;
    const fault = faults.get(row);
    if (fault !== undefined) {
      const { subject, text: value, fatal } = fault;
      facts.push({ row: input, kind: 'fault', subject, value, seen: row });
      if (fatal) died.set(input, { value: subject, seen: row });
    }
    const seen = seenIn(factsOfRow(trace, row));
    if (seen === undefined) continue;
    const [kind, subject, value] = seen;
    const settled = options.settledAt(snapshot > input ? snapshot : row, input);
    facts.push({ row: settled, kind, subject, value, seen: row });
  }
  const results = facts.filter((fact) => fact.kind !== 'result' || !died.has(fact.row));
  for (const [row, fault] of died) {
    results.push({ row, kind: 'result', subject: 'result', ...fault });
  }
  return results.map((fact, index) => ({ fact, index }))
    .sort((a, b) => a.fact.row - b.fact.row || a.index - b.index)
    .map(({ fact }) => fact);
}
