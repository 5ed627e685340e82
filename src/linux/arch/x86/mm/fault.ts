/** arch/x86/mm/fault.c: a pointer that leads nowhere. */
import type { Kernel } from '../../../base/kernel.js';
import { die } from '../../../base/fault.js';

/** A NULL or poisoned pointer is read. @kernel arch/x86/mm/fault.c v6.12 custom: no dump */
export function oops(k: Kernel, fn: string, text: string): never {
  return die(k, { kind: 'oops', fn, text });
}
