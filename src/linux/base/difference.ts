import type { KernelConfig } from '../history/switches/config.js';
import type { KernelFn, KernelFunctions } from './kernel.js';

/** Kernel functions that can stand in for `N`: same arguments, same result. */
export type SameShape<N extends KernelFn> = {
  [M in KernelFn]: KernelFunctions[M] extends KernelFunctions[N]
    ? KernelFunctions[N] extends KernelFunctions[M] ? M : never
    : never;
}[KernelFn];

/**
 * What makes one kernel differ from another: a patch and an older version are the same thing.
 * Three verbs, by how a diff looks: a rewritten function, a changed word inside a function, code
 * put around a function.
 */
export interface Difference {
  /** Version switches. */
  readonly config?: Partial<KernelConfig>;
  /** Whole functions given a new body. */
  readonly replaces?: { readonly [N in KernelFn]?: KernelFunctions[N] };
  /** Inside one function, calls of another go elsewhere: the one-word hunk. */
  readonly substitutes?: {
    readonly [Caller in KernelFn]?: {
      readonly [Callee in KernelFn]?: SameShape<Callee> | KernelFunctions[Callee];
    };
  };
  /** Something before, after or around a whole function. */
  readonly wraps?: {
    readonly [N in KernelFn]?: (next: KernelFunctions[N]) => KernelFunctions[N];
  };
}
