/** include/linux/printk.h: lines of the kernel log. */
import type { Kernel } from '../base/kernel.js';

/** @kernel include/linux/printk.h v7.3 reduced: keeps the lines, no levels to hide, no ring */
export function pr_info(k: Kernel, text: string): void {
  k.state.log.push({ level: 'info', text });
}

/** @kernel include/linux/printk.h v7.3 reduced: as pr_info */
export function pr_warn(k: Kernel, text: string): void {
  k.state.log.push({ level: 'warn', text });
}

/** @kernel include/linux/printk.h v7.3 reduced: as pr_info */
export function pr_err(k: Kernel, text: string): void {
  k.state.log.push({ level: 'err', text });
}

/** @kernel include/linux/printk.h v7.3 reduced: as pr_info; hidden unless dynamic debug is on */
export function pr_debug(k: Kernel, text: string): void {
  k.state.log.push({ level: 'debug', text });
}
