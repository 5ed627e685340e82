/**
 * Ranges that alloc_contig_range() did not get: what user space and the kernel had put there is
 * decided by their load, so it is taken from the recording.
 */
import { hex } from '../../../base/pfn.js';
import type { TraceRow } from '../../trace.js';
import { kernelNumber } from '../numbers.js';
import { does } from '../../since.js';

export interface BusyRange {
  /** When the call failed. */
  readonly time_ns: number;
  readonly row: Omit<TraceRow, 'time_ns'>;
}

/** A call of start_isolate_page_range() for memory that was to go offline, which refused it. */
export interface RefusedRange {
  readonly time_ns: number;
  readonly pfn: number;
  readonly end_pfn: number;
  /** Drains of per-cpu lists meanwhile: to v5.10 one for each pageblock that was isolated. */
  readonly drains: number;
}

/** Events that tell of such calls. */
export const busyNeedles: readonly string[] = [
  ' alloc_contig_range: ', ' alloc_contig_range_ret: ', ' start_isolate_page_range: ',
  ' start_isolate_page_range_ret: ', ' undo_isolate_page_range: ', ' test_pages_isolated: ',
  ' drain_all_pages: ',
];

interface Seen {
  readonly time_ns: number;
  readonly needle: string;
  readonly line: string;
}

function word(line: string, name: string): number | undefined {
  const text = new RegExp(` ${name}=(\\S+)`).exec(line)?.[1];
  return text === undefined ? undefined : kernelNumber(text);
}

/** Is it an error? An int that a kretprobe fetched as unsigned is one above the largest int. */
function failed(line: string): boolean {
  const ret = word(line, 'ret') ?? 0;
  return ret < 0 || ret > 0x7fffffff;
}

/** `kworker/0:1-17`. */
function taskOf(line: string): string {
  return /^\s*(.*?-\d+)\s+(?:\(|\[)/.exec(line)?.[1] ?? '';
}

/** What one task has come to in its call. */
interface Call {
  readonly pfn: number;
  readonly nr_pages: number;
  stage: string;
  fin_pfn: number | undefined;
  /** start_isolate_page_range() has returned: what is undone from now on is not its own doing. */
  isolated: boolean;
}

export class BusyScan {
  readonly #seen: Seen[] = [];

  add(line: string, needle: string, time_ns: number): void {
    this.#seen.push({ time_ns, needle, line });
  }

  /** The needles were looked for one after the other. */
  #byTime(): Seen[] {
    return [...this.#seen].sort((a, b) => a.time_ns - b.time_ns);
  }

  /** In order; each is what the kernel dumps an unmovable page for. */
  refused(): readonly RefusedRange[] {
    const found: RefusedRange[] = [];
    const contig = new Set<string>();
    const entered = new Map<string, string>();
    const drains = new Map<string, number>();
    for (const { line, needle, time_ns } of this.#byTime()) {
      const task = taskOf(line);
      if (needle === ' alloc_contig_range: ') contig.add(task);
      else if (needle === ' alloc_contig_range_ret: ') contig.delete(task);
      else if (needle === ' drain_all_pages: ') drains.set(task, (drains.get(task) ?? 0) + 1);
      else if (needle === ' start_isolate_page_range: ') {
        entered.set(task, line);
        drains.set(task, 0);
      }
      const begun = entered.get(task);
      if (needle !== ' start_isolate_page_range_ret: ' || begun === undefined) continue;
      entered.delete(task);
      if (contig.has(task) || !failed(line)) continue;
      const [pfn, end_pfn] = [word(begun, 'start_pfn'), word(begun, 'end_pfn')];
      if (pfn !== undefined && end_pfn !== undefined) {
        found.push({ time_ns, pfn, end_pfn, drains: drains.get(task) ?? 0 });
      }
    }
    return found;
  }

  ranges(): readonly BusyRange[] {
    const calls = new Map<string, Call>();
    const found: BusyRange[] = [];
    for (const seen of this.#byTime()) {
      const { line, needle, time_ns } = seen;
      const task = taskOf(line);
      const call = calls.get(task);
      if (needle === ' alloc_contig_range: ') {
        const pfn = word(line, 'start_pfn') ?? 0;
        const nr_pages = (word(line, 'end_pfn') ?? pfn) - pfn;
        calls.set(task, { pfn, nr_pages, stage: 'migrate', fin_pfn: undefined, isolated: false });
      } else if (call !== undefined && needle === ' alloc_contig_range_ret: ') {
        calls.delete(task);
        const ret = word(line, 'ret') ?? 0;
        if (ret !== 0) found.push({ time_ns, row: busyRow(call, ret) });
      } else if (call !== undefined) this.#note(call, line, needle);
    }
    return found;
  }

  #note(call: Call, line: string, needle: string): void {
    if (needle === ' start_isolate_page_range_ret: ') {
      call.isolated = true;
      if (failed(line)) call.stage = 'isolate';
    } else if (needle === ' undo_isolate_page_range: ') {
      // It undoes what it had isolated up to the pageblock that it cannot isolate.
      if (!call.isolated) call.fin_pfn = word(line, 'end_pfn');
    } else if (/ ret=fail/.test(line)) {
      call.stage = 'test';
      call.fin_pfn = word(line, 'fin_pfn');
    }
  }
}

function busyRow({ pfn, nr_pages, stage, fin_pfn }: Call, ret: number): BusyRange['row'] {
  const fin = fin_pfn === undefined ? '' : ` fin_pfn=${hex(fin_pfn)}`;
  // An int that a kretprobe fetched as unsigned.
  const signed = ret > 0x7fffffff ? ret - 2 ** 32 : ret;
  return { event: 'busy_range', pfn, nr_pages, ret: signed, args: `stage=${stage}${fin}` };
}

/** x86-64 with huge pages. */
const PAGEBLOCK_PAGES = 512;

/** Before isolation dumped the page that it met: it lies in the pageblock that was next. */
export function undumpedPages(
  refused: readonly RefusedRange[], kernel: string,
): readonly number[] {
  if (does('isolation_dumps', kernel)) return [];
  return refused.map(({ pfn, drains }) => pfn + drains * PAGEBLOCK_PAGES);
}
