/**
 * All schedules of a window, depth first. States that were seen are not gone through again. The
 * reduced search leaves out interleavings of steps that cannot matter to each other: where the
 * offliner's next step touches one CPU's list or one pageblock only, just the tasks that use these
 * are tried before it (a persistent set: what the others will ever touch is known beforehand); and
 * tasks that do the same on CPUs that are alike count as one kind (symmetry). The order in which a
 * drain takes CPUs is no exception: drains of different CPUs touch different things, so that any
 * mixture of "freed before" and "freed after" can be had with every order.
 */
import { pageblock_nr_pages } from '../mm/mmzone.js';
import { StateKeys } from './state_key.js';
import type { PageStep } from './window.js';
import { OFFLINER, type Footprint, type World } from './world.js';

export interface SearchOptions {
  /** false: every interleaving, no symmetry. */
  readonly reduced: boolean;
  /** Most switches away from a task that could go on; undefined: any number. */
  readonly preemptions?: number;
  /** Give up after so many states. */
  readonly limit?: number;
}

/** One way in which the window can end. */
export interface Ending {
  readonly outcome: string;
  /** How many of the schedules gone through end so; a retry that changes nothing is no step. */
  schedules: number;
  /** The shortest one seen. */
  shortest: readonly number[];
}

export interface SearchResult {
  readonly endings: readonly Ending[];
  readonly states: number;
  readonly transitions: number;
  /** Schedules gone through: paths from the begin to an end. */
  readonly schedules: number;
  /** The limit was reached, or somebody interrupted. */
  readonly incomplete: boolean;
}

interface Node {
  /** Outcome to number of schedules that end so; while the node is open it grows. */
  readonly counts: Map<string, number>;
  open: boolean;
}

interface Frame {
  readonly node: Node;
  readonly depth: number;
  /** Tasks to try from here, in order. */
  tasks: number[];
  next: number;
  /** Preemptions used so far. */
  readonly preempted: number;
}

export class Search {
  readonly #world: World;
  readonly #options: SearchOptions;
  readonly #keys: StateKeys;
  readonly #seen = new Map<string, Node>();
  readonly #endings = new Map<string, { steps: readonly number[]; schedules: number }>();
  readonly #path: number[] = [];
  readonly #frames: Frame[] = [];
  /** Length of the schedule that the world has run; -1: another schedule. */
  #run = 0;
  #transitions = 0;
  #cut = false;
  readonly #root: Node;

  constructor(world: World, options: SearchOptions) {
    this.#world = world;
    this.#options = options;
    this.#keys = new StateKeys(world, options.reduced);
    world.reset();
    this.#root = this.#open(0);
  }

  /** Up to `count` more transitions; false: all is done. */
  advance(count: number): boolean {
    for (let i = 0; i < count; i += 1) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) return false;
      if (frame.next >= frame.tasks.length) this.#close(frame);
      else this.#try(frame);
      if (this.#seen.size >= (this.#options.limit ?? Infinity)) {
        this.stop();
        return false;
      }
    }
    return true;
  }

  /** Ends the search where it is; what was found counts. */
  stop(): void {
    if (this.#frames.length > 0) this.#cut = true;
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      this.#close(frame);
    }
  }

  result(): SearchResult {
    const endings: Ending[] = [...this.#endings].map(([outcome, { steps }]) => ({
      outcome, shortest: steps, schedules: this.#root.counts.get(outcome) ?? 0,
    })).sort((a, b) => (a.outcome < b.outcome ? -1 : 1));
    return {
      endings, states: this.#seen.size, transitions: this.#transitions,
      schedules: endings.reduce((sum, one) => sum + one.schedules, 0), incomplete: this.#cut,
    };
  }

  /** The state that the world is in now, to be gone on from. */
  #open(preempted: number): Node {
    const node: Node = { counts: new Map(), open: true };
    this.#seen.set(this.#key(preempted), node);
    const tasks = this.#first(preempted);
    // Everybody waits for somebody else.
    if (tasks.length === 0) this.#end(node, this.#world.hang());
    this.#frames.push({ node, depth: this.#path.length, tasks, next: 0, preempted });
    return node;
  }

  #key(preempted: number): string {
    const key = this.#keys.of(this.#world);
    return this.#options.preemptions === undefined
      ? key : `${key}|${preempted} ${this.#path.at(-1)}`;
  }

  #enabled(): number[] {
    const found: number[] = [];
    for (let i = 0; i < this.#world.tasks.length; i += 1) if (this.#world.enabled(i)) found.push(i);
    return found;
  }

  /** What to try from the state that the world is in. */
  #first(preempted: number): number[] {
    const enabled = this.#enabled();
    const { preemptions, reduced } = this.#options;
    if (preemptions !== undefined && preempted >= preemptions) {
      const last = this.#path.at(-1) ?? OFFLINER;
      return enabled.includes(last) && !this.#yields(last) ? [last] : enabled;
    }
    // Reduced: the others are added when it is known what the offliner's step touches.
    const alone = reduced && preemptions === undefined && enabled[0] === OFFLINER;
    return alone ? [OFFLINER] : enabled;
  }

  #try(frame: Frame): void {
    const task = frame.tasks[frame.next] as number;
    frame.next += 1;
    this.#comeTo(frame.depth);
    const last = this.#path.at(-1);
    const yields = last === undefined || this.#yields(last);
    const enabled = this.#enabled();
    this.#go(task);
    if (task === OFFLINER && frame.next === 1 && this.#isReduced()) {
      const others = this.#conflicting(this.#world.footprint, enabled);
      frame.tasks.push(...others);
      if (others.length === 0) {
        this.#goOn(frame);
        return;
      }
    }
    const preempts = !yields && last !== task && frame.tasks.includes(last);
    this.#arrive(frame, frame.preempted + (preempts ? 1 : 0));
  }

  /** The task stands where it lets others run: a switch there is no preemption. */
  #yields(task: number): boolean {
    return this.#world.tasks[task]?.at === 'cond_resched';
  }

  #isReduced(): boolean {
    return this.#options.reduced && this.#options.preemptions === undefined;
  }

  #go(task: number): void {
    do {
      this.#world.step(task);
      this.#transitions += 1;
      this.#path.push(task);
    } while (task !== OFFLINER && this.#isReduced() && this.#world.isAsGoodAsDone(task));
    this.#run = this.#path.length;
  }

  /** The offliner's steps that matter to nobody belong to the one before. */
  #goOn(frame: Frame): void {
    const world = this.#world;
    for (;;) {
      const key = this.#key(frame.preempted);
      const stops = !world.enabled(OFFLINER) || world.tasks[OFFLINER]?.at === 'cond_resched';
      if (stops || this.#seen.has(key)) {
        this.#arrive(frame, frame.preempted);
        return;
      }
      const depth = this.#path.length;
      const enabled = this.#enabled();
      this.#go(OFFLINER);
      const others = this.#conflicting(world.footprint, enabled);
      if (others.length === 0) continue;
      const node: Node = { counts: new Map(), open: true };
      const between: Frame = {
        node, depth, tasks: [OFFLINER, ...others], next: 1, preempted: frame.preempted,
      };
      this.#seen.set(key, node);
      this.#frames.push(between);
      this.#arrive(between, between.preempted);
      return;
    }
  }

  /** The world stands in a state that was come to from this frame. */
  #arrive(frame: Frame, preempted: number): void {
    const world = this.#world;
    if (world.outcome !== undefined) {
      this.#end(frame.node, world.outcome);
    } else {
      const known = this.#seen.get(this.#key(preempted));
      if (known === undefined) {
        this.#open(preempted);
        return;
      }
      if (!known.open) add(frame.node.counts, known.counts);
      else if (this.#others().length === 0) this.#end(frame.node, world.hang());
    }
    this.#path.length = frame.depth;
  }

  /** Tasks beside the offliner that can go on. */
  #others(): number[] {
    return this.#enabled().filter((one) => one !== OFFLINER);
  }

  /** Runs the schedule of the first `depth` steps again unless the world stands there. */
  #comeTo(depth: number): void {
    if (this.#run === depth) return;
    this.#world.reset();
    for (let i = 0; i < depth; i += 1) this.#world.advance(this.#path[i] as number);
    this.#run = depth;
  }

  /**
   * Tasks that use something of the footprint, and those that share a CPU with such a task; of
   * those that were `enabled` before the step. Where one of them waits, whoever it waits for counts
   * too: all are taken.
   */
  #conflicting(footprint: Footprint, enabled: readonly number[]): number[] {
    const all: number[] = [];
    for (let i = 1; i < this.#world.tasks.length; i += 1) {
      if (this.#world.tasks[i]?.done === false) all.push(i);
    }
    const others = enabled.filter((index) => index !== OFFLINER);
    const found = this.#using(footprint, all);
    return found.every((index) => others.includes(index)) ? found : others;
  }

  #using(footprint: Footprint, all: number[]): number[] {
    // Which page an allocation gets depends on every free before it.
    const does = (what: string): boolean => all.some((index) =>
      this.#world.tasks[index]?.steps.some((step) => step.what === what) === true);
    if (footprint.everything || does('alloc')) return all;
    // Who isolates drains every CPU.
    if (footprint.cpus.size > 0 && does('contig')) return all;
    const cpus = new Set(footprint.cpus);
    for (const index of all) {
      const steps = this.#world.tasks[index]?.steps ?? [];
      const uses = steps.some((step) => footprint.cpus.has(step.cpu) ||
        footprint.ranges.some(({ from, to }) => usesRange(step, from, to)));
      if (uses) for (const step of steps) cpus.add(step.cpu);
    }
    return all.filter((index) =>
      (this.#world.tasks[index]?.steps ?? []).some((step) => cpus.has(step.cpu)));
  }

  #end(node: Node, outcome: string): void {
    node.counts.set(outcome, (node.counts.get(outcome) ?? 0) + 1);
    const known = this.#endings.get(outcome);
    if (known !== undefined && known.steps.length <= this.#path.length) return;
    this.#endings.set(outcome, { steps: [...this.#path], schedules: 0 });
  }

  #close(frame: Frame): void {
    frame.node.open = false;
    this.#frames.pop();
    const parent = this.#frames.at(-1);
    if (parent === undefined) return;
    add(parent.node.counts, frame.node.counts);
    this.#path.length = parent.depth;
    // The world stands somewhere below.
    if (this.#run > parent.depth) this.#run = -1;
  }
}

function usesRange(step: PageStep, from: number, to: number): boolean {
  const size = step.what === 'contig' ? step.order * pageblock_nr_pages : 1;
  return step.pfns.some((pfn) => pfn + size > from && pfn < to);
}

function add(to: Map<string, number>, from: ReadonlyMap<string, number>): void {
  for (const [outcome, count] of from) to.set(outcome, (to.get(outcome) ?? 0) + count);
}
