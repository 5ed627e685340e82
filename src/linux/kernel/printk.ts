import type { Kernel } from '../base/kernel.js';
import { KernelBug, type KernelFault } from '../base/fault.js';

/** @kernel kernel/printk/printk.c v6.12 reduced: keeps the lines, no levels to hide, no ring */
export function pr_info(k: Kernel, text: string): void {
  k.state.log.push({ level: 'info', text });
}

/** @kernel kernel/printk/printk.c v6.12 reduced: as pr_info */
export function pr_warn(k: Kernel, text: string): void {
  k.state.log.push({ level: 'warn', text });
}

/** @kernel kernel/printk/printk.c v6.12 reduced: as pr_info */
export function pr_err(k: Kernel, text: string): void {
  k.state.log.push({ level: 'err', text });
}

/** @kernel kernel/printk/printk.c v6.12 reduced: as pr_info; hidden unless dynamic debug is on */
export function pr_debug(k: Kernel, text: string): void {
  k.state.log.push({ level: 'debug', text });
}

/**
 * BUG_ON(), VM_BUG_ON(): notes the fault and ends the running task. What it had changed stays.
 * @kernel include/asm-generic/bug.h v6.12 reduced: no register dump
 */
export function BUG(k: Kernel, fn: string, text: string): never {
  return die(k, { kind: 'BUG', fn, text });
}

/**
 * With CONFIG_DEBUG_VM, ends the task when the condition holds for the page.
 * @kernel include/linux/mmdebug.h v6.12 reduced: the page is not dumped
 */
export function VM_BUG_ON_PAGE(
  k: Kernel, condition: boolean, fn: string, text: string, pfn: number,
): void {
  if (!condition || k.machine.kconfig['DEBUG_VM'] !== 'y') return;
  k.BUG(fn, `VM_BUG_ON_PAGE(${text}), pfn:0x${pfn.toString(16)}`);
}

/** A NULL or poisoned pointer is read. @kernel arch/x86/mm/fault.c v6.12 reduced: no dump */
export function oops(k: Kernel, fn: string, text: string): never {
  return die(k, { kind: 'oops', fn, text });
}

/** A task waits for what will never come. @kernel kernel/hung_task.c v6.12 custom: at once */
export function hang(k: Kernel, fn: string, text: string): never {
  return die(k, { kind: 'hang', fn, text });
}

/** WARN_ON(): notes the fault and goes on. @kernel include/asm-generic/bug.h v6.12 reduced */
export function WARN(k: Kernel, fn: string, text: string): void {
  k.state.faults.push({ kind: 'warning', fn, text });
}

function die(k: Kernel, fault: KernelFault): never {
  k.state.faults.push(fault);
  throw new KernelBug(fault);
}
