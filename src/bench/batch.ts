/** A batch: two jobs against one, a second run against the first, memory of many traces of few. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../base/package_root.js';
import { loadPolicies } from '../patch/catalogue.js';
import { questionOf } from '../patch/conflicts.js';
import type { Ratio } from './measure.js';

/** Small ones that are alike; each copy counts as a trace of its own. */
const originals = ['S1-xen-grows', 'S2-dimm', 'S3-new-node', 'S8-veto'];
const POLICIES = 8;

interface Run {
  readonly seconds: number;
  /** Highest resident memory of the process with all its workers, KiB. */
  readonly peak_kb: number;
}

function copies(folder: string, count: number): void {
  const traces = join(packageRoot(), 'traces');
  for (let index = 0; index < count; index += 1) {
    const name = originals[index % originals.length] ?? '';
    cpSync(join(traces, `zonelists-${name}`), join(folder, `${index}`), { recursive: true });
  }
}

/** Runs all traces of a folder; whatever they show, only trouble is an error. */
function batch(place: string, traces: string, words: readonly string[]): Run {
  const told = join(place, 'peak');
  const tell = 'import { writeFileSync } from "node:fs"; process.on("exit", () => writeFileSync(' +
    `${JSON.stringify(told)}, String(process.resourceUsage().maxRSS)))`;
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [
    '--import', `data:text/javascript,${encodeURIComponent(tell)}`,
    join(packageRoot(), 'dist/src/main.js'), 'run', traces, '-q', '--format', 'csv', ...words,
  ], { encoding: 'utf8', maxBuffer: 1 << 30 });
  const seconds = (performance.now() - begin) / 1000;
  if (status !== 0 && status !== 1) throw new Error(`run ${traces} failed: ${stderr}`);
  return { seconds, peak_kb: Number(readFileSync(told, 'utf8')) };
}

/** `count` traces for the times; half as many and five times as many for memory. */
export async function batchRatios(count: number): Promise<readonly Ratio[]> {
  const policies = (await loadPolicies()).filter(({ id }) => questionOf(id) === 'zonelists')
    .slice(0, POLICIES).flatMap(({ id }) => ['-p', id]);
  const place = mkdtempSync(join(tmpdir(), 'mmreplay-bench-'));
  try {
    const [some, few, many] = ['some', 'few', 'many'].map((name) => join(place, name));
    copies(some ?? '', count);
    copies(few ?? '', count / 2);
    copies(many ?? '', count * 5);
    const run = (traces = '', ...words: readonly string[]): Run =>
      batch(place, traces, [...policies, ...words]);
    const one = run(some, '-j', '1', '--no-cache');
    const two = run(some, '-j', '2', '--no-cache');
    const cache = ['-j', '2', '--cache-dir', join(place, 'cache')];
    const first = run(some, ...cache);
    const second = run(some, ...cache);
    // What a trace leaves behind is counted, not what a replay takes: the base alone will do.
    const [small, large] = [few, many].map((traces = '') =>
      batch(place, traces, ['-p', 'base', '-j', '2', '--no-cache']).peak_kb);
    const what = `${count} traces x ${policies.length / 2} policies`;
    return [
      ...(availableParallelism() < 2 ? [] : [{
        what: `${what}: one job / two jobs, seconds`,
        value: one.seconds / two.seconds, aim: 1.8, floor: 1.6, better: 'more' } as const]),
      { what: `${what}: first run / second run, seconds`,
        value: first.seconds / second.seconds, aim: 20, floor: 20, better: 'more' },
      { what: `peak memory, ${count * 5} traces / ${count / 2} traces`,
        value: (large ?? NaN) / (small ?? NaN), aim: 1.3, floor: 1.3, better: 'less' },
    ];
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
