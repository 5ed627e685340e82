/** Why calls fail: the function of the kernel that refused first, and the page in its way. */
import { hex } from '../base/pfn.js';
import type { Kernel } from '../linux/base/kernel.js';
import { pageOwner } from '../observe/page_owner.js';
import { refusers } from '../observe/refusers.js';
import { retText, seconds } from '../observe/result_text.js';
import type { Trace } from '../trace/trace.js';
import { takeMadeToFail } from './fail_function.js';
import type { StillUsed } from './pages/still_used.js';
import { BOOT, type InputResult, type ReplayObserver } from './observer.js';
import { rowWords } from '../trace/row_words.js';
import type { CallRefusal, PageInTheWay } from '../observe/refusal.js';

/** A refusal on its way up: most are of a call that tries again, and nobody asks for the page. */
interface Reason extends Pick<CallRefusal, 'fn' | 'why'> {
  readonly page?: () => PageInTheWay;
}

interface Failed {
  readonly ret: number;
  readonly reason: Reason;
}

interface Frame {
  readonly fn: string;
  readonly args: readonly unknown[];
  page?: () => PageInTheWay;
  /** Of what it called: errors by number, the last one of each; most calls have none. */
  failed?: Map<number, Reason>;
  /** What the last call came to that it made, when that was an error. */
  last?: Failed | undefined;
  /** What the trace made fail in it, whatever it called behind that to undo what it had done. */
  made?: Failed;
}

/** What a call takes back after it was refused: that this worked is no answer of its own. */
const undoing: ReadonlySet<string> = new Set(['memory_group_unregister']);
const FINDS_PAGES = 'has_unmovable_pages';

function root(): Frame {
  return { fn: '', args: [] };
}

export class Refusals implements ReplayObserver {
  readonly list: CallRefusal[] = [];
  readonly functions: ReadonlySet<string> = new Set([FINDS_PAGES, ...Object.keys(refusers)]);
  readonly #trace: Trace;
  /** By task: the calls that it is in, the outermost first. */
  readonly #stacks = new Map<string, Frame[]>();
  #row = BOOT;
  #k: Kernel | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  composed(k: Kernel): void {
    this.#k = k;
  }

  enter(fn: string, args: readonly unknown[], row: number, task: string): void {
    this.#row = row;
    const stack = this.#stack(task);
    this.#madeToFail(stack.at(-1));
    stack.push({ fn, args });
  }

  /** A function that the trace makes fail is not entered: whoever called it has its error. */
  #madeToFail(caller: Frame | undefined): void {
    const failed = this.#k === undefined ? undefined : takeMadeToFail(this.#k);
    if (failed === undefined || caller === undefined || failed.ret > 0) return;
    const reason = { fn: failed.fn, why: 'the trace makes it fail (fail_function)' };
    (caller.failed ??= new Map()).set(failed.ret, reason);
    caller.made = { ret: failed.ret, reason };
  }

  leave(fn: string, result: unknown, _row: number, task: string): void {
    const stack = this.#stack(task);
    // A function that a BUG ended did not leave.
    while (stack.length > 1 && stack.at(-1)?.fn !== fn) stack.pop();
    const frame = stack.length > 1 ? stack.pop() : undefined;
    this.#madeToFail(frame);
    const above = stack.at(-1);
    if (frame === undefined || above === undefined || typeof result !== 'number') return;
    if (fn === FINDS_PAGES) above.page = this.#page(result);
    else if (result >= 0) {
      if (!undoing.has(fn)) above.last = undefined;
    } else {
      const reason = frame.failed?.get(result) ?? this.#own(frame);
      (above.failed ??= new Map()).set(result, reason);
      above.last = { ret: result, reason };
      if (frame.made?.ret === result) above.made = frame.made;
    }
  }

  result({ row, ret }: InputResult): void {
    const task = this.#trace.task(row);
    const stack = this.#stacks.get(task);
    this.#madeToFail(stack?.at(-1));
    // Inside of another call of the task (a block that is put online as it is added) it goes on.
    this.#stacks.delete(task);
    if (ret === undefined || ret >= 0) return;
    const why = stack?.map(({ failed }) => failed?.get(ret)).find((one) => one !== undefined);
    const { page, ...reason } = why ?? { fn: '', why: '' };
    this.list.push({ row, ret, ...reason, ...(page === undefined ? {} : { page: page() }) });
  }

  unended(row: number, { pfn, row: last, isHeld }: StillUsed): void {
    const since = isHeld
      ? `${this.#trace.task(last)} frees it since ${seconds(this.#trace.time_ns(last))}`
      : this.#allocated(pfn, last);
    const page = { pfn, what: `stays in use: ${since}` };
    this.list.push({ row, ret: undefined, fn: '', why: '', page });
  }

  #stack(task: string): Frame[] {
    const known = this.#stacks.get(task);
    if (known !== undefined) return known;
    const stack = [root()];
    this.#stacks.set(task, stack);
    return stack;
  }

  /** Nothing that it called gave this error. */
  #own({ fn, args, page, made, last = made }: Frame): Reason {
    const words = refusers[fn] ?? '';
    const { notifiers = [], log = [] } = this.#k?.state ?? {};
    let why = words;
    if (fn === 'memory_notify') {
      why = `${words} ${args[0]}${notifiers.length === 1 ? ` (${notifiers[0]?.name})` : ''}`;
    } else if (fn === 'offline_pages') {
      // The kernel's own word for it, which it logs before it returns.
      why = / failed due to (.*)$/.exec(log.at(-1)?.text ?? '')?.[1] ?? words;
    }
    // What it was told, and passed on under another number.
    const inner = last === undefined ? '' :
      `${last.reason.fn}() gave it ${retText(last.ret)}` +
      (last.reason.why === '' ? '' : `, ${last.reason.why}`);
    const texts = [why, inner].filter((text) => text !== '');
    return { fn, why: texts.join('; '), ...(page === undefined ? {} : { page }) };
  }

  /** What the model knows is of now; what the trace says up to now can be looked up later. */
  #page(pfn: number): () => PageInTheWay {
    const k = this.#k;
    const owner = k === undefined ? undefined : pageOwner(k, pfn);
    const last = Math.min(this.#row, this.#trace.length - 1);
    return () => {
      const texts = [owner, this.#allocated(pfn, last), this.#recorded(pfn, last)]
        .filter((text) => text !== undefined);
      if (texts.length > 0) return { pfn, what: texts.join('; ') };
      return { pfn, unknown: 'the trace does not say who has it, and the model has no slab '
        + 'caches, page tables or drivers' };
    };
  }

  /** Who got it, in a trace of pages, up to this row. */
  #allocated(pfn: number, last: number): string | undefined {
    for (let row = last; row >= 0; row -= 1) {
      const event = this.#trace.event(row);
      if (this.#trace.pfn(row) !== pfn) continue;
      if (event === 'mm_page_free') return undefined;
      if (event !== 'mm_page_alloc') continue;
      const gfp = rowWords(this.#trace, row, event).gfp_flags?.join('|');
      return `${this.#trace.task(row)} got it at ${seconds(this.#trace.time_ns(row))}` +
        `${gfp === undefined ? '' : ` with ${gfp}`}`;
    }
    return undefined;
  }

  /** What the recorded kernel printed of it. */
  #recorded(pfn: number, last: number): string | undefined {
    for (let row = last; row >= 0; row -= 1) {
      if (this.#trace.event(row) !== 'unmovable_page' || this.#trace.pfn(row) !== pfn) continue;
      const words = rowWords(this.#trace, row, 'unmovable_page');
      const reason = words.reason?.replaceAll('_', ' ');
      if (words.stays === true) return 'the scenario has it there';
      return `the recorded kernel dumped ${hex(pfn)}: ${reason ?? 'no reason given'}`;
    }
    return undefined;
  }
}
