/**
 * How fast `mmreplay shrink` is: a trace of about a thousand events and a recording of 266,000,
 * each the whole command; and how many cases it tries of the small one, against the shrinking that
 * fast-check brings along, which leaves out rows of the same trace while it shows the same.
 */
import fc from 'fast-check';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../base/package_root.js';
import type { Case } from '../find/case.js';
import { foundInCase, shownAgain } from '../find/evaluate.js';
import { benchFor } from '../find/evaluator.js';
import { givenCase } from '../find/given.js';
import { shrinkCase } from '../find/shrink/shrink.js';
import { median, runOnce, type Ratio } from './measure.js';

/** `base` has a call that never returns, the other has none. */
const SMALL = {
  trace: 'traces/offline_pcp-S5-list-in-chunks', version: 'v5.8',
  series: ['base', 'offline_pcp/disable'],
};
/** One offline that a signal ended comes to another result. */
const LARGE = {
  trace: 'traces/recordings/offline-under-load', version: 'v6.1.191',
  series: ['base', 'offline_pcp/rfc'],
};

/** Seconds of the whole command, which prints what is left. */
function commandSeconds({ trace, version, series }: typeof SMALL): number {
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  return runOnce([process.execPath, main, 'shrink', join(packageRoot(), trace), '--keep',
    'difference', '--base', version, ...series.flatMap((id) => ['-p', id])]).seconds;
}

/** Cases that were tried until the trace is as small as each way makes it: ours, fast-check's. */
async function casesTried(): Promise<readonly [number, number]> {
  const { sides, instruments } = await benchFor(SMALL);
  const { case: given } = await givenCase(join(packageRoot(), SMALL.trace));
  const [first] = foundInCase(given, sides, instruments);
  if (given.kind !== 'rows' || first === undefined) throw new Error(`${SMALL.trace} shows nothing`);
  const { tests } = shrinkCase(given, first, sides, instruments);
  const shows = (one: Case): boolean =>
    shownAgain(one, first, sides, instruments, 'all') !== undefined;
  let theirs = 0;
  const property = fc.property(fc.subarray([...given.rows]), (rows) => {
    theirs += 1;
    return !shows({ ...given, rows });
  });
  fc.check(property, { examples: [[[...given.rows]]], numRuns: 1, seed: 1 });
  return [tests, theirs];
}

/** All ratios of `mmreplay shrink`. */
export async function shrinkRatios(runs: number): Promise<readonly Ratio[]> {
  const [ours, theirs] = await casesTried();
  process.stdout.write(`cases tried: ours ${ours}, fast-check ${theirs}\n`);
  return [{
    what: 'shrink, 807 rows: cases that fast-check tries for one of ours',
    value: theirs / ours, aim: 3, floor: 1, better: 'more',
  }, {
    what: 'shrink, 807 rows: seconds of the whole command',
    value: median(Array.from({ length: runs }, () => commandSeconds(SMALL))),
    aim: 2, floor: 6, better: 'less',
  }, {
    what: 'shrink, a recording of 266,000 rows: seconds of the whole command',
    value: commandSeconds(LARGE), aim: 60, floor: 120, better: 'less',
  }];
}
