/**
 * All schedules of a window, depth first. States that were seen are not gone through again. The
 * reduced search leaves out interleavings of steps that cannot matter to each other: where the
 * offliner's next step touches one CPU's list or one pageblock only, just the tasks that use these
 * are tried before it (a persistent set: what the others will ever touch is known beforehand); and
 * tasks that do the same on CPUs that are alike count as one kind (symmetry). The order in which a
 * drain takes CPUs is no exception: drains of different CPUs touch different things, so that any
 * mixture of "freed before" and "freed after" can be had with every order.
 *
 * The others are tried before the offliner: its generator stays where it is meanwhile, and those
 * that come to known states wait for whoever needs one that stands there. What the offliner's step
 * will touch is known from earlier ones taken from where it stands; the first is taken for this.
 */
import { PatchError } from '../base/errors.js';
import { pushAll } from '../base/long_lists.js';
import { conflicting, Footprints } from './conflicts.js';
import { hangOf } from './ending.js';
import { Graph, type Node } from './graph.js';
import { ALONE_MAX } from './policy_frames.js';
import { StateKeys } from './state_key.js';
import { switchesOf } from './schedule_text.js';
import { StateLost } from './window.js';
import { OFFLINER, type Place, type Running, type World } from './world.js';
import type { EndingKind } from './ending_kind.js';

export interface SearchOptions {
  /** false: every interleaving. */
  readonly reduced: boolean;
  /** Tasks that do the same count as one kind; absent: as `reduced`. */
  readonly symmetric?: boolean;
  /** Most switches away from a task that could go on; undefined: any number. */
  readonly preemptions?: number;
  /** Give up after so many states. */
  readonly limit?: number;
}

/** One way in which the window can end. */
export interface Ending {
  readonly outcome: string;
  readonly kind: EndingKind;
  /** How many of the schedules gone through end so; a retry that changes nothing is no step. */
  readonly schedules: bigint;
  /** The shortest one seen, with the fewest switches. */
  readonly shortest: readonly number[];
}

export interface SearchResult {
  readonly endings: readonly Ending[];
  readonly states: number;
  readonly transitions: number;
  /** Schedules gone through: paths from the begin to an end. */
  readonly schedules: bigint;
  /** The limit was reached, or somebody interrupted. */
  readonly incomplete: boolean;
  /** Many equal rounds of a policy's own loop were taken as some: see policy_frames.ts. */
  readonly bounded: boolean;
}

interface Frame {
  readonly node: Node;
  readonly key: string;
  readonly depth: number;
  /** undefined: its schedule is to be run again. */
  place: Place | undefined;
  /** Tasks to try from here, in order. */
  readonly tasks: number[];
  next: number;
  /** Preemptions used so far. */
  readonly preempted: number;
}

export class Search {
  readonly #world: World;
  readonly #options: SearchOptions;
  readonly #keys: StateKeys;
  readonly #graph = new Graph();
  readonly #footprints = new Footprints();
  readonly #shortest = new Map<string, readonly number[]>();
  readonly #kinds = new Map<string, EndingKind>();
  readonly #path: number[] = [];
  readonly #frames: Frame[] = [];
  /** The frame that the world stands at; undefined: somewhere else. */
  #here: Frame | undefined;
  #transitions = 0;
  #cut = false;
  readonly #root: Node;

  constructor(world: World, options: SearchOptions) {
    this.#world = world;
    this.#options = options;
    this.#keys = new StateKeys(world, options.symmetric ?? options.reduced);
    world.reset();
    this.#root = this.#open(this.#key(0), 0);
  }

  /** Up to `count` more transitions; false: all is done. */
  advance(count: number): boolean {
    const { limit = Infinity } = this.#options;
    const end = this.#transitions + count;
    while (this.#transitions < end) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) return false;
      if (frame.next >= frame.tasks.length) this.#close(frame);
      else this.#try(frame);
      if (this.#graph.size >= limit) {
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

  /** What was found does not hold: steps were joined that are not to be. */
  get isVoid(): boolean {
    return this.#world.joinedTooMuch;
  }

  result(): SearchResult {
    const endings: Ending[] = [...this.#shortest].map(([outcome, shortest]) => ({
      outcome, kind: this.#kinds.get(outcome) ?? 'returns', shortest,
      schedules: this.#root.counts.get(outcome) ?? 0n,
    })).sort((a, b) => (a.outcome < b.outcome ? -1 : 1));
    return {
      endings, states: this.#graph.size, transitions: this.#transitions,
      schedules: endings.reduce((sum, one) => sum + one.schedules, 0n), incomplete: this.#cut,
      bounded: this.#world.bounded,
    };
  }

  /** The state that the world is in now, to be gone on from. */
  #open(key: string, preempted: number): Node {
    const node = this.#graph.open(key);
    const frame: Frame = {
      node, key, depth: this.#path.length, place: undefined, tasks: [], next: 0, preempted,
    };
    this.#frames.push(frame);
    this.#here = frame;
    pushAll(frame.tasks, this.#first(frame));
    // Everybody waits for somebody else.
    if (frame.tasks.length === 0) this.#end(node, hangOf(this.#world));
    // Nobody comes back to a frame from which only one step goes on.
    if (frame.tasks.length > 1) frame.place ??= this.#world.place();
    return node;
  }

  #key(preempted: number): string {
    const key = this.#keys.of(this.#world);
    return this.#options.preemptions === undefined
      ? key : `${key}|${preempted} ${this.#path.at(-1)}`;
  }

  /** Tasks that can go on, the offliner last. */
  #enabled(): number[] {
    const found: number[] = [];
    for (let i = 0; i < this.#world.tasks.length; i += 1) if (this.#world.enabled(i)) found.push(i);
    if (found[0] === OFFLINER) found.push(found.shift() as number);
    return found;
  }

  /** What to try from the state of a frame, where the world stands. */
  #first(frame: Frame): number[] {
    const { preemptions, reduced } = this.#options;
    const last = this.#path.at(-1) ?? OFFLINER;
    if (preemptions !== undefined && frame.preempted >= preemptions) {
      return this.#world.enabled(last) && !this.#yields(last) ? [last] : this.#enabled();
    }
    const enabled = this.#enabled();
    if (!reduced || preemptions !== undefined) return enabled;
    if (!this.#world.enabled(OFFLINER)) return this.#awaited(enabled);
    const expected = this.#footprints.expected(this.#world) ?? this.#probe(frame);
    return [...conflicting(this.#world, expected, enabled), OFFLINER];
  }

  /** Until a CPU is done with its list the offliner that is to drain it does nothing. */
  #awaited(enabled: number[]): number[] {
    const { at, pending: [cpu] } = (this.#world.tasks[OFFLINER] as Running).local;
    if (at !== 'pcp_lock' || cpu === undefined) return enabled;
    const footprint = { cpus: new Set([cpu]), ranges: [], everything: false };
    const found = conflicting(this.#world, footprint, enabled);
    return found.length > 0 ? found : enabled;
  }

  /** Takes the offliner's step to see what it touches, and takes it back. */
  #probe(frame: Frame): World['footprint'] {
    frame.place = this.#world.place();
    this.#go(OFFLINER, frame);
    this.#path.length = frame.depth;
    this.#comeTo(frame);
    return this.#footprints.expected(this.#world) ?? this.#world.footprint;
  }

  #try(frame: Frame): void {
    const task = frame.tasks[frame.next] as number;
    frame.next += 1;
    this.#comeTo(frame);
    const last = this.#path.at(-1);
    const yields = last === undefined || this.#yields(last);
    const enabled = this.#enabled();
    this.#go(task, frame);
    if (task === OFFLINER && this.#isReduced()) {
      this.#addMissed(frame, enabled);
      if (frame.tasks.length === 1 && !this.#goOn(frame)) return;
    }
    const preempts = !yields && last !== task && frame.tasks.includes(last);
    this.#arrive(frame, frame.preempted + (preempts ? 1 : 0));
  }

  /** The offliner's step touched more than was expected. */
  #addMissed(frame: Frame, enabled: readonly number[]): void {
    for (const index of conflicting(this.#world, this.#world.footprint, enabled)) {
      if (!frame.tasks.includes(index)) frame.tasks.push(index);
    }
  }

  /**
   * The offliner's steps that matter to nobody belong to the one before. False: one did matter,
   * and the frame is to be tried again.
   */
  #goOn(frame: Frame): boolean {
    const world = this.#world;
    for (;;) {
      const local = world.tasks[OFFLINER]?.local;
      const stops = !world.enabled(OFFLINER) || local?.beginsRound === true;
      const expected = stops ? undefined : this.#footprints.expected(world);
      if (expected === undefined) return true;
      const enabled = this.#enabled();
      if (conflicting(world, expected, enabled).length > 0) return true;
      this.#go(OFFLINER, frame);
      if (conflicting(world, world.footprint, enabled).length === 0) continue;
      this.#path.length = frame.depth;
      frame.next -= 1;
      return false;
    }
  }

  /** The task stands where it lets others run: a switch there is no preemption. */
  #yields(task: number): boolean {
    return this.#world.tasks[task]?.local.at === 'cond_resched';
  }

  #isReduced(): boolean {
    return this.#options.reduced && this.#options.preemptions === undefined;
  }

  #go(task: number, frame: Frame): void {
    const world = this.#world;
    if (!world.ready(task)) this.#rerun(frame, task);
    this.#here = undefined;
    this.#path.push(task);
    this.#transitions += 1;
    if (task !== OFFLINER || !this.#isReduced()) {
      world.step(task);
      if (this.#isReduced() && world.isAsGoodAsDone(task)) this.#go(task, frame);
      return;
    }
    const learn = this.#footprints.learner(world);
    world.step(task);
    learn(world.footprint);
  }

  /** The world stands in a state that was come to from this frame. */
  #arrive(frame: Frame, preempted: number): void {
    const world = this.#world;
    if (world.outcome !== undefined) {
      this.#end(frame.node, world.outcome);
    } else {
      const key = this.#key(preempted);
      const known = this.#graph.known(key);
      if (known === undefined) {
        this.#open(key, preempted);
        return;
      }
      if (!known.open) this.#graph.add(frame.node, known);
      else this.#round(frame, known);
    }
    this.#path.length = frame.depth;
  }

  /** The state is one that the schedule has come through before. */
  #round(frame: Frame, known: Node): void {
    const nodes = this.#frames.map(({ node }) => node);
    this.#graph.round(nodes.slice(nodes.indexOf(known)));
    const world = this.#world;
    const others = this.#enabled().some((one) => one !== OFFLINER);
    if (world.bounded) {
      const { length } = this.#path;
      for (let i = 0; i < ALONE_MAX && world.outcome === undefined; i += 1) {
        this.#path.push(OFFLINER);
        world.advance(OFFLINER);
      }
      if (world.outcome !== undefined) this.#end(frame.node, world.outcome);
      this.#path.length = length;
    }
    if (!others && world.outcome === undefined) this.#end(frame.node, hangOf(world));
  }

  /** Brings the world to a frame unless it stands there. */
  #comeTo(frame: Frame): void {
    if (this.#here === frame) return;
    if (frame.place === undefined) this.#rerun(frame);
    else this.#world.goBack(frame.place);
    this.#here = frame;
  }

  /**
   * Runs the schedule to a frame, and what was stepped since, from the begin: because of one task,
   * or because the world cannot go back.
   */
  #rerun(frame: Frame, because?: number): void {
    const world = this.#world;
    world.reset();
    for (let i = 0; i < frame.depth; i += 1) {
      const task = this.#path[i] as number;
      if (task === because && task !== OFFLINER) world.spare(task);
      world.advance(task);
    }
    if (this.#key(frame.preempted) !== frame.key) {
      if (world.isBase) throw new StateLost(world.window.file);
      throw new PatchError('the same schedule came to two different states: a policy keeps ' +
        'something outside of the kernel; such state belongs into `adds: { state }`');
    }
    for (let i = frame.depth; i < this.#path.length; i += 1) world.advance(this.#path[i] as number);
  }

  #end(node: Node, outcome: string): void {
    this.#graph.end(node, outcome);
    this.#kinds.set(outcome, this.#world.ending);
    const known = this.#shortest.get(outcome);
    if (known !== undefined && known.length < this.#path.length) return;
    const equal = known !== undefined && known.length === this.#path.length;
    if (equal && switchesOf(known) <= switchesOf(this.#path)) return;
    this.#shortest.set(outcome, [...this.#path]);
  }

  #close(frame: Frame): void {
    this.#frames.pop();
    const parent = this.#frames.at(-1);
    this.#graph.close(frame.node, parent?.node);
    this.#here = undefined;
    if (parent !== undefined) this.#path.length = parent.depth;
  }
}
