/** include/linux/printk.h: lines of the kernel log. */
import type { Kernel } from '../base/kernel.js';
import { notKept } from '../base/not_kept.js';
import type { LogLine } from './mmzone.js';

/** Characters of one message, as in the ring of a kernel; what is behind them is cut off. */
const LONGEST = 1024;
/** A kernel's ring would have lost the first ones long before; here no more are kept. */
const MOST_LINES = 65_536;

function keep(k: Kernel, level: 'info' | 'warn' | 'err' | 'debug', text: string): void {
  const { log } = k.state;
  const line: LogLine = { level, text: `${text}`.slice(0, LONGEST) };
  if (log.length < MOST_LINES) log.push(line);
  else notKept(log, line);
}

/** @kernel include/linux/printk.h v7.3 reduced: keeps the lines, no levels to hide, no ring */
export function pr_info(k: Kernel, text: string): void {
  keep(k, 'info', text);
}

/** @kernel include/linux/printk.h v7.3 reduced: as pr_info */
export function pr_warn(k: Kernel, text: string): void {
  keep(k, 'warn', text);
}

/** @kernel include/linux/printk.h v7.3 reduced: as pr_info */
export function pr_err(k: Kernel, text: string): void {
  keep(k, 'err', text);
}

/** @kernel include/linux/printk.h v7.3 reduced: as pr_info; hidden unless dynamic debug is on */
export function pr_debug(k: Kernel, text: string): void {
  keep(k, 'debug', text);
}
