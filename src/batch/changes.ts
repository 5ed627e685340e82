/** Two batches of the same traces held against each other: what got better, what got worse. */
import type { ComparisonLine } from '../compare/comparison.js';
import type { Finding } from '../compare/verdict/finding.js';
import { distinctNames } from '../report/trace_names.js';

/**
 * new, gone: a trace or a policy that only one of them has; better, worse: findings went or came
 * (worse when both); changed: outcomes differ, findings do not.
 */
export type ChangeKind = 'worse' | 'changed' | 'new' | 'gone' | 'better';
export const changeKinds: readonly ChangeKind[] = ['worse', 'changed', 'new', 'gone', 'better'];

export interface Change {
  readonly kind: ChangeKind;
  readonly trace: string;
  /** `base`, or the policy; undefined: the whole trace. */
  readonly run?: string;
  /** Findings that came and went. */
  readonly came: readonly Finding[];
  readonly went: readonly Finding[];
}

interface RunState {
  readonly digest: string;
  readonly findings: readonly Finding[];
}

/** What a user has with each run, by its name. */
function runsOf({ runs, verdict }: ComparisonLine): ReadonlyMap<string, RunState> {
  const digest = (name: string): string => runs.find((run) => run.name === name)?.digest ?? '';
  return new Map<string, RunState>([
    ['base', { digest: digest('base'), findings: verdict?.base ?? [] }],
    ...(verdict?.policies ?? []).map((one) => [one.name, {
      digest: digest(one.name), findings: [...one.adds, ...one.leaves] }] as const),
  ]);
}

function without(list: readonly Finding[], others: readonly Finding[]): readonly Finding[] {
  const ids = new Set(others.map(({ id }) => id));
  return list.filter(({ id }) => !ids.has(id));
}

function runChange(
  trace: string, run: string, before: RunState | undefined, now: RunState | undefined,
): Change | undefined {
  if (before === undefined || now === undefined) {
    return { kind: before === undefined ? 'new' : 'gone', trace, run, came: [], went: [] };
  }
  const came = without(now.findings, before.findings);
  const went = without(before.findings, now.findings);
  if (came.length > 0) return { kind: 'worse', trace, run, came, went };
  if (went.length > 0) return { kind: 'better', trace, run, came, went };
  return before.digest === now.digest ? undefined : { kind: 'changed', trace, run, came, went };
}

/** Of each path, the bases that the trace was replayed on. */
function basesOf(lines: readonly ComparisonLine[]): ReadonlyMap<string, ReadonlySet<string>> {
  const bases = new Map<string, Set<string>>();
  for (const { trace: { path, base } } of lines) {
    bases.set(path, (bases.get(path) ?? new Set()).add(base));
  }
  return bases;
}

/** Traces are the same when their paths are; their bases too, where a batch has several of one. */
function byTrace(
  lines: readonly ComparisonLine[], isOnSeveral: (path: string) => boolean,
): ReadonlyMap<string, ComparisonLine> {
  return new Map(lines.map((line) => {
    const { path, base } = line.trace;
    return [isOnSeveral(path) ? `${path} on ${base}` : path, line];
  }));
}

/** In order of the new batch; what is gone stands last. */
export function changesOf(
  old: readonly ComparisonLine[], now: readonly ComparisonLine[],
): readonly Change[] {
  const bases = [basesOf(old), basesOf(now)];
  const isOnSeveral = (path: string): boolean =>
    bases.some((of) => (of.get(path)?.size ?? 0) > 1);
  const [before, after] = [byTrace(old, isOnSeveral), byTrace(now, isOnSeveral)];
  const names = new Map(distinctNames(now).map((name, place) => [now[place], name]));
  const traces = [...new Set([...after.keys(), ...before.keys()])];
  return traces.flatMap((trace): readonly Change[] => {
    const [was, is] = [before.get(trace), after.get(trace)];
    if (was === undefined || is === undefined) {
      const kind = was === undefined ? 'new' : 'gone';
      return [{ kind, trace, came: [], went: [] }];
    }
    const [left, right] = [runsOf(was), runsOf(is)];
    return [...new Set([...right.keys(), ...left.keys()])].flatMap((run) => {
      const change = runChange(names.get(is) ?? '', run, left.get(run), right.get(run));
      return change === undefined ? [] : [change];
    });
  });
}
