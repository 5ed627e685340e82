/**
 * The kernel at the begin of a window, with the tasks of the window: any schedule can be run on it,
 * again and again from the begin. Tasks are generators, which nobody can copy: to come back to a
 * state its schedule is run again.
 */
import { at } from '../base/assert.js';
import type { Kernel, Preempt } from '../mm/kernel.js';
import { MIGRATE_UNMOVABLE } from '../mm/migratetype.js';
import { KernelBug, pageblock_nr_pages, type Zone } from '../mm/mmzone.js';
import type { Patch } from '../patch/define.js';
import { PageLevel } from '../replay/page_level.js';
import { replay } from '../replay/replay.js';
import { ALLOCATED, FREE, ON_PCP } from '../mm/page_arena.js';
import type { Pages } from '../mm/pages.js';
import type { TouchWatcher } from '../mm/pcp_pages.js';
import { NR_PCP_LISTS } from '../mm/zone_pages.js';
import { keepState } from './saved_state.js';
import type { PageStep, PageTask, Window } from './window.js';

/** Thrown where the window ends: all pages of the range are free and isolated. */
class WindowEnd extends Error {}

/** Takes the place of what would change the machine for good. */
const windowPatch: Patch = {
  id: 'the end of the window', subject: '', author: '', link: '', base: 'v6.12', doc: '',
  replaces: {
    __offline_isolated_pages() {
      throw new WindowEnd();
    },
  },
};

/** Whose results tell the offliner something that its next steps depend on. */
const told = new Set([
  'cpus_with_pcps', 'drain_pages_zone', 'scan_movable_pages', 'test_pages_isolated',
  'get_pageblock_migratetype',
]);

/** What a step read or wrote, as far as others could mind. */
export interface Footprint {
  readonly cpus: Set<number>;
  readonly ranges: { readonly from: number; readonly to: number }[];
  /** Something that every task looks at changed. */
  everything: boolean;
}

export interface Running {
  readonly name: string;
  readonly steps: readonly PageStep[];
  body: Generator<string, unknown, void>;
  done: boolean;
  /** Preemption points passed; drains count as one. */
  position: number;
  /** What it was told since it last began anew. */
  memory: string;
  at: string;
  /** CPUs that its drain has yet to come to, in order. */
  pending: number[];
  /** It waits for a lock until this says so. */
  isFree: (() => boolean) | undefined;
}

export const OFFLINER = 0;

export class World {
  readonly window: Window;
  readonly k: Kernel;
  readonly pages: Pages;
  readonly zone: Zone;
  tasks: Running[] = [];
  /** What offliner and other isolators came to; undefined while one of them runs. */
  outcome: string | undefined;
  footprint: Footprint = { cpus: new Set(), ranges: [], everything: false };
  /** Steps taken in all, for measuring. */
  steps = 0;
  readonly #touched: TouchWatcher;
  readonly #back: () => void;
  readonly #isolators: readonly number[];
  /** Which page somebody gets depends on every free before it. */
  readonly #allocates: boolean;
  #results: string[] = [];
  #current = OFFLINER;
  #migrated = false;

  constructor(window: Window, version: string, series: readonly Patch[]) {
    this.window = window;
    this.#allocates = window.tasks.some(
      ({ steps }) => steps.some(({ what }) => what === 'alloc'));
    this.#isolators = [OFFLINER, ...window.tasks.flatMap(
      ({ steps }, index) => (steps.some(({ what }) => what === 'contig') ? [index + 1] : []))];
    const pageLevel = PageLevel.always(window.before, series, window.deferred);
    const pageblocks = told;
    this.k = replay(window.before, {
      version, series: [...series, windowPatch], pageLevel,
      observers: [{
        functions: pageblocks, leave: (fn, result) => this.#told(fn, result),
      }],
    });
    this.pages = at([this.k.state.pages], 0) as Pages;
    this.pages.traced = false;
    this.pages.drained = undefined;
    this.zone = at([this.k.page_zone(window.start_pfn)], 0) as Zone;
    this.#touched = (what, from, to) => {
      if (what === 'pcp') this.footprint.cpus.add(from);
      else this.footprint.ranges.push({ from, to });
    };
    for (const task of window.tasks) {
      for (const step of task.steps) this.#own(step);
    }
    this.pages.frame(window.start_pfn);
    this.#back = keepState(this.k, window);
    this.reset();
  }

  /** Pages that a task is about to free are on no LRU list any more: nobody can move them. */
  #own(step: PageStep): void {
    const { arena } = this.pages;
    if (step.what === 'contig') return;
    for (const pfn of step.pfns) {
      const frame = this.pages.frame(pfn);
      if (arena.state[frame] === ALLOCATED) arena.type[frame] = MIGRATE_UNMOVABLE;
    }
  }

  /** Back to the begin of the window. */
  reset(): void {
    this.#back();
    this.outcome = undefined;
    this.#results = [];
    const { start_pfn, nr_pages } = this.window;
    const block = this.k.state.memory_blocks.get(
      Math.floor(start_pfn / this.k.machine.pages_per_block));
    this.tasks = [
      this.#running(this.window.offliner, [],
        this.k.offline_pages(start_pfn, nr_pages, this.zone, block?.group)),
      ...this.window.tasks.map((task) => this.#running(task.name, task.steps, this.#body(task))),
    ];
  }

  #running(name: string, steps: readonly PageStep[], body: Preempt<unknown>): Running {
    return {
      name, steps, body, done: false, position: 0, memory: '', at: '', pending: [],
      isFree: undefined,
    };
  }

  /** Everything a task does; each page is a step of its own. */
  * #body(task: PageTask): Preempt<void> {
    const { k } = this;
    for (const [index, step] of task.steps.entries()) {
      if (index > 0) yield 'next';
      const pfn = step.pfns[0] ?? 0;
      if (step.what === 'free') yield* k.free_unref_page(pfn, step.order, step.cpu);
      else if (step.what === 'list') yield* k.free_unref_page_list(step.pfns, step.cpu);
      else if (step.what === 'commit') yield* this.#commit(step);
      else if (step.what === 'contig') yield* this.#contig(pfn, step.order);
      else {
        yield* k.rmqueue(
          this.zone.nid, this.zone.index, step.order, step.migratetype, step.cpu);
      }
    }
  }

  * #commit({ pfns, order, cpu }: PageStep): Preempt<void> {
    const { k, zone } = this;
    const pfn = pfns[0] ?? 0;
    const type = this.pages.arena.type[this.pages.frame(pfn)] ?? 0;
    yield* k.pcp_spin_trylock(zone, cpu);
    yield* k.free_unref_page_commit(pfn, order, type, cpu);
    k.pcp_spin_unlock(zone, cpu);
  }

  * #contig(start_pfn: number, blocks: number): Preempt<void> {
    const ret = yield* this.k.__alloc_contig_pages(start_pfn, blocks * pageblock_nr_pages);
    this.#results.push(`alloc_contig_range returns ${ret}`);
  }

  #told(fn: string, result: unknown): void {
    const task = this.tasks[this.#current];
    if (task === undefined) return;
    if (fn === 'cpus_with_pcps') task.pending = [...result as number[]];
    else if (fn === 'drain_pages_zone') task.pending.shift();
    else if (fn !== 'get_pageblock_migratetype') {
      task.memory += ` ${String(result)}`;
    } else if (this.#current !== OFFLINER) {
      task.memory += ` ${String(result)}`;
    }
  }

  enabled(index: number): boolean {
    const task = this.tasks[index];
    return task?.done === false && this.outcome === undefined && task.isFree?.() !== false;
  }

  /**
   * The task is about to count a page on a list that is not empty. Nobody sees a difference: who
   * reads the count drains the CPU, who drains it waits.
   */
  isAsGoodAsDone(index: number): boolean {
    const task = this.tasks[index];
    if (task?.at !== 'pcp_count' || this.#allocates) return false;
    const lists = this.pages.zonePages(this.zone).pcp;
    return task.steps.every(({ cpu }) => (lists[cpu]?.count ?? 0) > 0);
  }

  /** One step of a task; its footprint is in `footprint`. */
  step(index: number): void {
    this.footprint = { cpus: new Set(), ranges: [], everything: false };
    this.pages.touched = this.#touched;
    const before = this.globals();
    this.advance(index);
    this.pages.touched = undefined;
    if (this.globals() !== before) this.footprint.everything = true;
  }

  /** One step of a task. */
  advance(index: number): void {
    const task = at(this.tasks, index);
    this.#current = index;
    this.steps += 1;
    const { state } = this.k;
    state.current = task.name;
    try {
      const step = task.body.next();
      task.isFree = state.waiting;
      state.waiting = undefined;
      if (step.done === true) this.#ended(task, index, step.value);
      else this.#yielded(task, index, step.value);
    } catch (error) {
      this.#threw(error);
    }
  }

  #ended(task: Running, index: number, result: unknown): void {
    task.done = true;
    task.at = '';
    task.position += 1;
    if (index === OFFLINER) this.#results.unshift(`returns ${String(result)}`);
    this.#end();
  }

  /** The window is over when everybody who isolates is. */
  #end(): void {
    if (this.#isolators.some((index) => this.tasks[index]?.done !== true)) return;
    this.outcome = this.#results.join('; ');
  }

  #yielded(task: Running, index: number, at: string): void {
    task.at = at;
    if (task.isFree !== undefined) return;
    if (index !== OFFLINER) {
      task.position += 1;
      return;
    }
    if (at === 'drain_pages_zone') return;
    if (at === 'do_migrate_range') this.#migrated = true;
    task.position += 1;
    if (at !== 'cond_resched') return;
    // A pass that begins at the first page depends on nothing that was before.
    if (!this.#migrated) {
      task.position = 0;
      task.memory = 'again';
    }
    this.#migrated = false;
  }

  #threw(error: unknown): void {
    if (error instanceof WindowEnd) {
      at(this.tasks, OFFLINER).done = true;
      this.#results.unshift('goes offline');
      this.#end();
    } else if (error instanceof KernelBug) this.outcome = error.message;
    else throw error;
  }

  /** What every task may look at. */
  globals(): string {
    const { zone } = this;
    const { state } = this.k;
    const added = state.added.size === 0 ? '' : JSON.stringify([...state.added]);
    const locks = this.#isolators.length > 1 ? JSON.stringify(state.locks) : '';
    return `${zone.pcp.high} ${zone.pcp.batch} ${zone.nr_isolate_pageblock > 0} ${added}${locks}`;
  }

  /** What the offliner hangs on, without names of CPUs and pages. */
  hang(): string {
    const { start_pfn, nr_pages } = this.window;
    const pfn = this.pages.firstNotFree(start_pfn, start_pfn + nr_pages);
    const state = this.pages.arena.state[this.pages.frame(pfn)];
    const where = state === ON_PCP ? 'a page on a per-cpu list'
      : state === ALLOCATED ? 'an allocated page that cannot be moved' : 'a page';
    return [`hangs: the test stops at ${where} for ever`, ...this.#results].join('; ');
  }

  /** The pages on the lists of a CPU, in order: the next allocation gets one of them. */
  listText(cpu: number): string {
    const { arena } = this.pages;
    const heads = this.pages.zonePages(this.zone).pcp[cpu]?.heads ?? 0;
    let text = '';
    for (let head = heads; head < heads + NR_PCP_LISTS; head += 1) {
      for (let frame = arena.next[head] as number; frame !== head;
        frame = arena.next[frame] as number) text += ` ${frame}`;
    }
    return text;
  }

  /** Where a page is, as one short text. */
  placeOf(pfn: number): string {
    const { arena, lists } = this.pages;
    const frame = this.pages.frame(pfn);
    const state = arena.state[frame] as number;
    if (state === ON_PCP) return `p${arena.cpu[frame]}`;
    if (state === ALLOCATED) return 'a';
    const block = state === FREE ? frame : lists.blockOf(frame);
    return block >= 0 ? `f${arena.type[block]}` : `s${state}`;
  }
}
