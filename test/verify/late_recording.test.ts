/**
 * Recordings as a production machine gives them: memory was added before the recorder ran, and
 * nobody marked the steps. Made from a shipped recording by cutting it.
 */
import {
  copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { readTrace } from '../../src/trace/read.js';
import { verify } from '../../src/verify/verify.js';

const source = join(packageRoot(), 'traces/recordings/dimm-cycle-memoryless-node');
const made = mkdtempSync(join(tmpdir(), 'mmreplay-late-'));
afterAll(() => rmSync(made, { recursive: true }));

interface Info {
  readonly steps: readonly { readonly step: number }[];
}

const info = JSON.parse(readFileSync(join(source, 'info.json'), 'utf8')) as Info;
const traceLines = readFileSync(join(source, 'trace.txt'), 'utf8').split('\n');
const snapshot = (step: number): string => `snapshot-${String(step).padStart(2, '0')}.txt`;
const stepOf = (line: string): number | undefined => {
  const step = /tracing_mark_write: step (\d+):/.exec(line)?.[1];
  return step === undefined ? undefined : Number(step);
};

function folder(name: string): string {
  const path = join(made, name);
  mkdirSync(path);
  copyFileSync(join(source, 'dmesg.txt'), join(path, 'dmesg.txt'));
  return path;
}

/** The recorder was started after this many steps. */
function startedAfter(done: number): string {
  const path = folder(`after-${done}`);
  const steps = info.steps.filter(({ step }) => step > done)
    .map((one) => ({ ...one, step: one.step - done }));
  writeFileSync(join(path, 'info.json'), JSON.stringify({ ...info, steps }));
  for (let step = done; existsSync(join(source, snapshot(step))); step += 1) {
    copyFileSync(join(source, snapshot(step)), join(path, snapshot(step - done)));
  }
  let running = 0;
  const lines = traceLines.flatMap((line) => {
    const step = stepOf(line);
    running = step ?? running;
    if (line.startsWith('#')) return [line];
    return running > done ? [line.replace(/step \d+:/, `step ${(step ?? 0) - done}:`)] : [];
  });
  writeFileSync(join(path, 'trace.txt'), lines.join('\n'));
  return path;
}

/** One shell command did the first steps: no marks, a snapshot before and after. */
function unmarked(last: number): string {
  const path = folder('unmarked');
  const steps = [{ step: 1, action: 'sh', rc: 0, cmd: 'work.sh', output: '' }];
  writeFileSync(join(path, 'info.json'), JSON.stringify({ ...info, steps }));
  copyFileSync(join(source, snapshot(0)), join(path, snapshot(0)));
  copyFileSync(join(source, snapshot(last)), join(path, snapshot(1)));
  const end = traceLines.findIndex((line) => (stepOf(line) ?? 0) > last);
  const lines = traceLines.slice(0, end).filter((line) => (stepOf(line) ?? 1) === 1)
    .map((line) => line.replace(/step 1:.*/, 'step 1: sh work.sh'));
  writeFileSync(join(path, 'trace.txt'), `${lines.join('\n')}\n`);
  const log = readFileSync(join(source, 'dmesg.txt'), 'utf8').split('\n');
  // Zonelists were built at boot, for the new node, and for each of its two zones.
  const built = log.flatMap((line, index) => (line.includes('Policy zone:') ? [index] : []));
  writeFileSync(join(path, 'dmesg.txt'), `${log.slice(0, (built[3] ?? 0) + 1).join('\n')}\n`);
  return path;
}

test('memory hot-added before the recording began is set up from its snapshot', async () => {
  // Expect: two DIMMs on node 1, blocks 32 and 33 movable, 34 normal, 35 offline.
  const { trace } = await readTrace(startedAfter(5));
  const before = Array.from({ length: trace.length }, (_, row) => trace.row(row))
    .filter(({ args, phase }) => args === 'before=1' && phase === 'B');
  expect(before.map(({ event, pfn, nr_pages }) => [event, pfn, nr_pages])).toEqual([
    ['add_memory', 0x100000, 65536], ['add_memory', 0x110000, 65536],
    ['online_movable', 0x100000, 32768], ['online_movable', 0x108000, 32768],
    ['online_kernel', 0x110000, 32768],
  ]);
  const result = verify(trace, { version: 'v6.1', series: [], name: 'late' });
  expect(result.disagree).toEqual([]);
  expect(result.facts).toBeGreaterThan(900);
  expect(result.taken['memory hot-added before the recording began']).toBe(5);
});

test('a word that nobody saw written is the one that gives the zone of the snapshot', async () => {
  const { trace } = await readTrace(unmarked(6));
  const onlines = Array.from({ length: trace.length }, (_, row) => trace.row(row))
    .filter(({ event, phase }) => event.startsWith('online') && event !== 'online_pages'
      && phase === 'B');
  expect(onlines.map(({ event, args }) => [event, args])).toEqual([
    ['online_movable', 'word=by-zone'], ['online_movable', 'word=by-zone'],
    ['online_kernel', 'word=by-zone'], ['online_kernel', 'word=by-zone'],
  ]);
  const result = verify(trace, { version: 'v6.1', series: [], name: 'unmarked' });
  expect(result.disagree).toEqual([]);
});
