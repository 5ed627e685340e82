/**
 * `npm run find:model [CASES [SEED]]`: the model against itself on random cases, on all versions in
 * turn. Exit status: 0 it is of one mind, 1 it is not, 2 wrong usage.
 */
import { TraceError } from '../../base/errors.js';
import { scriptWords } from '../../base/script_words.js';
import { versions } from '../../linux/history/versions.js';
import { loadInvariants } from '../../observe/invariant.js';
import { loadProbes } from '../../observe/probe.js';
import { baseSeries } from '../../patch/series.js';
import type { Trace } from '../../trace/trace.js';
import { traceOfCase } from '../case.js';
import type { Instruments } from '../evaluate.js';
import { randomCase } from '../generate/case.js';
import { guideFor } from '../guide.js';
import { exploredAlike, shortWay, versionsAlike, type Checked } from './model_checks.js';

const STEPS = 12;
const CASES = 300;

type Check = (trace: Trace, pair: readonly [string, string], instruments: Instruments) => Checked;

const checks: Readonly<Record<string, Check>> = {
  'short way of the page allocator': (trace, [version], instruments) =>
    shortWay(trace, version, instruments),
  'versions that differ in nothing that was met': versionsAlike,
  'explore with its reductions and without': (trace, [version]) => exploredAlike(trace, version),
};

/** A case can say what its machine has not: nothing comes of it then. */
function checkedIfAny(check: () => Checked): Checked {
  try {
    return check();
  } catch (error) {
    if (error instanceof TraceError) return { is: 'none' };
    throw error;
  }
}

const { words: [cases = `${CASES}`, seed = '1'] } = scriptWords({ most: 2, numbers: [0, 1],
  usage: `npm run find:model -- [CASES [SEED]]\n  CASES: ${CASES} without it; SEED: 1` });
const instruments = { probes: await loadProbes(), invariants: await loadInvariants() };
const counts = new Map(Object.keys(checks).map((name) => [name, { same: 0, none: 0, differs: 0 }]));
for (let index = 0; index < Number(cases); index += 1) {
  const at = index % (versions.length - 1);
  const pair = [versions[at]?.id ?? '', versions[at + 1]?.id ?? ''] as const;
  const guide = { ...guideFor({ version: pair[0], series: [baseSeries] }), pages: 4 };
  const trace = traceOfCase(randomCase(Number(seed), index, { guide, steps: STEPS }), pair[0]);
  if (trace === undefined) continue;
  for (const [name, check] of Object.entries(checks)) {
    const checked = checkedIfAny(() => check(trace, pair, instruments));
    const count = counts.get(name);
    if (count !== undefined) count[checked.is] += 1;
    if (checked.is !== 'differs') continue;
    process.stdout.write(`${name}: case ${index} of seed ${seed}, ${pair.join(' and ')}:\n  `
      + `${checked.text}\n`);
  }
}
for (const [name, { same, none, differs }] of counts) {
  process.stdout.write(`${name}: ${same} the same, ${differs} not, ${none} without any\n`);
}
if ([...counts.values()].some(({ differs }) => differs > 0)) process.exitCode = 1;
