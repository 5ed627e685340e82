/** One replay of a trace on one kernel, seen through all probes and invariants. */
import type { Patch } from '../patch/define.js';
import { reachedCounter, untested, type Reached } from '../patch/reached.js';
import type { ObservationLog } from '../observe/observation.js';
import type { Trace } from '../trace/trace.js';
import type { Kernel } from '../linux/base/kernel.js';
import { stoppedBy, type Stopped } from '../patch/stopped.js';
import { BOOT } from './observer.js';
import { Recorder, type Instruments, type PatchedCall, type WorstBreach } from './recorder.js';
import { replay } from './replay.js';

export interface ObservedRun {
  readonly name: string;
  readonly log: ObservationLog;
  readonly worst: ReadonlyMap<string, WorstBreach>;
  readonly patchedCalls: readonly PatchedCall[];
  readonly reached: readonly Reached[];
  readonly untested: readonly string[];
  readonly claims: readonly {
    readonly patch: string; readonly text: string; readonly holds: string;
    readonly on: readonly string[] | undefined;
  }[];
  readonly faults: number;
  /** What a kernel that did not come up ran into. */
  readonly deadAtBoot?: string;
  /** The policy came to no end of its own: what was seen ends there. */
  readonly stopped?: Stopped;
}

export interface RunOptions {
  /** `base` or the ids of the series. */
  readonly name: string;
  readonly version: string;
  readonly series: readonly Patch[];
  readonly instruments: Instruments;
  /** Pfns whose struct pages are looked at after each event. */
  readonly watched: readonly number[];
  /** Seconds that a policy may take; absent: as many as it wants. */
  readonly seconds?: number;
  /** Preemption points after which a call counts as an endless loop. */
  readonly steps?: number;
}

/** Replays the trace on this kernel. */
export function observedRun(trace: Trace, options: RunOptions): ObservedRun {
  const { name, version, series } = options;
  const recorder = new Recorder(trace, options.instruments, options.watched);
  const counter = reachedCounter(series);
  const counting = {
    composed: (kernel: Kernel) => {
      k = kernel;
    },
    beforeRow: (row: number) => counter.event(row),
    patched: counter.patched,
    substituted: counter.substituted,
  };
  counter.event(BOOT);
  let k: Kernel | undefined;
  const run = (): void => {
    replay(trace, { version, series, observers: [counting, recorder],
      ...(options.steps === undefined ? {} : { steps: options.steps }) });
  };
  const stopped = series.length === 0 ? run() : stoppedBy(run, series, options.seconds);
  if (stopped !== undefined) recorder.stopped(stopped.text);
  const reached = counter.result();
  const { faults = [], system_state } = (k as Kernel | undefined)?.state ?? {};
  const [fault] = faults;
  return {
    name, log: recorder.log, worst: recorder.worst, patchedCalls: recorder.patchedCalls, reached,
    untested: untested(reached),
    claims: series.flatMap((patch) => (patch.claims ?? []).map((claim) => (
      { patch: patch.id, text: claim.text, holds: claim.holds, on: claim.on }))),
    faults: faults.length,
    ...(stopped === undefined ? {} : { stopped }),
    ...(system_state === 'booting' && fault !== undefined
      ? { deadAtBoot: `${fault.kind} in ${fault.fn}: ${fault.text}` } : {}),
  };
}
