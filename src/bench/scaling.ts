/**
 * Where a batch stops scaling: a simulation of many cores and of many machines, from what the cache
 * says of how long each shipped trace took in a batch that was run for it. Printed, not held to an
 * aim: no machine here has so many cores.
 *
 *   measured     each trace alone (ms), a start of the program, what a trace costs that is done
 *   cores        workers take the longest trace that is left; reports are written by one thread
 *   machines     shard i of n has every n-th trace; the last one is waited for, then all are merged
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../base/package_root.js';

/** The batch that is asked about. */
const TRACES = 2000;
const POLICIES = 40;
const CORES = [1, 2, 4, 8, 16, 32, 64];
const MACHINES = [1, 2, 5, 10, 25, 50];
/** Cores of each of the machines. */
const CORES_EACH = 2;

/** All in seconds. */
export interface Costs {
  /** Of each trace, all of its policies. */
  readonly traces: readonly number[];
  /** Until the first trace begins, and again for each worker. */
  readonly start: number;
  /** What one thread does for a trace whose result is there. */
  readonly report: number;
}

/** Seconds until the last of the workers is done, each of which takes the longest that is left. */
export function makespan(traces: readonly number[], workers: number): number {
  const busy = new Float64Array(workers);
  for (const seconds of [...traces].sort((a, b) => b - a)) {
    const first = busy.indexOf(Math.min(...busy));
    busy[first] = (busy[first] as number) + seconds;
  }
  return Math.max(...busy);
}

/** Seconds of the batch on one machine. */
export function onCores({ traces, start, report }: Costs, cores: number): number {
  return 2 * start + makespan(traces, cores) + report * traces.length;
}

/** Seconds of the batch in shards, and of joining them. */
export function onMachines(costs: Costs, machines: number): number {
  const shard = (index: number): readonly number[] =>
    costs.traces.filter((_seconds, place) => place % machines === index);
  const slowest = Math.max(...Array.from({ length: machines }, (_none, index) =>
    onCores({ ...costs, traces: shard(index) }, CORES_EACH)));
  return slowest + costs.start + costs.report * costs.traces.length;
}

interface Run {
  readonly seconds: number;
  /** Traces times policies. */
  readonly runs: number;
}

function run(traces: string, ...words: readonly string[]): Run {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath,
    [join(packageRoot(), 'dist/src/main.js'), 'run', traces, '-q', '--format', 'csv', ...words],
    { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (status !== 0 && status !== 1) throw new Error(`run ${traces} failed: ${stderr}`);
  // A line of names, then one for each trace and policy.
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { seconds: (performance.now() - begin) / 1000, runs: lines.length - 1 };
}

/** Times of traces that a batch left in its cache, seconds. */
function timesIn(cache: string): readonly number[] {
  return readdirSync(join(cache, 'time'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)).sort()
    .map((path) => Number(JSON.parse(gunzipSync(readFileSync(path)).toString())) / 1000);
}

/** The shipped traces, each as long as with as many policies, one after the other and again. */
function measured(): Costs {
  const cache = mkdtempSync(join(tmpdir(), 'mmreplay-bench-'));
  try {
    const traces = join(packageRoot(), 'traces');
    const words = ['--cache-dir', cache, '-j', '1'];
    const { runs } = run(traces, ...words);
    const times = timesIn(cache);
    const start = run(join(traces, 'zonelists-S2-dimm'), ...words).seconds;
    const again = run(traces, ...words).seconds;
    const policies = runs / times.length;
    return {
      traces: Array.from({ length: TRACES }, (_none, index) =>
        (times[index % times.length] ?? 0) * POLICIES / policies),
      start, report: Math.max(0, again - start) / times.length,
    };
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

/** The table, a line at a time. */
export function* scalingLines(costs = measured()): Iterable<string> {
  const alone = onCores(costs, 1);
  const row = (what: string, count: number, seconds: number): string =>
    `${String(count).padStart(8)} ${what.padEnd(10)}${seconds.toFixed(0).padStart(7)} s` +
    `${(alone / seconds).toFixed(1).padStart(8)} times\n`;
  yield `${TRACES} traces x ${POLICIES} policies: ${alone.toFixed(0)} s on one core; the longest ` +
    `trace ${Math.max(...costs.traces).toFixed(1)} s, a start ${costs.start.toFixed(1)} s, ` +
    `${(1000 * costs.report).toFixed(1)} ms of one thread for each trace\n`;
  for (const cores of CORES) yield row('cores', cores, onCores(costs, cores));
  for (const machines of MACHINES) yield row('machines', machines, onMachines(costs, machines));
}
