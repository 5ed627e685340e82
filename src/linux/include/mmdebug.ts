/** include/linux/mmdebug.h: checks of CONFIG_DEBUG_VM. */
import { hex } from '../../base/pfn.js';
import type { Kernel } from '../base/kernel.js';

/**
 * With CONFIG_DEBUG_VM, ends the task when the condition holds for the page.
 * @kernel include/linux/mmdebug.h v7.3 reduced: the page is not dumped
 */
export function VM_BUG_ON_PAGE(
  k: Kernel, condition: boolean, fn: string, text: string, pfn: number,
): void {
  if (!condition || k.machine.kconfig['DEBUG_VM'] !== 'y') return;
  k.BUG(fn, `VM_BUG_ON_PAGE(${text}), pfn:${hex(pfn)}`);
}
