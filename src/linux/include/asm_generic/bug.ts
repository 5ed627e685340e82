/** include/asm-generic/bug.h: BUG() and WARN(). */
import type { Kernel } from '../../base/kernel.js';
import { die } from '../../base/fault.js';
import { notKept } from '../../base/not_kept.js';

/** Faults that are kept of a run: whoever warns in a loop has been heard by then. */
const MOST_FAULTS = 4096;

/**
 * BUG_ON(), VM_BUG_ON(): notes the fault and ends the running task. What it had changed stays.
 * @kernel include/asm-generic/bug.h v7.3 reduced: no register dump
 */
export function BUG(k: Kernel, fn: string, text: string): never {
  return die(k, { kind: 'BUG', fn, text });
}

/** WARN_ON(): notes the fault and goes on. @kernel include/asm-generic/bug.h v7.3 reduced */
export function WARN(k: Kernel, fn: string, text: string): void {
  const { faults } = k.state;
  const fault = { kind: 'warning', fn, text } as const;
  if (faults.length < MOST_FAULTS) faults.push(fault);
  else if (faults.at(-1)?.kind === 'warning') notKept(faults, fault);
}
