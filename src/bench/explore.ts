/**
 * How fast `mmreplay explore` is, against Spin on the same race: same tasks, same steps. That the
 * two mean the same is measured too: without reduction both have the same number of states
 * (Spin's first and last one apart), and both find that drain_once hangs and redrain does not.
 */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../base/package_root.js';
import { exploreNow, windowFor } from '../explore/explore.js';
import { raceTrace } from '../explore/race.js';
import { loadPolicy, variantsOf } from '../patch/catalogue.js';
import { writeTraceCsv } from '../trace/write_csv.js';
import { has, median, runOnce, type Ratio } from './measure.js';

/** What is told of Spin on an equivalent model of redrain with 6 tasks, 8 million states. */
const QUOTED_SECONDS = 5.9;
const TASKS = 6;
/** Spin's state before its first process runs, and that after the end. */
const SPIN_OWN_STATES = 2;

/** Programs of Debian's packages that are not here. */
export function missingForSpin(): readonly string[] {
  return ['spin', 'gcc'].filter((name) => !has(name));
}

export interface SpinModel {
  readonly tasks: number;
  readonly redrain: boolean;
  /** false: no partial order reduction, and nothing that only the verdict needs is a state. */
  readonly reduced: boolean;
}

export interface SpinVerdict {
  readonly hangs: boolean;
  readonly states: number;
  readonly seconds: number;
}

/** Spin makes a verifier, gcc compiles it, it runs: all of that is measured. */
export function spinVerdict({ tasks, redrain, reduced }: SpinModel): SpinVerdict {
  const folder = mkdtempSync(join(tmpdir(), 'mmreplay-spin-'));
  try {
    copyFileSync(join(packageRoot(), 'src/bench/race.pml'), join(folder, 'race.pml'));
    const model = `-DTASKS=${tasks} -DREDRAIN=${Number(redrain)} -DJUDGE=${Number(reduced)}`;
    const flags = `-O2 -w -DSAFETY${reduced ? '' : ' -DNOREDUCE'}`;
    const command = `spin ${model} -a race.pml && gcc ${flags} -o pan pan.c && ./pan -m100000`;
    const { seconds, output } = runOnce(['sh', '-c', command], folder);
    const [, errors] = /errors: (\d+)/.exec(output) ?? [];
    const [, states] = /(\d+) states, stored/.exec(output) ?? [];
    if (errors === undefined || states === undefined) throw new Error(`spin: ${output}`);
    return { hangs: errors !== '0', states: Number(states), seconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same, gone through by ours. */
export async function ourVerdict({ tasks, redrain, reduced }: SpinModel): Promise<SpinVerdict> {
  const id = `offline_pcp/${redrain ? 'redrain' : 'drain_once'}`;
  const candidate = { id, version: 'v6.1', series: [await loadPolicy(id)] };
  const window = windowFor(raceTrace({ tasks, kernel: '6.1.0' }));
  const begin = performance.now();
  const { endings, states } = exploreNow(window, candidate, { reduced });
  return {
    hangs: endings.some(({ outcome }) => outcome.startsWith('hangs')),
    states: states + SPIN_OWN_STATES, seconds: (performance.now() - begin) / 1000,
  };
}

/** Errors when the two do not mean the same. */
async function checkEqual(): Promise<void> {
  for (const redrain of [true, false]) {
    for (const tasks of [1, 2, 3]) {
      const model = { tasks, redrain, reduced: false };
      const [theirs, ours] = [spinVerdict(model), await ourVerdict(model)];
      if (theirs.states === ours.states) continue;
      throw new Error(`${tasks} tasks: ${theirs.states} states in Spin, ${ours.states} in ours`);
    }
    const model = { tasks: 3, redrain, reduced: true };
    if (spinVerdict(model).hangs !== redrain && (await ourVerdict(model)).hangs !== redrain) {
      continue;
    }
    throw new Error('Spin and mmreplay explore do not come to one verdict');
  }
}

/** Seconds of the whole command, from a trace file to the printed verdict. */
function commandSeconds(tasks: number, policy: string, base: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'mmreplay-explore-'));
  try {
    writeTraceCsv(raceTrace({ tasks, kernel: `${base.slice(1)}.0` }), join(folder, 'race.csv'));
    const main = fileURLToPath(new URL('../main.js', import.meta.url));
    const command = `${process.execPath} ${main} explore race.csv -p ${policy} --base ${base}`;
    return runOnce(['sh', '-c', command], folder).seconds;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function spinRatios(runs: number): Promise<Ratio[]> {
  const ours = median(Array.from({ length: runs }, () =>
    commandSeconds(TASKS, 'offline_pcp/redrain', 'v6.1')));
  const missing = missingForSpin();
  const aims = { aim: 20, floor: 5, better: 'more' } as const;
  const what = `explore redrain, ${TASKS} tasks`;
  if (missing.length > 0) {
    process.stderr.write(`${missing.join(' and ')}: not installed, Spin's time is quoted\n`);
    return [{
      what: `${what}: Spin's ${QUOTED_SECONDS} s (quoted) against ours, both with start-up`,
      value: QUOTED_SECONDS / ours, ...aims,
    }];
  }
  await checkEqual();
  const model = { tasks: TASKS, redrain: true, reduced: true };
  const theirs = median(Array.from({ length: runs }, () => spinVerdict(model).seconds));
  process.stdout.write(`Spin: ${theirs.toFixed(2)} s (spin -a, gcc -O2 and pan), ours: ` +
    `${ours.toFixed(2)} s (the whole command); ${QUOTED_SECONDS} s (quoted) would be ` +
    `${(QUOTED_SECONDS / ours).toFixed(1)} times ours\n`);
  return [{
    what: `${what}: times the speed of Spin on our model of it, all start-up included`,
    value: theirs / ours, ...aims,
  }];
}

/** All ratios of `mmreplay explore`. */
export async function exploreRatios(runs: number): Promise<readonly Ratio[]> {
  const slowest = (base: string): Ratio => ({
    what: `explore, 8 tasks, base ${base}: seconds of the slowest design`,
    value: Math.max(...variantsOf('offline_pcp').map((id) => commandSeconds(8, id, base))),
    aim: 20, floor: 60, better: 'less',
  });
  return [...await spinRatios(runs), slowest('v5.8'), slowest('v6.1')];
}
