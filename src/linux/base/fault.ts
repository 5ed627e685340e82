/** What the modelled kernel runs into, and how a task ends by it. */
import type { KernelState } from './kernel_state.js';
import type { Counted } from './not_kept.js';

/** A BUG_ON, oops or warning that the modelled kernel ran into. */
export interface KernelFault extends Counted {
  readonly kind: 'BUG' | 'oops' | 'warning' | 'hang';
  /** Kernel function it happened in. */
  readonly fn: string;
  readonly text: string;
}

/** Thrown by a model function to end the task that ran into a BUG or an oops. */
export class KernelBug extends Error {
  readonly fault: KernelFault;

  constructor(fault: KernelFault) {
    super(`${fault.kind} in ${fault.fn}: ${fault.text}`);
    this.name = 'KernelBug';
    this.fault = fault;
  }
}

/** Notes the fault and ends the running task; what that had changed stays. */
export function die(k: { readonly state: KernelState }, fault: KernelFault): never {
  k.state.faults.push(fault);
  throw new KernelBug(fault);
}
