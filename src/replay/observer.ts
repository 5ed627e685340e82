/** What can look at a replay while it runs: probes, invariants, `verify`, the explorer. */
import type { Kernel } from '../linux/base/kernel.js';
import type { KernelFault } from '../linux/base/fault.js';
import type { StillUsed } from './pages/still_used.js';
import type { Wait } from './tasks.js';

/** Row number of what happens before the first row: the boot. */
export const BOOT = -1;

/** What an input row came to. */
export interface InputResult {
  /** Row of the call: the point, or the `B` row of a call that sleeps. */
  readonly row: number;
  /** 0 or a negative errno; for alloc_pages how many succeeded; undefined: nothing to return. */
  readonly ret: number | undefined;
  /** alloc_pages: what it was served, as the `served` word of the trace. */
  readonly detail?: string;
  /** Locks that it waited for, by the clock of the trace. */
  readonly waits?: readonly Wait[];
  /** A BUG or an oops ended the task. */
  readonly fault?: KernelFault;
}

/** All hooks are optional. `row` is the row that is being replayed, BOOT before the first. */
export interface ReplayObserver {
  /** Kernel functions whose calls `enter` and `leave` tell. */
  readonly functions?: ReadonlySet<string>;
  /** The kernel is composed; nothing ran yet. */
  composed?(k: Kernel): void;
  /** The machine has booted (or not: see `k.state.faults`), taken rows are copied in. */
  booted?(k: Kernel): void;
  /** Before a row of any role is replayed. */
  beforeRow?(row: number, k: Kernel): void;
  /** A watched function is called; `task` is the traced task that runs, `boot` at boot. */
  enter?(fn: string, args: readonly unknown[], row: number, task: string): void;
  /** It returned. A function that a BUG ended does not. */
  leave?(fn: string, result: unknown, row: number, task: string): void;
  /** A function that the patch replaced, wrapped or changed is called. */
  patched?(fn: string, patch: string, row: number): void;
  /** Inside `caller`, a call of `callee` goes where the patch sent it. */
  substituted?(caller: string, callee: string, patch: string, row: number): void;
  /** A switch that a patch sets is read for the first time. */
  switchRead?(name: string): void;
  /** An input call ended; for a call that sleeps this can be many rows after its `B` row. */
  result?(result: InputResult, k: Kernel): void;
  /** The trace ends while the call of this row waits for a page that is in use. */
  unended?(row: number, used: StillUsed): void;
  /** After a row of any role: of an input, its effects are in the state. */
  afterRow?(row: number, k: Kernel): void;
  /** After the last row. Calls still in flight ran to their end. */
  end?(k: Kernel): void;
}
