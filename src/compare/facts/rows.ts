/**
 * A row of a recording as typed facts: the one place where what a row says becomes a subject, a
 * field and a value. `verify` holds them against the model, a comparison makes its run `recorded`
 * of them.
 */
import { onceFor } from '../../base/once.js';
import { ABSENT } from '../../observe/observation.js';
import type { FactValue, RecordedFact, Subject } from '../../observe/facts/fact.js';
import { withoutBoost } from '../../trace/boost.js';
import type { EventName } from '../../trace/events.js';
import { wordsIn } from '../../trace/row_words.js';
import { zoneNames, type Trace, type TraceRow } from '../../trace/trace.js';

/** `0/DMA` of a row; a zone that it does not name is DMA. */
function zoneOf(row: TraceRow): { readonly nid: number; readonly zone: string } {
  return { nid: row.nid ?? 0, zone: row.zone ?? zoneNames[0] ?? '' };
}

function factsOf(subject: Subject, words: object): RecordedFact[] {
  return Object.entries(words as Readonly<Record<string, FactValue>>)
    .map(([field, value]) => ({ subject, field, value }));
}

function zoneinfo(row: TraceRow): RecordedFact[] {
  const words = withoutBoost(wordsIn('zoneinfo', row.args));
  return factsOf({ kind: 'zone', ...zoneOf(row) }, words);
}

/** Id of the block of a row, from its first pfn and its size in pages. */
function memoryBlock(row: TraceRow): RecordedFact[] {
  const subject: Subject =
    { kind: 'memory_block', id: Math.floor((row.pfn ?? 0) / (row.nr_pages ?? 1)) };
  return factsOf(subject, wordsIn('memory_block', row.args));
}

function nodeStates(row: TraceRow): RecordedFact[] {
  return factsOf({ kind: 'node_states' }, wordsIn('node_states', row.args));
}

function zonelist(row: TraceRow): RecordedFact[] {
  const { kind, zones = '' } = wordsIn('zonelist', row.args);
  const list = kind === 'nofallback' ? 'nofallback' : 'fallback';
  const subject: Subject = { kind: 'zonelist', nid: row.nid ?? 0, list };
  return [{ subject, field: 'zones', value: zones }];
}

/** Node and zone that a struct page links to, its flags, and what the kernel makes of them. */
function page(row: TraceRow): RecordedFact[] {
  const words = wordsIn('page', row.args);
  const subject: Subject = { kind: 'page', pfn: row.pfn ?? 0 };
  const fact = (field: string, value: FactValue): RecordedFact => ({ subject, field, value });
  const { valid = 1 } = words;
  if (valid === 0) return [fact('valid', 0)];
  const flags = (['reserved', 'buddy', 'spans', 'online'] as const).flatMap((field) => {
    const value = words[field];
    return value === undefined ? [] : [fact(field, value)];
  });
  return [
    fact('valid', valid), ...(row.nid === undefined ? [] : [fact('node', row.nid)]),
    ...(row.zone === undefined ? [] : [fact('zone', row.zone)]), ...flags,
  ];
}

function pcp(row: TraceRow): RecordedFact[] {
  const words = wordsIn('pcp', row.args);
  const subject: Subject = { kind: 'pcp', ...zoneOf(row), cpu: row.cpu ?? 0 };
  return (['high', 'batch'] as const).map((field) =>
    ({ subject, field, value: words[field] ?? '' }));
}

function pluggedSize(row: TraceRow): RecordedFact[] {
  const { device = '' } = wordsIn('virtio_mem_plugged_size', row.args);
  const subject: Subject = { kind: 'virtio_mem', device };
  return [{ subject, field: 'plugged', value: row.nr_pages ?? ABSENT }];
}

function hugePages(row: TraceRow): RecordedFact[] {
  const { surplus = 0 } = wordsIn('hugetlb_pool', row.args);
  const subject: Subject =
    { kind: 'huge_pages', ...(row.nid === undefined ? {} : { nid: row.nid }) };
  return [
    { subject, field: 'total', value: row.nr_pages ?? 0 },
    { subject, field: 'surplus', value: surplus },
  ];
}

const readers: { readonly [E in EventName]?: (row: TraceRow) => RecordedFact[] } = {
  zoneinfo, memory_block: memoryBlock, node_states: nodeStates, zonelist, page, pcp,
  virtio_mem_plugged_size: pluggedSize, hugetlb_pool: hugePages,
};

/** Does a row of this event tell of the state of the machine? */
export function tellsState(event: EventName): boolean {
  return readers[event] !== undefined;
}

/** What the row says of the machine's state; nothing for a row of another kind. */
export function factsOfRow(trace: Trace, row: number): readonly RecordedFact[] {
  const read = readers[trace.event(row)];
  if (read === undefined) return none;
  const known = factsByRow(trace);
  const found = known.get(row) ?? read(trace.row(row));
  known.set(row, found);
  return found;
}

const none: readonly RecordedFact[] = [];

/** Every run of a trace is held against the same facts. */
const factsByRow = onceFor((_trace: Trace) => new Map<number, readonly RecordedFact[]>());
