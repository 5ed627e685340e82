/** Plug-ins that look at the kernel's state: one file of probes/ each. */
import { loadFolder } from '../base/folder.js';
import type { Kernel } from '../linux/base/kernel.js';
import type { KernelFault } from '../linux/base/fault.js';
import type { LogLine, MemoryBlock } from '../linux/include/mmzone.js';
import type { Kind, Scalar } from './observation.js';

/** What an input came to. */
export interface SeenResult {
  readonly ret: number | undefined;
  readonly detail?: string;
  readonly fault?: KernelFault;
  /** Locks that the call waited for, by the clock of the trace. */
  readonly waits?: readonly { readonly lock: string; readonly ns: number }[];
}

/** What a probe is to look at, so that a machine with many blocks does not cost more each event. */
export interface Scope {
  /** Undefined at boot. */
  readonly result?: SeenResult;
  /** Since the last sample. */
  readonly faults: readonly KernelFault[];
  /** Since the last sample. */
  readonly log: readonly LogLine[];
  /** Memory blocks that the event can have changed; all of a small machine, and at the ends. */
  readonly blocks: readonly MemoryBlock[];
  /** `blocks` are all there are: what is not among them is gone. */
  readonly whole: boolean;
  /** Pfns that somebody asked for. */
  readonly watched: readonly number[];
}

export type See = (subject: string, value: Scalar) => void;

export interface Probe {
  /** The file's name without extension. */
  readonly id: string;
  readonly doc: string;
  readonly kind: Kind;
  /** Says the value of each of its subjects; does not change the kernel. */
  sample(k: Kernel, see: See, scope: Scope): void;
}

/** All probes, by file name. */
export async function loadProbes(): Promise<readonly Probe[]> {
  return loadFolder<Probe>(new URL('./probes/', import.meta.url));
}
