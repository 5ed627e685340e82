/** Looks at a replay through all probes and invariants and keeps what it saw. */
import type { Kernel } from '../linux/base/kernel.js';
import type { MemoryBlock } from '../linux/include/mmzone.js';
import type { Breach, Check, Invariant } from '../observe/invariant.js';
import { ABSENT, ObservationLog } from '../observe/observation.js';
import type { Probe } from '../observe/probe.js';
import type { Trace } from '../trace/trace.js';
import { BOOT, type InputResult, type ReplayObserver } from './observer.js';

/** Up to this many memory blocks all of them are looked at after each event. */
const BLOCKS_MAX = 2048;

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
}

export class Recorder implements ReplayObserver {
  readonly log = new ObservationLog();
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
  readonly #subjects = new Map<string, Set<string>>();
  #row = BOOT;

  constructor(trace: Trace, instruments: Instruments, watched: readonly number[]) {
    this.#trace = trace;
    this.#instruments = instruments;
    this.#watched = watched;
    this.functions = new Set(instruments.invariants.flatMap((one) => one.functions ?? []));
  }

  composed(k: Kernel): void {
    this.#checks = this.#instruments.invariants.map((one) => (
      { id: one.id, functions: new Set(one.functions ?? []), check: one.begin(k) }));
  }

  enter(fn: string, args: readonly unknown[]): void {
    for (const one of this.#checks) if (one.functions.has(fn)) one.check.entered?.(fn, args);
  }

  leave(fn: string, result: unknown): void {
    for (const one of this.#checks) if (one.functions.has(fn)) one.check.left?.(fn, result);
  }

  patched(fn: string, patch: string, row: number): void {
    const known = this.patchedCalls.findLast((one) => one.row === row && one.fn === fn);
    if (known?.patch === patch && this.patchedCalls.at(-1) === known) return;
    const index = known === undefined ? -1 : this.patchedCalls.indexOf(known);
    // The one that ran last stays last.
    if (known?.patch === patch) this.patchedCalls.splice(index, 1);
    this.patchedCalls.push({ row, fn, patch });
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

  /** The run ended here, by no doing of the kernel. */
  stopped(text: string): void {
    this.log.see(this.#row, 'fault', 'policy stopped', text);
  }

  #sample(k: Kernel, row: number, result: InputResult | undefined): void {
    const { memory_blocks, faults, log } = k.state;
    const every = Math.ceil(memory_blocks.size / BLOCKS_MAX);
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
    if (every <= 1 ? event : whole) this.#check(row);
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
    const before = this.#subjects.get(probe.id) ?? new Set();
    const now = new Set<string>();
    probe.sample(k, (subject, value) => {
      now.add(subject);
      this.log.see(row, probe.kind, subject, value);
    }, scope);
    for (const gone of before) {
      if (now.has(gone)) continue;
      if (scope.whole) this.log.see(row, probe.kind, gone, ABSENT);
      else now.add(gone);
    }
    this.#subjects.set(probe.id, now);
  }

  #check(row: number): void {
    for (const { id, check } of this.#checks) {
      const shown: string[] = [];
      let more = 0;
      for (const one of check.violations()) {
        const breach = typeof one === 'string' ? { text: one, amount: 0 } : one;
        const worst = this.worst.get(id);
        if (worst === undefined || breach.amount > worst.amount) {
          this.worst.set(id, { row, ...breach });
        }
        if (shown.length < VIOLATIONS_SHOWN) shown.push(breach.text);
        else more += 1;
      }
      if (more > 0) shown.push(`and ${more} more`);
      this.log.see(row, 'invariant', id, shown.length === 0 ? ABSENT : shown.join('\n'));
    }
  }
}
