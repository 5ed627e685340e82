/**
 * The modelled kernel: a table of functions that call each other only through `k`, so that each
 * of them can be replaced by a patch, and the state they work on.
 */
import type { Machine } from './machine.js';
import type { KernelConfig } from '../history/switches/config.js';
import type { KernelState } from './kernel_state.js';
import type * as functions from '../functions.js';

/**
 * A kernel function that may sleep or be preempted. Every `yield` is a place where another CPU can
 * run; the yielded name is what schedules and reports show.
 */
export type Preempt<T> = Generator<string, T, void>;

/** All kernel functions, by name: every function exported by a file of src/linux. */
export type KernelFunctions = {
  readonly [N in keyof typeof functions as (typeof functions)[N] extends (
    // Not (k: Kernel, ...): a key that depends on Kernel makes the types circular.
    ...args: never[]
  ) => unknown
    ? N
    : never]: (typeof functions)[N];
};
export type KernelFn = keyof KernelFunctions;

type Bound<F> = F extends (k: Kernel, ...args: infer A) => infer R ? (...args: A) => R : never;

export interface KernelBase {
  /** `v6.1`, ...: the version that was composed. */
  readonly version: string;
  readonly machine: Machine;
  readonly config: KernelConfig;
  readonly state: KernelState;
  /** Functions that callers pass by (page_alloc/direct.ts): nothing stands around their calls. */
  readonly direct: { page_allocator: boolean };
}

export type Kernel = KernelBase & { readonly [N in KernelFn]: Bound<KernelFunctions[N]> };
