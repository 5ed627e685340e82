/** Which of the functions that patches changed ran, and on how many events of a trace. */
import type { CallWatcher } from './compose.js';
import { touchedFunctions } from './conflicts.js';
import type { Patch } from './define.js';

export interface Reached {
  readonly patch: string;
  /** The kernel function that the patch changed. */
  readonly fn: string;
  /** Events of the trace in which it ran; 0: the trace says nothing of this change. */
  readonly events: number;
  readonly calls: number;
  /** Calls inside it that were really made, out of all that the patch sends elsewhere or wraps. */
  readonly substitutions?: { readonly called: readonly string[]; readonly all: readonly string[] };
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
  /** One line for every function that the series changes, also for those that never ran. */
  result(): readonly Reached[];
}

/** A counter for one run of one series; its functions go into the run's CallWatcher. */
export function reachedCounter(series: readonly Patch[]): ReachedCounter {
  const counts = new Map<string, Count>();
  let now = -1;
  const countOf = (patch: string, fn: string): Count => {
    const key = `${patch} ${fn}`;
    const found = counts.get(key);
    if (found !== undefined) return found;
    const fresh = { events: 0, calls: 0, lastEvent: Number.NaN, called: new Set<string>() };
    counts.set(key, fresh);
    return fresh;
  };
  return {
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
    result: () => series.flatMap((patch) =>
      touchedFunctions(patch).map((fn) => reachedOne(patch, fn, countOf(patch.id, fn)))),
  };
}

function reachedOne(patch: Patch, fn: string, count: Count): Reached {
  const all = calleesOf(patch, fn);
  return {
    patch: patch.id,
    fn,
    events: count.events,
    calls: count.calls,
    ...(all.length > 0 && { substitutions: { called: [...count.called].sort(), all } }),
  };
}

/** Calls inside the function that the patch changes. */
function calleesOf(patch: Patch, fn: string): readonly string[] {
  const names = [patch.substitutes, patch.around].flatMap((part) =>
    Object.keys(Object.entries(part ?? {}).find(([caller]) => caller === fn)?.[1] ?? {}));
  return [...new Set(names)].sort();
}

/** Patches of the series none of whose changes ran: to be reported as untested, not as equal. */
export function untested(reached: readonly Reached[]): readonly string[] {
  const ids = [...new Set(reached.map((one) => one.patch))];
  return ids.filter((id) => reached.every((one) => one.patch !== id || one.calls === 0));
}
