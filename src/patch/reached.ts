/** Which of the functions that patches changed ran, and on how many events of a trace. */
import type { CallWatcher } from './compose.js';
import { doneAlready, touchedFunctions } from './conflicts.js';
import { unfilledFrames } from './check/frames.js';
import type { Patch } from './define.js';
import { isNothingRun } from './not_run.js';

export interface Reached {
  readonly patch: string;
  /** The kernel function that the patch changed. */
  readonly fn: string;
  /** Events of the trace in which it ran; 0: the trace says nothing of this change. */
  readonly events: number;
  readonly calls: number;
  /** What the patch changes in it ran: no frame of a skeleton, no callee that is not called. */
  readonly active: boolean;
  /** Calls inside it that were really made, out of all that the patch sends elsewhere or wraps. */
  readonly substitutions?: {
    readonly called: readonly string[];
    readonly all: readonly string[];
    /** Those that the version sends there already. */
    readonly done: readonly string[];
  };
}

interface Count {
  events: number;
  calls: number;
  lastEvent: number;
  readonly called: Set<string>;
}

export interface ReachedCounter {
  /** What comes next belongs to this event of the trace; -1: boot. */
  event(index: number): void;
  readonly patched: CallWatcher['patched'];
  readonly substituted: NonNullable<CallWatcher['substituted']>;
  readonly switchRead: NonNullable<CallWatcher['switchRead']>;
  /** Switches of the series that were read. */
  readonly switches: ReadonlySet<string>;
  /** One line for every function that the series changes, also for those that never ran. */
  result(): readonly Reached[];
}

/** A counter for one run of one series; its functions go into the run's CallWatcher. */
export function reachedCounter(series: readonly Patch[], version: string): ReachedCounter {
  /** By function, then patch. */
  const counts = new Map<string, Map<string, Count>>();
  const switches = new Set<string>();
  let now = -1;
  const countOf = (patch: string, fn: string): Count => {
    const known = counts.get(fn)?.get(patch);
    if (known !== undefined) return known;
    const fresh = { events: 0, calls: 0, lastEvent: Number.NaN, called: new Set<string>() };
    counts.set(fn, (counts.get(fn) ?? new Map<string, Count>()).set(patch, fresh));
    return fresh;
  };
  return {
    switches,
    switchRead: (name) => {
      switches.add(name);
    },
    event: (index) => {
      now = index;
    },
    patched: (fn, patch) => {
      const count = countOf(patch, fn);
      count.calls += 1;
      if (count.lastEvent !== now) count.events += 1;
      count.lastEvent = now;
    },
    substituted: (caller, callee, patch) => {
      countOf(patch, caller).called.add(callee);
    },
    result: () => series.flatMap((patch) => [
      ...touchedFunctions(patch).map((fn) =>
        reachedOne(patch, fn, countOf(patch.id, fn), doneAlready(version, patch, fn), version)),
      ...Object.keys(patch.adds?.functions ?? {}).map((fn) => {
        const { events, calls } = countOf(patch.id, fn);
        return { patch: patch.id, fn, events, calls, active: calls > 0 };
      }),
    ]),
  };
}

function reachedOne(
  patch: Patch, fn: string, count: Count, done: readonly string[], version: string,
): Reached {
  const all = calleesOf(patch, fn);
  return {
    patch: patch.id,
    fn,
    events: count.events,
    calls: count.calls,
    active: count.calls > 0 && (done.length > 0 || isActive(patch, fn, count)) &&
      !isNothingRun(patch, fn, version),
    ...(all.length > 0 && { substitutions: { called: [...count.called].sort(), all, done } }),
  };
}

/** Something of the patch ran there: its own body or code around, or a call that it sends. */
function isActive(patch: Patch, fn: string, count: Count): boolean {
  const frames = unfilledFrames(patch).map((frame) => frame.fn);
  const own = (fn in (patch.replaces ?? {}) || fn in (patch.wraps ?? {})) && !frames.includes(fn);
  return own || count.called.size > 0;
}

/** Calls inside the function that the patch changes. */
function calleesOf(patch: Patch, fn: string): readonly string[] {
  const names = [patch.substitutes, patch.around].flatMap((part) =>
    Object.keys(Object.entries(part ?? {}).find(([caller]) => caller === fn)?.[1] ?? {}));
  return [...new Set(names)].sort();
}

/**
 * Patches of the series none of whose changes ran: to be reported as untested, not as equal. A
 * switch is read wherever the model reads it, which nobody counts.
 */
export function untested(
  reached: readonly Reached[], series: readonly Patch[],
): readonly string[] {
  const ids = [...new Set(reached.map((one) => one.patch))];
  const switches = series.filter(({ config }) => config !== undefined).map(({ id }) => id);
  return ids.filter((id) => !switches.includes(id) &&
    reached.every((one) => one.patch !== id || !one.active));
}
