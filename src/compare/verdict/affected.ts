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

export interface AffectedVersion {
  readonly version: string;
  readonly branch: string;
  /** What is wrong without a policy, the gravest first; empty: not affected. */
  readonly findings: readonly Finding[];
  /** Policies that take the gravest of it away and add nothing, the best first. */
  readonly fixed_by: readonly string[];
  /** Policies that take less away, or add something that is not graver. */
  readonly partly_by: readonly string[];
  /** Policies that this version has already, or that cannot stand on it, with why. */
  readonly not_applicable: readonly { readonly policy: string; readonly why: string }[];
}

export interface Affected {
  readonly format: 1;
  readonly trace: string;
  readonly title: string;
  /** In the order of the releases, the newest first. */
  readonly versions: readonly AffectedVersion[];
  /** Versions on which the trace cannot be replayed, with why. */
  readonly failed: readonly { readonly version: string; readonly why: string }[];
}

type Judged = Pick<Comparison, 'trace' | 'verdict' | 'skipped' | 'runs'>;

/** `one` of the version, with its policies where it is affected. */
export function affectedVersion(one: Judged, releases: readonly Release[]): AffectedVersion {
  const { trace: { base }, verdict, skipped, runs } = one;
  const policies = [...verdict?.policies ?? []].sort(byWorth);
  const names = (test: (policy: typeof policies[number]) => boolean): string[] =>
    policies.filter(test).map(({ name }) => name);
  const [gravest] = verdict?.base ?? [];
  const mends = ({ fixes }: typeof policies[number]): boolean =>
    fixes.some(({ id }) => id === gravest?.id);
  const released = runs.flatMap(({ name, doubts }) => doubts
    .filter(({ kind }) => kind === 'released').map(({ text }) => ({ policy: name, why: text })));
  return {
    version: base, branch: releases.find(({ id }) => id === base)?.on ?? base,
    findings: verdict?.base ?? [],
    fixed_by: names((policy) => policy.standing === 'fixes' && mends(policy)),
    partly_by: names((policy) => policy.standing === 'trades' ||
      policy.standing === 'fixes' && !mends(policy)),
    not_applicable: [...released, ...skipped.map(({ name, why }) => ({ policy: name, why }))],
  };
}
