/** Two batches of the same traces held against each other: what got better, what got worse. */
import type { ComparisonLine } from '../compare/comparison.js';
import type { Finding } from '../compare/verdict/finding.js';

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

/** Traces are the same when their paths are. */
function byPath(lines: readonly ComparisonLine[]): ReadonlyMap<string, ComparisonLine> {
  return new Map(lines.map((line) => [line.trace.path, line]));
}

/** In order of the new batch; what is gone stands last. */
export function changesOf(
  old: readonly ComparisonLine[], now: readonly ComparisonLine[],
): readonly Change[] {
  const [before, after] = [byPath(old), byPath(now)];
  const paths = [...new Set([...after.keys(), ...before.keys()])];
  return paths.flatMap((path): readonly Change[] => {
    const [was, is] = [before.get(path), after.get(path)];
    if (was === undefined || is === undefined) {
      const kind = was === undefined ? 'new' : 'gone';
      return [{ kind, trace: path, came: [], went: [] }];
    }
    const [left, right] = [runsOf(was), runsOf(is)];
    return [...new Set([...right.keys(), ...left.keys()])].flatMap((run) => {
      const change = runChange(is.trace.name, run, left.get(run), right.get(run));
      return change === undefined ? [] : [change];
    });
  });
}
