/**
 * Recordings as a production machine gives them: memory was added before the recorder ran, and
 * nobody marked the steps. Made from a shipped recording by cutting it.
 */
import {
  copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { replay } from '../../src/replay/replay.js';
import { readTrace } from '../../src/trace/read.js';
import type { Verification } from '../../src/verify/facts.js';
import { verify } from '../../src/verify/verify.js';

const recordings = join(packageRoot(), 'traces/recordings');
const dimms = 'dimm-cycle-memoryless-node';
const made = mkdtempSync(join(tmpdir(), 'mmreplay-late-'));
afterAll(() => rmSync(made, { recursive: true }));

interface Info {
  readonly steps: readonly { readonly step: number }[];
}

const read = (name: string, file: string): string =>
  readFileSync(join(recordings, name, file), 'utf8');
const infoOf = (name: string): Info => JSON.parse(read(name, 'info.json')) as Info;
const linesOf = (name: string): readonly string[] => read(name, 'trace.txt').split('\n');
const snapshot = (step: number): string => `snapshot-${String(step).padStart(2, '0')}.txt`;
const stepOf = (line: string): number | undefined => {
  const step = /tracing_mark_write: step (\d+):/.exec(line)?.[1];
  return step === undefined ? undefined : Number(step);
};

function folder(source: string, name: string): string {
  const path = join(made, `${source}-${name}`);
  mkdirSync(path);
  copyFileSync(join(recordings, source, 'dmesg.txt'), join(path, 'dmesg.txt'));
  return path;
}

/** The recorder was started after this many steps. */
function startedAfter(done: number, name = dimms, call = 'after'): string {
  const path = folder(name, `${call}-${done}`);
  const info = infoOf(name);
  const steps = info.steps.filter(({ step }) => step > done)
    .map((one) => ({ ...one, step: one.step - done }));
  writeFileSync(join(path, 'info.json'), JSON.stringify({ ...info, steps }));
  for (let step = done; existsSync(join(recordings, name, snapshot(step))); step += 1) {
    copyFileSync(join(recordings, name, snapshot(step)), join(path, snapshot(step - done)));
  }
  let running = 0;
  const lines = linesOf(name).flatMap((line) => {
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
  const path = folder(dimms, 'unmarked');
  const steps = [{ step: 1, action: 'sh', rc: 0, cmd: 'work.sh', output: '' }];
  writeFileSync(join(path, 'info.json'), JSON.stringify({ ...infoOf(dimms), steps }));
  copyFileSync(join(recordings, dimms, snapshot(0)), join(path, snapshot(0)));
  copyFileSync(join(recordings, dimms, snapshot(last)), join(path, snapshot(1)));
  const traceLines = linesOf(dimms);
  const end = traceLines.findIndex((line) => (stepOf(line) ?? 0) > last);
  const lines = traceLines.slice(0, end).filter((line) => (stepOf(line) ?? 1) === 1)
    .map((line) => line.replace(/step 1:.*/, 'step 1: sh work.sh'));
  writeFileSync(join(path, 'trace.txt'), `${lines.join('\n')}\n`);
  const log = read(dimms, 'dmesg.txt').split('\n');
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

describe('parameters written before the recording began', () => {
  const kernels = [['sysctls-6.1', 'v6.1.104'], ['sysctls-6.12', 'v6.12.112']] as const;
  const verified = async (path: string, version: string): Promise<Verification> =>
    verify((await readTrace(path)).trace, { version, series: [], name: 'late' });
  const kind = 'parameter written before the recording began';

  // 1: min_free_kbytes; 2, 3: khugepaged has raised it since, the log tells by how much and from
  // what; 4: watermark_scale_factor; 5: percpu_pagelist_high_fraction.
  const cases = kernels.flatMap(([name, version]) =>
    [[1, 1], [2, 1], [3, 1], [4, 2], [5, 3], [6, 3], [7, 2]].map(([done = 0, written = 0]) =>
      [name, done, written, version] as const));
  test.each(cases)('%s after step %i: %i are taken', async (name, done, written, version) => {
    const result = await verified(startedAfter(done, name), version);
    expect(result.disagree).toEqual([]);
    expect(result.facts).toBeGreaterThan(300);
    expect(result.taken[kind]).toBe(written);
  });

  // lowmem_reserve_ratio, which step 8 writes, is read when all else has been recorded.
  const notesRatio = (path: string, lowmem_reserve_ratio: string): string => {
    const file = join(path, 'info.json');
    const info = JSON.parse(readFileSync(file, 'utf8')) as { readonly recorder?: object };
    writeFileSync(file, JSON.stringify({
      ...info, recorder: { ...info.recorder, lowmem_reserve_ratio },
    }));
    return path;
  };
  test.each(kernels)('%s after step 8, which wrote what was read last', async (name, version) => {
    const noted = notesRatio(startedAfter(8, name, 'ratio'), '128/128/16/0/0');
    expect((await verified(noted, version)).disagree).toEqual([]);
    const silent = await verified(startedAfter(8, name, 'no-ratio'), version);
    expect(silent.disagree.length).toBeGreaterThan(0);
    expect(silent.disagree.filter(({ field }) => field !== 'protection')).toEqual([]);
  });

  test('a ratio that a step writes says nothing of the begin', async () => {
    const path = notesRatio(startedAfter(7, 'sysctls-6.1', 'wrote-ratio'), '128/128/16/0/0');
    expect((await verified(path, 'v6.1')).disagree).toEqual([]);
  });

  // What of transparent huge pages the recorder notes by now; step 9 writes `never`.
  const notesHugePages = (path: string): string => {
    const file = join(path, snapshot(0));
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('#FILE settings\n', (head) =>
      `${head}enabled always madvise [never]\n`));
    return path;
  };
  test.each(kernels)('%s after step 9: huge pages are off', async (name, version) => {
    const path = notesRatio(notesHugePages(startedAfter(9, name, 'huge')), '128/128/16/0/0');
    const result = await verified(path, version);
    expect(result.disagree).toEqual([]);
    // Huge pages, watermark_scale_factor, lowmem_reserve_ratio, min_free_kbytes.
    expect(result.taken[kind]).toBe(4);
    const { trace } = await readTrace(path);
    expect(replay(trace, { version, series: [] }).state).toMatchObject(
      { user_min_free_kbytes: 20000, transparent_hugepage: 'never', khugepaged: false });
  });

  test('nobody wrote what another version only computes otherwise', async () => {
    const { trace } = await readTrace(join(recordings, 'default-movable-6.1'));
    expect(trace.header.other.map(([key]) => key)).toContain('settings');
    const [own, other] = ['v6.1', 'v4.13'].map((version) =>
      replay(trace, { version, series: [] }).state);
    expect(other?.min_free_kbytes).not.toBe(own?.min_free_kbytes);
    expect([own?.user_min_free_kbytes, other?.user_min_free_kbytes]).toEqual([-1, -1]);
  });

  test('a value that the kernel can have computed with memory that came before is no user\'s',
    async () => {
      const { trace } = await readTrace(startedAfter(3, 'sysctls-6.1', 'silent'));
      const [, settings = ''] = trace.header.other.find(([key]) => key === 'settings') ?? [];
      const shown = Number(/min_free_kbytes=(\d+)/.exec(settings)?.[1]);
      const userOf = (kbytes: number): number => {
        const said = settings.replace(/ (user|raised)_min_free_kbytes=\d+/g, '')
          .replace(/min_free_kbytes=\d+/, `min_free_kbytes=${kbytes}`);
        const other = trace.header.other
          .map(([key, value]) => [key, key === 'settings' ? said : value] as const);
        const claims = Object.create(trace, {
          header: { value: { ...trace.header, other } }, where: { value: () => trace.where(0) },
        }) as typeof trace;
        return replay(claims, { version: 'v6.1', series: [] }).state.user_min_free_kbytes;
      };
      expect([shown, 100000].map(userOf)).toEqual([-1, 100000]);
    });
});
