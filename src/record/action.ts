/** What the recorder does in one step, and what came of it. */
import type { Step } from '../trace/scenario/actions.js';
import type { Guest } from './guest.js';

/** What a step came to; goes into `info.json` beside the step's own fields. */
export interface StepResult {
  /** 0, or 1 when the kernel or QEMU refused; the exit status of a shell command. */
  readonly rc: number;
  readonly stderr?: string | null;
  readonly output?: string;
  /** virtio-mem: what the guest has plugged, in MiB. */
  readonly plugged_mb?: number;
  /** offline-result: has the write returned; its exit status then, its message in `stderr`. */
  readonly ended?: boolean;
  readonly write_rc?: number;
}

/** Runs one step in a guest. `seconds` is how long it may take. */
export type Action = (guest: Guest, step: Step, seconds: number) => Promise<StepResult>;
