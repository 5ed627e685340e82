/** How shipped policies part on shipped traces: `traces/outcomes.json`, held by the tests. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/package_root.js';
import type { Comparison } from '../comparison.js';
import type { ShippedOutcomes, Shipped } from './standing.js';

export const shippedPath = (): string => join(packageRoot(), 'traces/outcomes.json');

let known: Shipped | undefined;

/** Of all shipped traces; empty where the package has lost the file. */
export function shippedOutcomes(): Shipped {
  known ??= existsSync(shippedPath())
    ? JSON.parse(readFileSync(shippedPath(), 'utf8')) as Shipped : {};
  return known;
}

/** The file: a line for each group, so that a change is read in its diff. */
export function shippedText(shipped: Shipped): string {
  const traces = Object.entries(shipped).sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { base, groups, standings, ran }]) => `  ${JSON.stringify(name)}: {\n` +
      `    "base": ${JSON.stringify(base)},\n    "groups": [\n` +
      `${groups.map((group) => `      ${JSON.stringify(group)}`).join(',\n')}\n    ],\n` +
      `    "standings": ${JSON.stringify(standings)},\n    "ran": ${JSON.stringify(ran)}\n  }`);
  return `{\n${traces.join(',\n')}\n}\n`;
}

/** What the file has of one trace. */
export function outcomesOf({ trace, groups, runs, verdict }: Comparison): ShippedOutcomes {
  const ran = runs.flatMap(({ reached }) =>
    reached.filter(({ calls }) => calls > 0).map(({ fn }) => fn));
  const named = groups.map((group) => group.flatMap((index) => {
    const run = runs[index];
    return run?.kind === 'model' ? [run.name] : [];
  }));
  return {
    base: trace.base, groups: named.filter((group) => group.length > 0),
    standings: Object.fromEntries((verdict?.policies ?? [])
      .map(({ name, standing }) => [name, standing])),
    ran: [...new Set(ran)].sort(),
  };
}
