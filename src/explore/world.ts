/**
 * The kernel at the begin of a window, with the tasks of the window: any schedule can be run on it,
 * again and again. Tasks are generators, which nobody can copy. The machine's state goes back step
 * by step; a generator that was left behind waits until somebody needs one that stands where it
 * does. Where none waits, the schedule is run again from the begin.
 */
import { at } from '../base/assert.js';
import { isUnused, poolText } from '../linux/include/hugetlb.js';
import type { Kernel, Preempt } from '../linux/base/kernel.js';
import { MIGRATE_UNMOVABLE } from '../linux/include/migratetype.js';
import { KernelBug } from '../linux/base/fault.js';
import type { Zone } from '../linux/include/mmzone.js';
import { addedText } from '../patch/additions.js';
import type { Patch } from '../patch/define.js';
import { ALLOCATED } from '../linux/mm/pages/arena.js';
import { PageLevel } from '../replay/pages/page_level.js';
import { replay } from '../replay/replay.js';
import type { Pages } from '../linux/mm/pages/pages.js';
import type { TouchWatcher } from '../linux/mm/pages/pcp_pages.js';
import {
  atBegin, atEnd, begun, further, hasHeard, Local, WordLists, type Context,
} from './local.js';
import { isCounting, isFlushing, writes } from './joined_steps.js';
import { PolicyFrames, type FrameHost } from './policy_frames.js';
import { HugeSteps, toldText } from './huge_steps.js';
import { SavedState, type Mark } from './saved_state.js';
import { everythingText, placeOf } from './page_texts.js';
import { asked, told } from './told.js';
import { WaitingGenerators } from './waiting.js';
import { offlinedZone, pagesOf } from './offlined_memory.js';
import { WindowEnd, windowPatch } from './window_end.js';
import { offlineBody, taskBody } from './task_body.js';
import type { PageStep } from './page_step.js';
import { cannotExplore, type Window } from './window.js';
import { GOES_OFFLINE, type EndingKind } from './ending_kind.js';

/** What a step read or wrote, as far as others could mind. */
export interface Footprint {
  readonly cpus: Set<number>;
  readonly ranges: { readonly from: number; readonly to: number }[];
  /** Something that every task looks at changed. */
  everything: boolean;
}

/** A task of the window on its way. */
export interface Running {
  readonly name: string;
  readonly steps: readonly PageStep[];
  /** undefined: one that stands where `local` says is to be found first. */
  body: Generator<string, unknown, void> | undefined;
  /** Where it stands. */
  local: Local;
}

/** The world at some moment, to come back to. */
export interface Place {
  readonly mark: Mark;
  readonly locals: readonly Local[];
  readonly results: readonly string[];
}

/** The task that takes memory offline is the first. */
export const OFFLINER = 0;
/** So many generators more are kept where one is in demand. */
const SPARES = 16;

export class World implements FrameHost {
  readonly window: Window;
  /** No policy is part of it. */
  readonly isBase: boolean;
  readonly k: Kernel;
  readonly pages: Pages;
  readonly zone: Zone;
  readonly lists = new WordLists();
  readonly huge: HugeSteps;
  watches = false;
  reader: FrameHost['reader'];
  tasks: Running[] = [];
  /** What those who isolate came to; undefined while one of them runs. */
  outcome: string | undefined;
  /** Of the outcome, or of the last hang. */
  ending: EndingKind = 'offline';
  /** What those of them that have ended came to. */
  results: readonly string[] = [];
  footprint: Footprint = { cpus: new Set(), ranges: [], everything: false };
  /** See isFlushing(); false where sizes of lists are changed by who writes no parameter. */
  readonly joinsFlush: boolean;
  #joined = false;
  #sized = false;
  /** Of the task that runs. */
  context: Context | undefined;
  /** Rounds of a policy's own loop were taken to be equal. */
  bounded = false;
  readonly #touched: TouchWatcher;
  readonly #saved: SavedState;
  readonly #begin: Mark;
  /** The offliner, and tasks that allocate ranges. */
  readonly #isolators: readonly number[];
  /** Which page somebody gets depends on every free before it. */
  readonly #allocates: boolean;
  /** Several tasks take locks: who isolates, and who changes sizes of lists. */
  readonly #locked: boolean;
  /** Tasks hold on to huge pages, policies to their own state: objects that go back as copies. */
  readonly #goesBack: boolean;
  readonly #waiting = new WaitingGenerators();
  #current: Running | undefined;

  constructor(window: Window, version: string, series: readonly Patch[], joinsFlush = true) {
    this.window = window;
    this.isBase = series.length === 0;
    this.joinsFlush = joinsFlush;
    this.#isolators = [OFFLINER, ...window.tasks.flatMap(
      ({ steps }, index) => (steps.some(({ what }) => what === 'contig') ? [index + 1] : []))];
    this.#allocates = window.tasks.some(({ steps }) => steps.some(({ what }) => what === 'alloc'));
    this.#locked = this.#isolators.length > 1 || window.tasks.some(writes);
    const frames = new PolicyFrames(this);
    const watched = series.map((patch) => frames.watched(patch));
    let hasBegun = false;
    const end = windowPatch(() => hasBegun);
    this.k = replay(window.before, {
      version,
      // Whoever changes what comes behind the window has no part in it.
      series: [...watched, { ...end, after: series.map(({ id }) => id) }],
      pageLevel: PageLevel.always(window.before, series, window.deferred),
      observers: [{
        functions: told, enter: (fn, [pfn]) => this.#asks(fn, pfn),
        leave: (fn, result) => this.#told(fn, result),
      }],
    });
    hasBegun = true;
    this.pages = pagesOf(this.k, window);
    this.huge = new HugeSteps(this.k, window.tasks);
    this.pages.drained = undefined;
    this.zone = offlinedZone(this.k, window);
    this.#touched = (what, from, to) => {
      if (what === 'pcp') this.footprint.cpus.add(from);
      else this.footprint.ranges.push({ from, to });
    };
    for (const task of window.tasks) {
      for (const step of task.steps) this.#own(step);
    }
    this.pages.slot(window.start_pfn);
    this.#goesBack = this.k.state.added.size === 0 && isUnused(this.k.state.hugetlb);
    this.#saved = new SavedState(this.k, this.pages, window);
    this.#begin = this.#saved.mark();
    const zones = this.pages.zones.map(({ zone }) => zone);
    frames.watchFields(zones.flatMap((zone) => [zone, zone.pcp, zone.watermark]));
    this.watches = true;
    this.reset();
  }

  /**
   * Pages that a task is about to free are on no LRU list any more: nobody can move them. Error:
   * TraceError for one that is free already, which nobody can free again.
   */
  #own(step: PageStep): void {
    const { arena } = this.pages;
    if (step.what === 'contig' || step.what === 'huge_free') return;
    for (const pfn of step.pfns) {
      if (step.what !== 'alloc' && /^[pf]/.test(placeOf(this, pfn))) {
        throw cannotExplore(this.window.file, `page 0x${pfn.toString(16)} is freed while memory ` +
          'goes offline, and is free before; expected a page that is in use');
      }
      const slot = this.pages.slot(pfn);
      if (arena.state[slot] === ALLOCATED) arena.type[slot] = MIGRATE_UNMOVABLE;
    }
  }

  /** Back to the begin of the window. */
  reset(): void {
    this.#saved.back(this.#begin);
    this.outcome = undefined;
    this.results = [];
    this.huge.find();
    this.#leaveBodies();
    this.tasks = [
      { name: this.window.offliner, steps: [], body: undefined, local: atBegin },
      ...this.window.tasks.map(({ name, steps }) => (
        { name, steps, body: undefined, local: atBegin })),
    ];
  }

  /** Where the world is now; undefined: it cannot go back to a place. */
  place(): Place | undefined {
    if (!this.#goesBack) return undefined;
    const locals = this.tasks.map((task) => task.local);
    return { mark: this.#saved.mark(), locals, results: this.results };
  }

  /** Back to a place of the schedule that was run. */
  goBack({ mark, locals, results }: Place): void {
    this.#saved.back(mark);
    this.outcome = undefined;
    this.results = results;
    for (const [index, task] of this.tasks.entries()) {
      const local = locals[index] as Local;
      if (task.local === local) continue;
      this.#leave(index, task);
      task.local = local;
    }
  }

  #leaveBodies(): void {
    for (const [index, task] of this.tasks.entries()) this.#leave(index, task);
  }

  /** The task's generator waits for somebody who needs it. */
  #leave(index: number, task: Running): void {
    const { body, local } = task;
    task.body = undefined;
    if (body === undefined || local.done || local === atBegin) return;
    if (this.#goesBack && !this.bounded) this.#waiting.put(index, local, body);
  }

  /** Whether the task can go on from here; otherwise its schedule is to be run again. */
  ready(index: number): boolean {
    const task = at(this.tasks, index);
    if (task.body !== undefined) return true;
    if (task.local === atBegin) task.body = this.#fresh(index);
    else task.body = this.#waiting.take(index, task.local);
    return task.body !== undefined;
  }

  /**
   * Before a step of a task whose generators are in demand: more of them that have taken it. At the
   * begin they are new ones, later those that were spared at the step before, but for one.
   */
  spare(index: number): void {
    const { local } = at(this.tasks, index);
    const place = this.place();
    if (place === undefined) return;
    for (let i = 0; i < SPARES; i += 1) {
      if (local !== atBegin && !this.#waiting.has(index, local)) return;
      this.advance(index);
      this.goBack(place);
      this.ready(index);
    }
  }

  #fresh(index: number): Preempt<unknown> {
    if (index === OFFLINER) return offlineBody(this, this.window);
    return taskBody(this, at(this.window.tasks, index - 1), (result) => {
      this.results = [...this.results, result];
    });
  }

  #asks(fn: string, pfn: unknown): void {
    const { context } = this;
    if (!asked.has(fn) || this.#current === undefined || context === undefined) return;
    this.context = hasHeard(context, this.lists.add(context.told, `of ${String(pfn)}`));
  }

  #told(fn: string, result: unknown): void {
    const { context } = this;
    const task = this.#current;
    if (task === undefined || context === undefined) return;
    if (fn === 'cpus_with_pcps') {
      task.local = task.local.with([...result as number[]]);
    } else if (fn === 'drain_pages_zone') {
      task.local = task.local.with(task.local.pending.slice(1));
    } else if (fn !== 'get_pageblock_migratetype' || task !== this.tasks[OFFLINER]) {
      this.context = hasHeard(context, this.lists.add(context.told, toldText(result)));
    }
  }

  enabled(index: number): boolean {
    const local = this.tasks[index]?.local;
    return local?.done === false && this.outcome === undefined && local.isFree?.() !== false;
  }

  /** The task's next step can as well come right now: see isCounting() and isFlushing(). */
  isAsGoodAsDone(index: number): boolean {
    const task = at(this.tasks, index);
    if (this.#allocates) return false;
    const lists = this.pages.zonePages(this.zone).pcp;
    if (task.local.at === 'pcp_count') return isCounting(task, lists);
    if (task.local.at !== 'pcp_batch' || !this.joinsFlush) return false;
    const others = this.tasks.filter((one) => one !== task && !one.local.done);
    if (!isFlushing(task, others, lists)) return false;
    this.#joined = true;
    return true;
  }

  /** Steps were taken as one because nobody changes sizes of lists, and then somebody did. */
  get joinedTooMuch(): boolean {
    return this.#joined && this.#sized;
  }

  /** One step of a task that is ready; see `footprint`. */
  step(index: number): void {
    this.footprint = { cpus: new Set(), ranges: [], everything: false };
    this.pages.touched = this.#touched;
    const before = this.globals();
    const { high, batch } = this.zone.pcp;
    this.advance(index);
    this.pages.touched = undefined;
    if (this.globals() !== before) this.footprint.everything = true;
    const { pcp } = this.zone;
    this.#sized ||= (pcp.high !== high || pcp.batch !== batch) && !writes(at(this.tasks, index));
  }

  /** One step of a task. */
  advance(index: number): void {
    const task = at(this.tasks, index);
    if (!this.ready(index)) throw new Error(`mmreplay bug: ${task.name} cannot go on`);
    this.#current = task;
    this.context = task.local.context;
    this.#saved.step();
    const { state } = this.k;
    state.current = task.name;
    try {
      const step = (task.body as Preempt<unknown>).next();
      const isFree = state.waiting;
      state.waiting = undefined;
      if (isFree !== undefined && step.done !== true) this.#waits(task, step.value, isFree);
      else if (step.done === true) this.#ended(task, index, step.value);
      else this.#yielded(task, index, step.value);
    } catch (error) {
      this.#threw(task, error);
    }
    this.context = undefined;
    this.reader = undefined;
    this.#current = undefined;
  }

  #ended(task: Running, index: number, result: unknown): void {
    task.local = atEnd;
    task.body = undefined;
    if (index === OFFLINER) this.results = [`returns ${String(result)}`, ...this.results];
    this.#end();
  }

  /** The window is over when everybody who isolates is. */
  #end(): void {
    if (this.#isolators.some((index) => this.tasks[index]?.local.done !== true)) return;
    this.outcome = this.results.join('; ');
    this.ending = this.results.includes(GOES_OFFLINE) ? 'offline' : 'returns';
  }

  /** The task stands where it was, before a lock. */
  #waits(task: Running, where: string, isFree: () => boolean): void {
    task.local = new Local(where, false, task.local.pending, this.context as Context, isFree);
  }

  #yielded(task: Running, index: number, where: string): void {
    const context = this.context as Context;
    const passed = index === OFFLINER ? this.#passed(context, where)
      : further(context, this.lists, where);
    task.local = new Local(where, false, task.local.pending, passed);
  }

  /** The offliner has come to a preemption point. */
  #passed(context: Context, where: string): Context {
    if (where === 'drain_pages_zone') return context;
    const migrated = context.migrated || where === 'do_migrate_range';
    if (where !== 'cond_resched') return further(context, this.lists, where, migrated);
    // A pass that begins at the first page depends on nothing that was before.
    return migrated ? further(context, this.lists, where, false)
      : begun(context, this.lists.add(0, 'again'));
  }

  #threw(task: Running, error: unknown): void {
    task.local = atEnd;
    task.body = undefined;
    if (error instanceof WindowEnd) {
      this.results = [GOES_OFFLINE, ...this.results];
      this.#end();
    } else if (error instanceof KernelBug) [this.outcome, this.ending] = [error.message, 'fault'];
    else throw error;
  }

  /** From now on generators that stand alike may have gone round their loop more or less often. */
  settled(): void {
    this.bounded = true;
    this.#waiting.clear();
  }

  /** What every task may look at. */
  globals(): string {
    const { zone, k: { state } } = this;
    const locks = this.#locked ? JSON.stringify(state.locks) : '';
    return `${zone.pcp.high} ${zone.pcp.batch} ${zone.nr_isolate_pageblock > 0} ` +
      `${this.addedText()}${locks}${poolText(state.hugetlb)}`;
  }

  /** State that policies brought along. */
  addedText(): string {
    return addedText(this.k);
  }

  allText(): string {
    return `${everythingText(this)}${this.addedText()}`;
  }
}
