/** Pairs of shipped policies that a shipped trace tells apart. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/package_root.js';
import { questions } from '../../patch/catalogue.js';
import { evaluate } from '../../pipeline.js';
import { pairKey } from './tournament.js';

export interface ShippedPairs {
  readonly question: string;
  /** Of its traces, the frequent ones first. */
  readonly versions: readonly string[];
  /** `base` and all of its policies that ran. */
  readonly names: readonly string[];
  readonly pairs: ReadonlySet<string>;
}

/** Pairs of runs that stand in different groups. */
function apart(groups: readonly (readonly string[])[]): string[] {
  return groups.flatMap((group, index) => groups.slice(index + 1).flatMap((other) =>
    group.flatMap((one) => other.map((two) => pairKey(one, two)))));
}

async function ofQuestion(question: string): Promise<ShippedPairs> {
  const folder = join(packageRoot(), 'traces');
  const names = new Set<string>();
  const pairs = new Set<string>();
  const versions = new Map<string, number>();
  for (const trace of readdirSync(folder).sort()) {
    const path = join(folder, trace, 'trace.csv');
    if (!trace.startsWith(`${question}-`) || !existsSync(path)) continue;
    const { groups, runs, trace: { base } } = await evaluate(
      { path, series: [], base: undefined, config: {}, tool: '' });
    versions.set(base, (versions.get(base) ?? 0) + 1);
    const named = groups.map((group) => group.flatMap((index) => {
      const run = runs[index];
      return run?.kind === 'model' ? [run.name] : [];
    }));
    for (const name of named.flat()) names.add(name);
    for (const pair of apart(named)) pairs.add(pair);
  }
  return {
    question, pairs, names: [...names].sort(),
    versions: [...versions].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .map(([version]) => version),
  };
}

/** Of each question. */
export async function shippedPairs(): Promise<readonly ShippedPairs[]> {
  const all: ShippedPairs[] = [];
  for (const question of questions()) all.push(await ofQuestion(question));
  return all;
}
