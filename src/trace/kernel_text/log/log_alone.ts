/**
 * A kernel log without a tracer's text: the boot, and of what came after it the calls whose range
 * the log names. What else it tells of memory hotplug is counted, and said.
 */
import { bootOnlineType } from './boot_param.js';
import type { TraceRow } from '../../trace.js';
import { virtioMemRows } from '../recording/virtio_mem.js';
import { bootEnd } from './boot_end.js';
import type { Dmesg } from './dmesg.js';
import { keepsRange } from '../../dumped_reasons.js';
import { EEXIST, hotplugLine, type HotplugCall, type HotplugLine } from './hotplug_lines.js';
import type { LogLine, LogProblem } from './log_lines.js';
import type { DmesgRow } from './dmesg_facts.js';
import { wordsIn } from '../../row_words.js';

export interface LogAlone {
  readonly rows: readonly DmesgRow[];
  readonly notes: readonly LogProblem[];
  /** Lines behind the boot that nothing was made of, by kind. */
  readonly unused: ReadonlyMap<string, number>;
  /** Lines that are counted there, or became inputs. */
  readonly told: ReadonlySet<number>;
}

/** Who calls what the log names. */
const TASK = 'log';

type Bytes = Pick<HotplugCall, 'start' | 'end'>;

const crash = /^(?:(?:kernel )?BUG: |kernel BUG at |Oops: |general protection fault)/;

class AfterBoot {
  readonly rows: DmesgRow[] = [];
  readonly unused = new Map<string, number>();
  readonly notes: LogProblem[] = [];
  readonly #told: HotplugLine[] = [];
  readonly #dmesg: Dmesg;
  readonly #memory: Bytes[];
  /** What is online for all the log tells: of memory that came later, only what goes by itself. */
  readonly #online: Bytes[];
  readonly #onlinesItself: boolean;
  #replayed = 0;
  /** Of what was not replayed: the ranges that the log names. */
  readonly #ranges: string[] = [];
  #lastCall = 0;

  constructor(dmesg: Dmesg) {
    this.#dmesg = dmesg;
    this.#memory = usable(dmesg.rows);
    this.#online = [...this.#memory];
    this.#onlinesItself = bootOnlineType(commandLine(dmesg))?.startsWith('online') === true;
  }

  read({ text, time_ns, line }: LogLine): void {
    const told = hotplugLine(text, time_ns, line);
    if (told === undefined || (told.isOfDevice === true && this.#memory.length > 0)) return;
    this.#told.push(told);
    const count = (): unknown =>
      this.unused.set(`log:${told.kind.replaceAll(' ', '-')}`, 1 +
        (this.unused.get(`log:${told.kind.replaceAll(' ', '-')}`) ?? 0));
    if (told.call !== undefined && this.#replay(told, told.call)) return;
    count();
    if (told.range !== undefined) this.#ranges.push(`${told.kind} ${told.range}`);
  }

  /** Rows of the call; false: the log does not tell enough of it. */
  #replay({ time_ns, line }: HotplugLine, call: HotplugCall): boolean {
    const has = (one: Bytes): boolean => one.start <= call.start && call.end <= one.end;
    const isThere = this.#memory.some(has);
    // An unaligned range is refused before anybody asks what memory is there.
    if (this.#memory.length === 0) return false;
    // How memory that came later went online no line of a log tells.
    if (call.isNew !== true && !this.#online.some(has)) return false;
    if (call.isNew === true && isThere && call.ret === undefined) return false;
    // Else a device is in the way, of which the log of memory knows nothing.
    if (call.ret === EEXIST && !this.#memory.some(
      (one) => one.start < call.end && call.start < one.end)) return false;
    const page = call.isRefused === true ? this.#dumped(call, line) : undefined;
    if (call.isRefused === true && page === undefined) return false;
    if (page !== undefined) this.rows.push({ ...page, row: { ...page.row, time_ns } });
    const { event, pfn = 0, nr_pages = 0, ret } = call;
    const where = { event, pfn, nr_pages, ...(event === 'add_memory' ? this.#node(call) : {}) };
    const row = { time_ns, task: TASK, ...where };
    // When it came the log does not tell: whoever waits for it waits no longer.
    if (call.isSignalled === true) {
      this.rows.push({ row: { time_ns, event: 'signal', args: `task=${TASK} from=ret` }, line });
    }
    this.rows.push({ row: { ...row, phase: 'B' }, line });
    const result = ret ?? (call.isNew === true ? 0 : undefined);
    this.rows.push({
      row: { ...row, phase: 'E', ...(result === undefined ? {} : { ret: result }) }, line,
    });
    if (call.isNew === true && result === 0) {
      this.#memory.push(call);
      if (this.#onlinesItself) this.#online.push(call);
    }
    this.#lastCall = line;
    this.#replayed += 1;
    return true;
  }

  /** The page in the way: the last one that was dumped before the call came back. */
  #dumped({ pfn = 0, nr_pages = 0 }: HotplugCall, line: number): DmesgRow | undefined {
    return this.#dmesg.dumped.filter((one) => one.line < line && one.line > this.#lastCall
      && keepsRange(wordsIn('unmovable_page', one.row.args).reason)
      && (one.row.pfn ?? NaN) >= pfn && (one.row.pfn ?? NaN) < pfn + nr_pages).at(-1);
  }

  /** The node that the firmware gives the range. */
  #node({ start, end }: HotplugCall): { nid: number } {
    const window = this.#dmesg.rows.find(({ row }) => {
      if (row.event !== 'srat_mem') return false;
      const [from, to] = bytesOf(row);
      return from <= start && end <= to;
    });
    return { nid: window?.row.nid ?? 0 };
  }

  /** Lines that are counted by what they tell of. */
  get lines(): ReadonlySet<number> {
    return new Set(this.#told.map(({ line }) => line));
  }

  /** What the log tells and nobody replays. */
  finish(lines: readonly LogLine[]): void {
    const [first] = this.#told;
    if (first !== undefined) {
      const kinds = new Map<string, number>();
      for (const { kind } of this.#told) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const counts = [...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ');
      const events = this.#told.length;
      this.notes.push({
        line: first.line, message: `the log tells of ${events} hotplug event`
          + `${events === 1 ? '' : 's'} after the boot (first at ${seconds(first.time_ns)}: `
          + `${counts}); ${this.#replayed === 0 ? '' : `${this.#replayed} of them became inputs, `
          + 'because it names their range; else '}${this.#memory.length > 0
            ? 'a log alone is replayed up to the boot'
            : 'without the log of the boot nobody knows what memory they are about'}`
          + rangesText([...new Set(this.#ranges)]),
      });
    }
    this.#crashes(lines);
  }

  #crashes(lines: readonly LogLine[]): void {
    const index = lines.findIndex(({ text }) => crash.test(text));
    const line = lines[index];
    if (line === undefined) return;
    const fn = lines.slice(index).map(({ text }) => /^RIP: \d+:([\w.]+)\+/.exec(text)?.[1])
      .find((name) => name !== undefined);
    this.notes.push({
      line: line.line, message: `the log has an oops${fn === undefined ? '' : ` in ${fn}`} at `
        + `${seconds(line.time_ns)} and no call that led to it: not replayed; record one with `
        + '`mmreplay recorder`, or write the call into the trace',
    });
  }
}

/** So many ranges are named. */
const SHOWN = 4;

function rangesText(ranges: readonly string[]): string {
  const more = ranges.length > SHOWN ? `, and ${ranges.length - SHOWN} more` : '';
  return ranges.length === 0 ? ''
    : `; not replayed: ${ranges.slice(0, SHOWN).join(', ')}${more}`;
}

const seconds = (ns: number): string => `${(ns / 1e9).toFixed(1)} s`;

function bytesOf(row: TraceRow): readonly [start: number, end: number] {
  const { start = NaN, end = NaN } = wordsIn('e820', row.args);
  return [start, end];
}

/** Memory of the boot, ranges that touch as one. */
function usable(rows: readonly DmesgRow[]): Bytes[] {
  const found: { start: number; end: number }[] = [];
  for (const { row } of rows) {
    if (row.event !== 'e820' || row.args?.endsWith(' type=usable') !== true) continue;
    const [start, end] = bytesOf(row);
    const last = found.at(-1);
    if (last?.end === start) last.end = end;
    else found.push({ start, end });
  }
  return found;
}

function commandLine({ rows }: Pick<Dmesg, 'rows'>): string {
  return rows.find(({ row }) => row.event === 'boot_param')?.row.args ?? '';
}

/** What the driver of virtio-mem devices printed; added memory goes online as the boot said. */
function virtioMem({ rows, facts }: Dmesg): readonly DmesgRow[] {
  return virtioMemRows(facts.virtio_mem, bootOnlineType(commandLine({ rows })));
}

/** Lines without which a piece of a log is of no boot. */
const ofBoot = new RegExp('^(?:Linux version |(?:Kernel c|C)ommand line: |BIOS-e820: |Xen: \\[mem |'
  + 'Zone ranges:|Early memory node ranges|Memory: \\d+K/)');

/** Rows of a log that stands alone. */
export function logAlone(dmesg: Dmesg): LogAlone {
  const { lines } = dmesg;
  const end = lines.some(({ text }) => ofBoot.test(text)) ? bootEnd(lines) : 0;
  const endLine = lines[end]?.line ?? Infinity;
  const after = new AfterBoot(dmesg);
  for (const line of lines.slice(end)) after.read(line);
  after.finish(lines.slice(end));
  const used = new Set(after.rows.map(({ line }) => line));
  const pages = dmesg.dumped.filter(({ line }) => !used.has(line));
  const boot = dmesg.rows.filter(({ row, line }) => row.event !== 'printk' || line < endLine);
  const later = [...after.rows, ...pages, ...virtioMem(dmesg)].sort((a, b) => a.line - b.line);
  const told = after.lines;
  const left = dmesg.rows.filter(({ row, line }) =>
    row.event === 'printk' && line >= endLine && !told.has(line)).length;
  if (left > 0) after.unused.set('log:behind-the-boot', left);
  return {
    rows: [...boot, ...later].sort((a, b) => a.row.time_ns - b.row.time_ns),
    notes: after.notes, unused: after.unused, told,
  };
}
