/** Any function of the model, whatever its arguments. */
import type { Kernel } from '../linux/base/kernel.js';

export type AnyFunction = (k: Kernel, ...args: never[]) => unknown;
