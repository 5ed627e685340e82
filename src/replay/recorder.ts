/** Looks at a replay through all probes and invariants and keeps what it saw. */
import { growHeapSlowly } from '../base/heap.js';
import type { Kernel } from '../linux/base/kernel.js';
import type { MemoryBlock } from '../linux/include/mmzone.js';
import { arises } from '../observe/arises.js';
import type { Breach, Check, Invariant } from '../observe/invariant.js';
import { ABSENT, isPoint, ObservationLog, type Scalar } from '../observe/observation.js';
import type { Probe } from '../observe/probe.js';
import type { Trace } from '../trace/trace.js';
import { callsOfOthers } from './calls.js';
import { BOOT, type InputResult, type ReplayObserver } from './observer.js';

/**
 * How many blocks are looked at in all, however many there are and however long the trace is: some
 * seconds. Up to there all of them are looked at after each event: 2048 blocks and 1024 calls.
 */
const LOOKS_MAX = 2 ** 21;
/** From so many blocks on what is kept of them is most of the memory: 1 TiB of 128 MiB each. */
const MANY_BLOCKS = 2 ** 13;

/** Shown of an invariant that is violated in many places. */
const VIOLATIONS_SHOWN = 3;

/** A function that a patch changed ran during this row. */
export interface PatchedCall {
  readonly row: number;
  readonly fn: string;
  readonly patch: string;
}

export interface WorstBreach extends Breach {
  readonly row: number;
}

export interface Instruments {
  readonly probes: readonly Probe[];
  readonly invariants: readonly Invariant[];
}

interface RunningCheck {
  readonly id: string;
  readonly functions: ReadonlySet<string>;
  readonly check: Check;
  /** When it was asked last. */
  wasBroken: boolean;
}

/** After how many of a trace's calls all blocks are looked at again. */
function callsBetween(blocks: number, calls: number): number {
  return Math.max(1, Math.ceil(blocks * calls / LOOKS_MAX));
}

/** A subject that a probe spoke of. */
interface Subject {
  value: Scalar;
  /** In which sample it did so last. */
  sample: number;
}

export class Recorder implements ReplayObserver {
  readonly log: ObservationLog;
  /** Invariants whose subject there was: the others could not be broken. */
  readonly exercised = new Set<string>();
  /** In order; one entry for each row and function. */
  readonly patchedCalls: PatchedCall[] = [];
  readonly functions: ReadonlySet<string>;
  /** The largest breach of each invariant, by id; the first of those without a size. */
  readonly worst = new Map<string, WorstBreach>();
  readonly #trace: Trace;
  readonly #instruments: Instruments;
  readonly #watched: readonly number[];
  #checks: readonly RunningCheck[] = [];
  #faultsSeen = 0;
  #linesSeen = 0;
  #samples = 0;
  /** After how many calls all blocks were looked at, where there were most of them. */
  every = 1;
  /** What each probe speaks of, by its id, and the value that it had last. */
  readonly #subjects = new Map<string, Map<string, Subject>>();
  #taken = 0;
  /** Checks that are told of a function. */
  readonly #checksOf = new Map<string, readonly RunningCheck[]>();
  #row = BOOT;
  /** By subject, what the probes see; undefined: no check asks for it. */
  #now: Map<string, Scalar> | undefined;

  /** `base`: the log of another run of the trace. */
  constructor(
    trace: Trace, instruments: Instruments, watched: readonly number[], base?: ObservationLog,
  ) {
    this.log = new ObservationLog(base?.list);
    this.#trace = trace;
    this.#instruments = instruments;
    this.#watched = watched;
    this.functions = new Set(instruments.invariants.flatMap((one) => one.functions ?? []));
  }

  composed(k: Kernel): void {
    this.#checks = this.#instruments.invariants.map(({ id, functions = [], begin }) => (
      { id, functions: new Set(functions), check: begin(k), wasBroken: false }));
    if (this.#checks.some(({ check }) => check.sampled !== undefined)) this.#now = new Map();
  }

  enter(fn: string, args: readonly unknown[]): void {
    for (const one of this.#told(fn)) {
      if (one.check.isExercised === undefined) this.exercised.add(one.id);
      one.check.entered?.(fn, args);
    }
  }

  leave(fn: string, result: unknown): void {
    for (const one of this.#told(fn)) one.check.left?.(fn, result);
  }

  #told(fn: string): readonly RunningCheck[] {
    const known = this.#checksOf.get(fn) ??
      this.#checks.filter(({ functions }) => functions.has(fn));
    this.#checksOf.set(fn, known);
    return known;
  }

  patched(fn: string, patch: string, row: number): void {
    const calls = this.patchedCalls;
    let index = calls.length - 1;
    while (index >= 0 && calls[index]?.row === row && calls[index]?.fn !== fn) index -= 1;
    const known = calls[index];
    const isSame = known?.row === row && known.fn === fn && known.patch === patch;
    if (isSame && index === calls.length - 1) return;
    // The one that ran last stays last.
    if (isSame) calls.splice(index, 1);
    calls.push({ row, fn, patch });
  }

  booted(k: Kernel): void {
    this.#sample(k, BOOT, undefined);
  }

  beforeRow(row: number): void {
    this.#row = row;
  }

  /** A call that others interrupted ends rows after it began: its result belongs to its begin. */
  result(result: InputResult, k: Kernel): void {
    this.#sample(k, this.#row, result);
  }

  /** A call in flight may have gone on since the last result: the snapshot caught it there. */
  afterRow(row: number, k: Kernel): void {
    if (this.#trace.event(row) === 'snapshot') this.#sample(k, row, undefined);
  }

  end(k: Kernel): void {
    this.#samples = 0;
    this.#sample(k, this.#trace.length, undefined);
  }

  /** The run ended here; `stopped`: by no doing of the kernel. */
  over(stopped: string | undefined): void {
    if (stopped !== undefined) this.log.see(this.#row, 'fault', 'policy stopped', stopped);
    this.log.close();
  }

  #sample(k: Kernel, row: number, result: InputResult | undefined): void {
    const { memory_blocks, faults, log } = k.state;
    const every = callsBetween(memory_blocks.size, callsOfOthers(this.#trace).size);
    this.every = Math.max(this.every, every);
    if (memory_blocks.size >= MANY_BLOCKS) growHeapSlowly();
    const whole = every <= 1 || this.#samples % every === 0;
    const scope = {
      ...(result === undefined ? {} : { result }),
      faults: faults.slice(this.#faultsSeen), log: log.slice(this.#linesSeen),
      blocks: whole ? [...memory_blocks.values()] : this.#touched(k, row),
      whole, watched: this.#watched,
    };
    for (const probe of this.#instruments.probes) {
      const at = probe.kind === 'result' ? result?.row ?? row : row;
      this.#probe(k, at, probe, scope);
    }
    this.#faultsSeen = faults.length;
    this.#linesSeen = log.length;
    // With very many blocks a check of all of them after each event would never end; and an
    // invariant that looks at one event only is asked after events, not at snapshots or the end.
    const event = row < this.#trace.length && (row === BOOT || result !== undefined);
    if (every <= 1 ? event : whole) this.#check(row, k);
    this.#samples += 1;
  }

  /** Blocks of the row's range, and their neighbours. */
  #touched(k: Kernel, row: number): MemoryBlock[] {
    const pages = k.machine.pages_per_block;
    const first = Math.floor(this.#trace.pfn(row) / pages) - 1;
    const last = first + 1 + Math.ceil(this.#trace.nr_pages(row) / pages);
    const blocks: MemoryBlock[] = [];
    for (let id = first; id <= last; id += 1) {
      const block = k.state.memory_blocks.get(id);
      if (block !== undefined) blocks.push(block);
    }
    return blocks;
  }

  #probe(
    k: Kernel, row: number, probe: Probe, scope: Parameters<Probe['sample']>[2],
  ): void {
    const { kind } = probe;
    const subjects = this.#subjectsOf(probe.id);
    const always = isPoint(kind);
    this.#taken += 1;
    const sample = this.#taken;
    let told = 0;
    probe.sample(k, (subject, value) => {
      const known = subjects.get(subject);
      if (known?.sample !== sample) told += 1;
      if (known === undefined) subjects.set(subject, { value, sample });
      else {
        known.sample = sample;
        if (known.value === value && !always) return;
        known.value = value;
      }
      this.#now?.set(subject, value);
      this.log.see(row, kind, subject, value);
    }, scope);
    // As much as changed, not as much as there is.
    if (!scope.whole || told === subjects.size) return;
    for (const [subject, last] of subjects) {
      if (last.sample === sample) continue;
      subjects.delete(subject);
      this.#now?.delete(subject);
      this.log.see(row, kind, subject, ABSENT);
    }
  }

  #subjectsOf(probe: string): Map<string, Subject> {
    const known = this.#subjects.get(probe) ?? new Map<string, Subject>();
    this.#subjects.set(probe, known);
    return known;
  }

  #check(row: number, k: Kernel): void {
    const event = row < 0 ? undefined : this.#trace.event(row);
    for (const one of this.#checks) {
      const { id, functions, check } = one;
      if (this.#now !== undefined) check.sampled?.({ event, values: this.#now });
      const asks = functions.size === 0 || check.isExercised !== undefined;
      if (asks && !this.exercised.has(id)
        && (check.isExercised?.() ?? arises(id, k))) this.exercised.add(id);
      const shown: string[] = [];
      let more = 0;
      for (const found of check.violations()) {
        const breach = typeof found === 'string' ? { text: found, amount: 0 } : found;
        const worst = this.worst.get(id);
        if (worst === undefined || breach.amount > worst.amount) {
          this.worst.set(id, { row, ...breach });
        }
        if (shown.length < VIOLATIONS_SHOWN) shown.push(breach.text);
        else more += 1;
      }
      if (more > 0) shown.push(`and ${more} more`);
      const isBroken = shown.length > 0;
      if (!isBroken && !one.wasBroken) continue;
      one.wasBroken = isBroken;
      this.log.see(row, 'invariant', id, isBroken ? shown.join('\n') : ABSENT);
    }
  }
}
