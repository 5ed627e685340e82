/** One replay of a trace on one kernel, seen through all probes and invariants. */
import type { Patch } from '../patch/define.js';
import { reachedCounter, untested, type Reached } from '../patch/reached.js';
import type { AssumedSymbol } from '../observe/assumed_symbol.js';
import { logParting } from '../observe/log_parting.js';
import type { ObservationLog } from '../observe/observation.js';
import type { Trace } from '../trace/trace.js';
import type { Kernel } from '../linux/base/kernel.js';
import type { KconfigSymbol } from '../linux/base/machine.js';
import type { KernelState } from '../linux/base/kernel_state.js';
import { doubtsOf, type Doubt } from '../patch/doubts.js';
import { executedLines } from '../patch/executed.js';
import { stoppedBy, type Stopped } from '../patch/stopped.js';
import { assumedSymbols, impliedSymbols } from './assumed.js';
import { machineOf } from './machine.js';
import { CourseRecorder, type RunFrame } from './course.js';
import { BOOT, type ReplayObserver } from './observer.js';
import type { PageLevel } from './pages/page_level.js';
import { Recorder, type Instruments, type PatchedCall, type WorstBreach } from './recorder.js';
import type { CallRefusal } from '../observe/refusal.js';
import { Refusals } from './refusals.js';
import { replay } from './replay.js';
import { differences, trailOf, type Trail } from './trail.js';

export interface ObservedRun {
  readonly name: string;
  readonly log: ObservationLog;
  readonly worst: ReadonlyMap<string, WorstBreach>;
  readonly patchedCalls: readonly PatchedCall[];
  readonly reached: readonly Reached[];
  readonly untested: readonly string[];
  /** Invariants that its patches mean to break. */
  readonly intended: readonly string[];
  readonly claims: readonly {
    readonly patch: string; readonly text: string; readonly holds: string;
    readonly on: readonly string[] | undefined;
  }[];
  readonly exercised: readonly string[];
  readonly doubts: readonly Doubt[];
  /** Calls that came back with an error, and why. */
  readonly refusals: readonly CallRefusal[];
  /** Kconfig symbols that the trace does not give, as `DEBUG_VM=n`. */
  readonly assumed: readonly AssumedSymbol[];
  /** After how many calls all memory blocks were looked at; absent: after each. */
  readonly every?: number;
  readonly trail?: Trail;
  /** The memory after each input, when that was asked for. */
  readonly frames?: readonly RunFrame[];
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
  /** Told beside those that count and record. */
  readonly observers?: readonly ReplayObserver[];
  /** Of this trace and series, when somebody asks it afterwards. */
  readonly pageLevel?: PageLevel | undefined;
  /** Functions that some policy changes: what they give back is kept. */
  readonly changed?: ReadonlySet<string>;
  /** The run of the base on the same trace: where outcomes are equal, was anything else not? */
  readonly base?: Pick<ObservedRun, 'log' | 'trail'>;
  /** Keep the memory after each input. */
  readonly course?: boolean;
  /** Seconds that a policy may take; absent: as many as it wants. */
  readonly seconds?: number;
  /** Preemption points after which a call counts as an endless loop. */
  readonly steps?: number;
  /** See ReplayOptions. */
  readonly check?: boolean;
}

/** Costs and lines of the log, which make no outcome another one. */
function workOf({ list }: Pick<ObservationLog, 'list'>): string {
  return list.filter(({ kind }) => kind === 'cost' || kind === 'log')
    .map(({ row, subject, value }) => `${row} ${subject} ${value}`).join('\n');
}

/** What is read when a run is over, and still as code of its policy: any field can be some. */
interface Left {
  readonly trail?: Trail;
  readonly faults: number;
  readonly dead?: string;
}

function leftBy({ faults, system_state }: KernelState, trail: Trail | undefined): Left {
  const [fault] = faults;
  return {
    ...(trail === undefined ? {} : { trail }), faults: faults.length,
    ...(system_state === 'booting' && fault !== undefined
      ? { dead: `${fault.kind} in ${fault.fn}: ${fault.text}` } : {}),
  };
}

function limitsOf({ pageLevel, steps, check }: RunOptions):
{ pageLevel?: PageLevel; steps?: number; check?: boolean } {
  return {
    ...(pageLevel === undefined ? {} : { pageLevel }), ...(steps === undefined ? {} : { steps }),
    ...(check === undefined ? {} : { check }),
  };
}

/** Replays the trace on this kernel. */
export function observedRun(trace: Trace, options: RunOptions): ObservedRun {
  const { name, version, series, observers = [] } = options;
  const { base } = options;
  const recorder = new Recorder(trace, options.instruments, options.watched, base?.log);
  const counter = reachedCounter(series, version);
  const counting = {
    composed: (kernel: Kernel) => {
      k = kernel;
    },
    beforeRow: (row: number) => counter.event(row),
    patched: counter.patched, substituted: counter.substituted,
    switchRead: counter.switchRead,
  };
  const kept = trailOf(options.changed ?? new Set());
  counter.event(BOOT);
  const refusals = new Refusals(trace);
  const course = options.course === true ? new CourseRecorder() : undefined;
  const asked = new Set<KconfigSymbol>();
  let k: Kernel | undefined;
  const all = [counting, recorder, refusals, kept.observer, ...observers,
    ...(course === undefined ? [] : [course])];
  for (const patch of series) executedLines(patch)?.clear();
  let left: Left = { faults: 0 };
  const whole = (): void => {
    let isOver = false;
    try {
      replay(trace, { version, series, asked, observers: all, ...limitsOf(options) });
      isOver = true;
    } finally {
      const isSame = isOver && base?.log.digest() === recorder.log.digest();
      if (k !== undefined) left = leftBy(k.state, isSame ? kept.trail() : undefined);
    }
  };
  const stopped = series.length === 0 ? whole() : stoppedBy(whole, series, options.seconds);
  recorder.over(stopped?.text);
  const reached = counter.result();
  const isSame = stopped === undefined && base?.log.digest() === recorder.log.digest();
  const unseen = isSame && base?.trail !== undefined ? {
    ...differences(base.trail, left.trail ?? kept.trail()),
    work: workOf(base.log) !== workOf(recorder.log),
    log: logParting(base.log.list, recorder.log.list) !== undefined,
  } : undefined;
  return {
    name, log: recorder.log, worst: recorder.worst, patchedCalls: recorder.patchedCalls, reached,
    untested: untested(reached, series),
    claims: series.flatMap((patch) => (patch.claims ?? []).map((claim) => (
      { patch: patch.id, text: claim.text, holds: claim.holds, on: claim.on }))),
    intended: series.flatMap(({ intends = [] }) => intends.map(({ breaks }) => breaks)),
    assumed: assumedSymbols(asked, impliedSymbols(trace, machineOf(trace))),
    exercised: [...recorder.exercised],
    ...(recorder.every > 1 ? { every: recorder.every } : {}),
    ...(series.length === 0 ? { trail: kept.trail() } : {}),
    refusals: refusals.list,
    ...(course === undefined ? {} : { frames: course.frames }),
    doubts: doubtsOf(series, reached, unseen, version, counter.switches),
    faults: left.faults,
    ...(stopped === undefined ? {} : { stopped }),
    ...(left.dead === undefined ? {} : { deadAtBoot: left.dead }),
  };
}
