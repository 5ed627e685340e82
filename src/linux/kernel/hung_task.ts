/** kernel/hung_task.c: a task that waits for ever. */
import type { Kernel } from '../base/kernel.js';
import { die } from '../base/fault.js';

/** A task waits for what will never come. @kernel kernel/hung_task.c v6.12 custom: at once */
export function hang(k: Kernel, fn: string, text: string): never {
  return die(k, { kind: 'hang', fn, text });
}
