/** mm/percpu.c: memory for each CPU. */
import type { Kernel } from '../base/kernel.js';

/** @returns 1; 0: there is none
 * @kernel mm/percpu.c v7.3 custom: there always is, unless it is made to fail */
export function alloc_percpu(_k: Kernel): number {
  return 1;
}
