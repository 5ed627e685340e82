/** What makes one kernel differ from another: the verbs of policies and of older versions. */
import type { KernelConfig } from '../history/switches/config.js';
import type { Kernel, KernelFn, KernelFunctions, Preempt } from './kernel.js';

/** Kernel functions that can stand in for `N`: same arguments, same result. */
export type SameShape<N extends KernelFn> = {
  [M in KernelFn]: KernelFunctions[M] extends KernelFunctions[N]
    ? KernelFunctions[N] extends KernelFunctions[M] ? M : never
    : never;
}[KernelFn];

type Args<N extends KernelFn> =
  KernelFunctions[N] extends (k: Kernel, ...args: infer A) => unknown ? A : never;
type Result<N extends KernelFn> = ReturnType<KernelFunctions[N]>;
type IsSleeping<N extends KernelFn> = Result<N> extends Generator ? true : false;

/** Local variables that a patch gives to a function: each call of the function has its own. */
export type Locals = Record<string, number | undefined>;

/** One call inside a function, as the code around it sees it. */
export interface CallInside<Caller extends KernelFn, Callee extends KernelFn> {
  /** What the callee is called with. */
  readonly args: Args<Callee>;
  /** What the function that calls was called with. */
  readonly caller: Args<Caller>;
  /** Empty when the caller begins; one object for all code that the patch puts into it. */
  readonly local: Locals;
}

/**
 * Code around one call: `next()` makes the call as it stands, `next(...args)` with other arguments;
 * those that are left out at the end stay what they were, `undefined` takes one away.
 * It may sleep where the callee or the caller does; around a callee that does not, inside a caller
 * that does, the model says where: `mightSleep()`.
 */
export type Around<Caller extends KernelFn, Callee extends KernelFn> = (
  next: (...args: Args<Callee> | []) => Result<Callee>, k: Kernel,
  call: CallInside<Caller, Callee>,
) => IsSleeping<Callee> extends true ? Result<Callee>
  : IsSleeping<Caller> extends true ? Result<Callee> | Preempt<Result<Callee>> : Result<Callee>;

/**
 * What makes one kernel differ from another: a patch and an older version are the same thing.
 * Four verbs, by how a diff looks: a rewritten function, a changed word inside a function, lines
 * beside a call inside a function, code put around a function.
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
  /** Inside one function, code before, after or instead of calls of another. */
  readonly around?: {
    readonly [Caller in KernelFn]?: { readonly [Callee in KernelFn]?: Around<Caller, Callee> };
  };
  /**
   * Something before, after or around a whole function. Arguments that are not handed on to `next`
   * stay what the function was called with; `undefined` takes one away.
   */
  readonly wraps?: {
    readonly [N in KernelFn]?: (next: KernelFunctions[N]) => KernelFunctions[N];
  };
}
