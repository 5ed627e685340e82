/** Rows of a trace in words. */
import { positionText } from '../base/errors.js';
import { hex } from '../base/pfn.js';
import { BOOT_ROW } from './rows.js';
import { NONE, zoneNames, type Trace } from '../trace/trace.js';
import type { EventRef } from './document_parts.js';
import { rowWords } from '../trace/row_words.js';

const blockEvents = new Set(['online', 'online_kernel', 'online_movable', 'offline',
  'read_valid_zones']);

function rangeText(trace: Trace, row: number): string {
  const pfn = trace.pfn(row);
  if (Number.isNaN(pfn)) return '';
  const block = trace.header.block_size / trace.header.page_size;
  if (blockEvents.has(trace.event(row))) return ` memory${Math.floor(pfn / block)}`;
  const pages = trace.nr_pages(row);
  return Number.isNaN(pages) ? ` ${hex(pfn)}` : ` ${hex(pfn)}-${hex(pfn + pages - 1)}`;
}

/** `add_memory 0x100000-0x107fff node 1`, `alloc_pages 100 of GFP_KERNEL node 1`. */
function inputText(trace: Trace, row: number): string {
  const event = trace.event(row);
  const nid = trace.nid(row) === NONE ? '' : ` node ${trace.nid(row)}`;
  const zone = trace.zone(row) === NONE ? '' : ` ${zoneNames[trace.zone(row)] ?? ''}`;
  if (event === 'alloc_pages') {
    return `${event} ${trace.nr_pages(row)} of ${rowWords(trace, row, event).gfp ?? ''}${nid}`;
  }
  if (event === 'notifier_error') {
    const ret = trace.ret(row) === NONE ? 0 : trace.ret(row);
    return `${event} ${rowWords(trace, row, event).action ?? ''} ${ret}`;
  }
  if (event === 'adjust_managed_page_count') {
    return `${event} ${trace.nr_pages(row)}${nid}${zone}`;
  }
  const { cpu } = rowWords(trace, row, 'cpu_online');
  const about = cpu === undefined ? '' : ` CPU ${cpu}`;
  return `${event}${rangeText(trace, row)}${nid}${zone}${about}`;
}

/** Makes references to rows; knows the steps that marks begin. */
export class Events {
  readonly #trace: Trace;
  readonly #steps: { readonly row: number; readonly step: string }[] = [];

  constructor(trace: Trace) {
    this.#trace = trace;
    for (let row = 0; row < trace.length; row += 1) {
      if (trace.event(row) !== 'tracing_mark_write') continue;
      const step = /^step \d+/.exec(trace.args(row))?.[0];
      if (step !== undefined) this.#steps.push({ row, step });
    }
  }

  get steps(): number {
    return this.#steps.length;
  }

  /** Rows at which the steps begin, in order. */
  get marks(): readonly number[] {
    return this.#steps.map(({ row }) => row);
  }

  /** What the trace says of a step's mark; step 0 is the boot. */
  stepText(step: number): string {
    const mark = this.#steps[step - 1];
    return mark === undefined ? 'boot' : this.#trace.args(mark.row);
  }

  ref(row: number): EventRef {
    const trace = this.#trace;
    const step = this.#steps.findLast((one) => one.row <= row)?.step;
    const inside = row > BOOT_ROW && row < trace.length;
    const near = Math.min(Math.max(row, 0), trace.length - 1);
    return {
      row,
      time_ns: trace.length === 0 || row <= BOOT_ROW ? 0 : trace.time_ns(near),
      task: inside ? trace.task(row) : '',
      text: inside ? inputText(trace, row) : row <= BOOT_ROW ? 'boot' : 'end of the trace',
      source: trace.length === 0 ? '' : positionText(trace.where(near)),
      ...(step === undefined ? {} : { step }),
    };
  }
}
