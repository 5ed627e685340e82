/** Which versions have what is wrong on one trace, and which policies mend each of them. */
import type { Comparison } from '../comparison.js';
import type { Finding } from './finding.js';
import { byWorth } from './verdict.js';

/** A version of the kernel, as the model has it. */
export interface Release {
  readonly id: string;
  /** The mainline release that its branch began with; its own id: it is one. */
  readonly on: string;
}

/** Something that is wrong on a version, with the policies that take it away, the best first. */
export interface AffectedFault {
  /** Of findings that the same policies take away the gravest. */
  readonly finding: Finding;
  /** They add nothing. */
  readonly fixed_by: readonly string[];
  /** They add something that is not graver. */
  readonly partly_by: readonly string[];
}

export interface AffectedVersion {
  readonly version: string;
  readonly branch: string;
  /** What is wrong without a policy, the gravest first; empty: not affected. */
  readonly findings: readonly Finding[];
  /** What policies are about; the gravest finding alone where none takes anything away. */
  readonly faults: readonly AffectedFault[];
  /** Policies that this version has already, or that cannot stand on it, with why. */
  readonly not_applicable: readonly { readonly policy: string; readonly why: string }[];
}

export interface Affected {
  readonly format: 2;
  readonly trace: string;
  readonly title: string;
  /** In the order of the releases, the newest first. */
  readonly versions: readonly AffectedVersion[];
  /** Versions on which the trace cannot be replayed, with why. */
  readonly failed: readonly { readonly version: string; readonly why: string }[];
}

type Judged = Pick<Comparison, 'trace' | 'verdict' | 'skipped' | 'runs'>;

type PolicyVerdict = NonNullable<Judged['verdict']>['policies'][number];

function faultsOf(
  findings: readonly Finding[], policies: readonly PolicyVerdict[],
): readonly AffectedFault[] {
  const faults = new Map<string, AffectedFault>();
  for (const finding of findings) {
    const mending = (standing: PolicyVerdict['standing']): string[] => policies
      .filter((one) => one.standing === standing && one.fixes.some(({ id }) => id === finding.id))
      .map(({ name }) => name);
    const [fixed_by, partly_by] = [mending('fixes'), mending('trades')];
    const key = JSON.stringify([fixed_by, partly_by]);
    if (!faults.has(key)) faults.set(key, { finding, fixed_by, partly_by });
  }
  const all = [...faults.values()];
  const mended = all.filter((one) => one.fixed_by.length + one.partly_by.length > 0);
  return mended.length > 0 ? mended : all.slice(0, 1);
}

/** `one` of the version, with its policies where it is affected. */
export function affectedVersion(one: Judged, releases: readonly Release[]): AffectedVersion {
  const { trace: { base }, verdict, skipped, runs } = one;
  const findings = verdict?.base ?? [];
  const released = runs.flatMap(({ name, doubts }) => doubts
    .filter(({ kind }) => kind === 'released').map(({ text }) => ({ policy: name, why: text })));
  return {
    version: base, branch: releases.find(({ id }) => id === base)?.on ?? base, findings,
    faults: faultsOf(findings, [...verdict?.policies ?? []].sort(byWorth)),
    not_applicable: [...released, ...skipped.map(({ name, why }) => ({ policy: name, why }))],
  };
}
