/**
 * All policies of a question on the same cases: from which case on are two of them told apart? One
 * replay of each policy serves all its pairs.
 */
import { TraceError } from '../../base/errors.js';
import { standsOn } from '../../patch/conflicts.js';
import { parseSeries, type Series } from '../../patch/series.js';
import { observedRun, type ObservedRun } from '../../replay/observed_run.js';
import type { Trace } from '../../trace/trace.js';
import { stepsOf, traceOfCase, type Case } from '../case.js';
import { differencesOf, type Found } from '../difference.js';
import { isOutcome } from '../gravity.js';
import type { Instruments } from '../evaluate.js';
import { randomCase } from '../generate/case.js';
import { guideFor } from '../guide.js';

/** Two policies and the first case that told them apart. */
export interface Told {
  readonly one: string;
  readonly other: string;
  /** Place of the case, from 1. */
  readonly case: number;
  readonly steps: number;
  readonly kind: Case['kind'];
  readonly found: Found;
}

/** Those of a question that can stand on this version, the base among them. */
export async function standing(ids: readonly string[], version: string):
Promise<readonly Series[]> {
  const all = await Promise.all(ids.map((id) => parseSeries(id)));
  return all.filter(({ patches }) => standsOn(version, patches));
}

/** `a b` for the pair, whichever comes first. */
export const pairKey = (one: string, other: string): string => [one, other].sort().join(' ');

/** Each kernel's run of a trace, made once; undefined: the trace says what its machine has not. */
function runsOf(
  trace: Trace, version: string, instruments: Instruments,
): (series: Series) => ObservedRun | undefined {
  const runs = new Map<string, ObservedRun | undefined>();
  return ({ id, patches }) => {
    if (runs.has(id)) return runs.get(id);
    const run = runIfAny(() => observedRun(trace, {
      name: id, version, series: patches, instruments, watched: [] }));
    runs.set(id, run);
    return run;
  };
}

function runIfAny(run: () => ObservedRun): ObservedRun | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof TraceError) return undefined;
    throw error;
  }
}

/** Plays until all wanted pairs are told apart, or these many cases were tried. */
export function tournament(
  version: string, series: readonly Series[], wanted: ReadonlySet<string>,
  options: {
    readonly seed: number; readonly cases: number; readonly steps: number;
    readonly instruments: Instruments; readonly tell?: (index: number, left: number) => void;
  },
): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  const guide = guideFor({ version, series });
  for (let index = 0; index < options.cases && told.size < wanted.size; index += 1) {
    const one = randomCase(options.seed, index, { guide, steps: options.steps });
    const trace = traceOfCase(one, version);
    if (trace === undefined) continue;
    const runs = runsOf(trace, version, options.instruments);
    for (const [at, a] of series.entries()) {
      for (const b of series.slice(at + 1)) {
        const key = pairKey(a.id, b.id);
        if (!wanted.has(key) || told.has(key)) continue;
        const [left, right] = [runs(a), runs(b)];
        if (left === undefined || right === undefined) continue;
        const found = differencesOf(left, right, options.instruments.invariants).find(isOutcome);
        if (found === undefined) continue;
        told.set(key, {
          one: a.id, other: b.id, case: index + 1, steps: stepsOf(one), kind: one.kind, found });
      }
    }
    options.tell?.(index + 1, wanted.size - told.size);
  }
  return told;
}
