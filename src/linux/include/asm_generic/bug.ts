/** include/asm-generic/bug.h: BUG() and WARN(). */
import type { Kernel } from '../../base/kernel.js';
import { die } from '../../base/fault.js';

/**
 * BUG_ON(), VM_BUG_ON(): notes the fault and ends the running task. What it had changed stays.
 * @kernel include/asm-generic/bug.h v7.3 reduced: no register dump
 */
export function BUG(k: Kernel, fn: string, text: string): never {
  return die(k, { kind: 'BUG', fn, text });
}

/** WARN_ON(): notes the fault and goes on. @kernel include/asm-generic/bug.h v7.3 reduced */
export function WARN(k: Kernel, fn: string, text: string): void {
  k.state.faults.push({ kind: 'warning', fn, text });
}
