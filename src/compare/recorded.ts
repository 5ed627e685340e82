/** The outcomes of a trace as one more run: what the recorded kernel answered. */
import { hex } from '../base/pfn.js';
import { parseWords, wordsText } from '../base/words.js';
import { ABSENT, type Kind, type Observation, type Scalar } from '../observe/observation.js';
import { retText } from '../observe/result_text.js';
import { withoutBoost } from '../trace/boost.js';
import { NONE, zoneNames, type Trace } from '../trace/trace.js';
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

type Fact = readonly [kind: Kind, subject: string, value: Scalar];

/** Kept of a zoneinfo row; the per-cpu limits are tuned while the machine runs. */
const zoneKeys = ['spanned', 'present', 'managed', 'min', 'low', 'high', 'protection', 'start_pfn'];

function zoneinfo(trace: Trace, row: number): Fact {
  const recorded = parseWords(trace.args(row));
  withoutBoost(recorded);
  const words = [...recorded].filter(([key]) => zoneKeys.includes(key));
  return ['state', `node ${trace.nid(row)} ${zoneNames[trace.zone(row)] ?? ''}`, wordsText(words)];
}

function memoryBlock(trace: Trace, row: number): Fact {
  const block = trace.header.block_size / trace.header.page_size;
  const words = parseWords(trace.args(row));
  const subject = `memory${Math.floor(trace.pfn(row) / block)}`;
  if (words.get('state') === 'absent') return ['state', subject, ABSENT];
  return ['state', subject, wordsText([...words].map(([key, value]) => [key, value || '-']))];
}

function zonelist(trace: Trace, row: number): Fact {
  const words = parseWords(trace.args(row));
  const zones = (words.get('zones') ?? '').replaceAll('/', ' ');
  return ['zonelists', `zonelist ${trace.nid(row)} ${words.get('kind') ?? ''}`, zones];
}

function page(trace: Trace, row: number): Fact {
  const words = parseWords(trace.args(row));
  const text = wordsText([
    ['valid', words.get('valid') ?? '1'],
    ...(trace.nid(row) === NONE ? [] : [['nid', trace.nid(row)] as const]),
    ...(trace.zone(row) === NONE ? [] : [['zone', zoneNames[trace.zone(row)] ?? ''] as const]),
    ...[...words].filter(([key]) => ['reserved', 'spans', 'online'].includes(key)),
  ]);
  return ['links', `page ${hex(trace.pfn(row))}`, text];
}

const stateFacts: Readonly<Record<string, (trace: Trace, row: number) => Fact>> = {
  zoneinfo, memory_block: memoryBlock, zonelist, page,
  node_states: (trace, row) => ['state', 'node states', trace.args(row)],
};

/** The result that an `E` row tells; undefined when it does not. */
function resultOf(trace: Trace, row: number): string | undefined {
  const words = parseWords(trace.args(row));
  const event = trace.event(row);
  const ret = trace.ret(row) === NONE ? undefined : trace.ret(row);
  if (event === 'free_reserved_page') return words.get('released');
  // The exit status of plugging a DIMM is not that of the kernel's call.
  if (event.endsWith('_memory') && words.has('ret_from')) return undefined;
  if (ret === undefined) return undefined;
  const served = words.get('served');
  return served === undefined ? retText(ret) : `${retText(ret)} ${served}`;
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
    const fact = stateFacts[trace.event(row)]?.(trace, row);
    if (fact === undefined) continue;
    const [kind, subject, value] = fact;
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
