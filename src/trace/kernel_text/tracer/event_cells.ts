/** The text after `EVENT: ` of a tracepoint or kprobe event, as columns of a row. */
import { own } from '../../../base/own.js';
import { PAGE_SIZE, pfnDown } from '../../../base/pfn.js';
import type { EventName } from '../../events.js';
import { eventType } from '../../events.js';
import type { TraceRow } from '../../trace.js';
import { kernelNumber } from '../numbers.js';
import { isZoneName } from '../snapshot/zoneinfo.js';

type Cells = { -readonly [K in keyof TraceRow]?: TraceRow[K] };

export interface EventCells {
  readonly event: EventName;
  readonly cells: Cells;
  /** memory_notify: the action's number, named once the numbering is known. */
  readonly action?: number;
  /** What is wrong with the text, when something is. */
  readonly problem?: string;
}

/** `key=value` words; kprobe arguments have no spaces in them. */
const word = /\b([A-Za-z_]\w*)=(\S+)/g;

/** Keys whose value is a column as it stands. */
const columnOf: Readonly<Record<string, 'nid' | 'pfn' | 'nr_pages' | 'order' | 'migratetype'>> = {
  nid: 'nid', node: 'nid', zone_nid: 'nid', pfn: 'pfn', start_pfn: 'pfn',
  nr_pages: 'nr_pages', order: 'order',
  alloc_order: 'order', migratetype: 'migratetype', alloc_migratetype: 'migratetype',
};
const results: Readonly<Record<string, number>> = { success: 0, fail: -16 };

class CellReader {
  readonly cells: Cells = {};
  readonly others: string[] = [];
  action: number | undefined;
  problem: string | undefined;
  #end: number | undefined;
  #noPage = false;
  /** Bytes as they stand: `start`, `size` and `arg3` of a function that removes memory. */
  readonly #removal = new Map<string, number>();

  read(key: string, value: string): void {
    const column = own(columnOf, key);
    if (column !== undefined) this.#number(key, value, (n) => { this.cells[column] = n; });
    else if (key === 'end_pfn') this.#number(key, value, (n) => { this.#end = n; });
    else if (key === 'start') this.#bytes(key, value, 'pfn');
    else if (key === 'size') this.#bytes(key, value, 'nr_pages');
    else if (key === 'arg3') this.#bytes(key, value);
    else if (key === 'end') this.#number(key, value, (n) => { this.#end = pfnDown(n + 1); });
    else if (key === 'zone') this.#zone(value);
    else if (key === 'ret') this.#result(value);
    else if (key === 'action') this.#number(key, value, (n) => { this.action = n; });
    else if (key === 'page') this.#noPage = value === '(null)' || /^(0x)?0+$/.test(value);
    else this.others.push(`${key}=${value}`);
  }

  finish(): void {
    const { cells } = this;
    if (this.#end !== undefined && cells.pfn !== undefined) cells.nr_pages = this.#end - cells.pfn;
    if (this.#noPage && cells.pfn === 0) delete cells.pfn;
    this.#skipNode();
  }

  /** Up to v5.14 these functions have a node before the range; no range starts in page 0. */
  #skipNode(): void {
    const [start, size, third] = ['start', 'size', 'arg3'].map((key) => this.#removal.get(key));
    if (start === undefined || size === undefined || third === undefined) return;
    if (start >= PAGE_SIZE) return;
    this.cells.pfn = pfnDown(size);
    this.cells.nr_pages = pfnDown(third);
  }

  #bytes(key: string, value: string, column?: 'pfn' | 'nr_pages'): void {
    this.#number(key, value, (n) => {
      this.#removal.set(key, n);
      if (column !== undefined) this.cells[column] = pfnDown(n);
    });
  }

  /** A name in quotes, as a kprobe prints a string. */
  #zone(value: string): void {
    const name = value.replace(/"/g, '');
    if (isZoneName(name)) this.cells.zone = name;
    else this.others.push(`zone=${name}`);
  }

  #result(value: string): void {
    const named = own(results, value);
    if (named !== undefined) this.cells.ret = named;
    // An int that a kretprobe fetched as unsigned: 0xffffffea.
    else this.#number('ret', value, (n) => {
      this.cells.ret = n > 0x7fffffff && n <= 0xffffffff ? n - 2 ** 32 : n;
    });
  }

  #number(key: string, value: string, take: (n: number) => void): void {
    const number = kernelNumber(value);
    if (number !== undefined) take(number);
    else this.problem ??= `${key} is "${value}", expected a decimal or 0x-hex number`;
  }
}

/** Without the addresses in parentheses that kprobe events begin with. */
function withoutAddress(rest: string): { text: string; isCall: boolean } {
  if (!rest.startsWith('(')) return { text: rest, isCall: false };
  const end = rest.indexOf(')');
  return end < 0 ? { text: '', isCall: true } : { text: rest.slice(end + 1), isCall: true };
}

/** Arguments by place, as a probe has them that nobody gave names: `arg1`. The same since v4.13. */
const argumentNames: Readonly<Record<string, readonly string[]>> = {
  offline_pages: ['start_pfn', 'nr_pages'], online_pages: ['pfn', 'nr_pages'],
  start_isolate_page_range: ['start_pfn', 'end_pfn'],
  undo_isolate_page_range: ['start_pfn', 'end_pfn'],
  test_pages_isolated: ['start_pfn', 'end_pfn'],
  alloc_contig_range: ['start_pfn', 'end_pfn'],
  arch_add_memory: ['nid', 'start', 'size'],
};

function keyOf(key: string, base: string, phase: 'B' | 'E'): string {
  const place = /^arg([1-6])$/.exec(key)?.[1];
  if (place === undefined) return key;
  if (phase === 'E') return place === '1' ? 'ret' : key;
  return own(argumentNames, base)?.[Number(place) - 1] ?? key;
}

function read(text: string, base: string, phase: 'B' | 'E'): CellReader {
  const reader = new CellReader();
  for (const [, key = '', value = ''] of text.matchAll(word)) {
    reader.read(keyOf(key, base, phase), value);
  }
  reader.finish();
  return reader;
}

function isRecorded(name: string): name is EventName {
  const role = eventType(name)?.role;
  return role === 'outcome' || name === 'mm_page_alloc' || name === 'mm_page_free';
}

/** Row type and phase of an event name: NAME_ret is the return of NAME. */
function resolve(name: string, isCall: boolean): { base: string; phase: 'B' | 'E' } {
  const base = isCall && name.endsWith('_ret') ? name.slice(0, -4) : name;
  return { base, phase: base === name ? 'B' : 'E' };
}

function needs(event: EventName): readonly ('pfn' | 'order')[] {
  if (event === 'mm_page_free') return ['pfn', 'order'];
  if (event === 'mm_page_alloc') return ['order'];
  return event.startsWith('mm_page_') ? ['pfn'] : [];
}

function typed(event: EventName, phase: 'B' | 'E', reader: CellReader): EventCells {
  const { cells } = reader;
  const uses = eventType(event)?.uses ?? [];
  if (uses.includes('phase')) cells.phase = phase;
  if (reader.others.length > 0) cells.args = reader.others.join(' ');
  const missing = needs(event).find((column) => cells[column] === undefined);
  const problem = reader.problem
    ?? (missing === undefined ? undefined : `the line is cut: ${event} has no ${missing}=`);
  return {
    event, cells, ...(reader.action === undefined ? {} : { action: reader.action }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function functionCall(base: string, phase: 'B' | 'E', reader: CellReader): EventCells {
  const { cells, others } = reader;
  const { ret, ...columns } = cells;
  const words = Object.entries(columns).map(([key, value]) => `${key}=${value}`);
  const args = [`fn=${base}`, ...words, ...others].join(' ');
  return {
    event: 'function_call', cells: { phase, args, ...(ret === undefined ? {} : { ret }) },
    ...(reader.problem === undefined ? {} : { problem: reader.problem }),
  };
}

/**
 * The row of an event that was traced, without time, CPU and task; undefined for a tracepoint
 * that the table of events does not have (a function gets a function_call row).
 */
export function eventCells(name: string, rest: string): EventCells | undefined {
  const { text, isCall } = withoutAddress(rest);
  const { base, phase } = resolve(name, isCall);
  if (isRecorded(base)) return typed(base, phase, read(text, base, phase));
  return isCall ? functionCall(base, phase, read(text, base, phase)) : undefined;
}
