/**
 * Offlines in the background: the steps `offline-begin` and `offline-result`, and the shell
 * commands that older recordings have in their place.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { scenarioRows } from '../../src/trace/scenario/scenario_rows.js';
import { parseScenario } from '../../src/trace/scenario/scenario.js';
import { readTrace } from '../../src/trace/read.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { verify } from '../../src/verify/verify.js';
import { readSourceFiles } from '../tidy/source_files.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-background-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Step {
  readonly step: number;
  readonly action: string;
  readonly cmd?: string;
  readonly output?: string | null;
  readonly [field: string]: unknown;
}

/** A recording whose steps are other ones. */
function changed(recording: string, name: string, change: (step: Step) => object): string {
  const path = join(folder, name);
  cpSync(join(packageRoot(), 'traces/recordings', recording), path, { recursive: true });
  const file = join(path, 'info.json');
  const info = JSON.parse(readFileSync(file, 'utf8')) as { readonly steps: readonly Step[] };
  writeFileSync(file, JSON.stringify({ ...info, steps: info.steps.map(change) }));
  return path;
}

/** `offline B 0x100000`, `offline E 0x100000 -16`; with what else there is of each row. */
async function offlines(path: string): Promise<string[]> {
  const { trace } = await readTrace(path);
  return Array.from({ length: trace.length }, (_, row) => trace.row(row))
    .filter(({ event }) => event === 'offline')
    .map(({ event, phase, pfn = 0, ret, args, time_ns, task }) =>
      [event, phase, `0x${pfn.toString(16)}`, ret, args, `at ${time_ns} by ${task}`]
        .filter((part) => part !== undefined).join(' '));
}

/** As the recorder notes it today. */
function noted(step: Step): object {
  const { cmd = '', output, ...rest } = step;
  if (step.action !== 'sh') return step;
  if (cmd.includes('OFFRC')) return { ...rest, action: 'offline-begin', block: 32 };
  const ended = output?.includes('OFFRC 0') === true && !output.includes('going-offline');
  return { ...rest, action: 'offline-result', block: 32, ended, ...(ended ? { write_rc: 0 } : {}) };
}

/*
 *   sh: echo 'echo offline > .../memory32/state; echo OFFRC $? > /tmp/rc' ... &   offline-begin 32
 *   sh: cat /tmp/rc; cat .../memory32/state       going-offline                   ended=false
 *   sh: the same                                  OFFRC 0, offline                ended=true
 *
 * Expect: the same calls, whichever way they were noted.
 */
test.each(['pcp-race-disable', 'pcp-race-twice'])(
  '%s: as shell commands and as actions', async (recording) => {
    const before = await offlines(changed(recording, `${recording}-sh`, (step) => step));
    const now = await offlines(changed(recording, `${recording}-actions`, noted));
    expect(before.length).toBeGreaterThan(1);
    expect(now).toEqual(before);
  });

/*
 * Without kprobes no event tells of the call: it begins with the one step (7, a write that failed
 * in the recording), and ends with the other (8, which offlined the block).
 *
 * Expect: -16 of the message, nothing as long as it goes on, an end without a result where the
 * message is not known.
 */
test.each([
  [{ ended: true, write_rc: 1, stderr: 'sh: write error: Device or resource busy' }, ['-16']],
  [{ ended: true, write_rc: 1, stderr: 'sh: what?' }, ['']],
  [{ ended: true, write_rc: 0 }, ['0']],
  [{ ended: false }, []],
] as const)('unseen, with the result %j', async (result, ends) => {
  const name = `unseen-${JSON.stringify(result).length}`;
  const path = changed('own-debugfs-no-kprobes', name, (step) => {
    const ours = { step: step.step, rc: 0, began: step['began'], block: 32 };
    if (step.step === 7) return { ...ours, action: 'offline-begin' };
    return step.step === 8 ? { ...ours, action: 'offline-result', ...result } : step;
  });
  const rows = await offlines(path);
  expect(rows.filter((row) => row.startsWith('offline B 0x100000')).length).toBe(1);
  expect(rows.filter((row) => row.startsWith('offline E')).map((row) =>
    /^offline E 0x100000 ?(-?\d+)? ret_from/.exec(row)?.[1] ?? '')).toEqual(ends);
});

/*
 *   trace      offline_pages ...            | tracing is off: no return |   step 5
 *   snapshot                                  block 32: offline
 *
 * Expect: the call ends in front of that snapshot, and what it called unseen does not disagree.
 */
test('a return while a snapshot was made is known by the snapshot', async () => {
  const path = changed('dimm-one-never-onlined-5.4', 'unseen-return', (step) =>
    (step.step === 4 ? { ...step, action: 'offline-begin' } : step));
  const file = join(path, 'trace.txt');
  const lines = readFileSync(file, 'utf8').split('\n');
  const [mark = 0, next = 0] = [4, 5].map((step) =>
    lines.findIndex((line) => line.includes(`step ${step}: `)));
  const kept = lines.filter((_, at) => at < mark + 20 || at >= next);
  writeFileSync(file, kept.join('\n')
    .replace('step 4: memory32 offline', 'step 4: offline-begin block=32'));
  const { trace } = await readTrace(path);
  const all = Array.from({ length: trace.length }, (_, row) => trace.row(row));
  const end = all.findIndex(({ event, phase }) => event === 'offline' && phase === 'E');
  expect([all[end]?.pfn, all[end]?.args]).toEqual([0x100000, 'ret_from=snapshot']);
  expect(all.slice(end + 1).find(({ event }) => event === 'snapshot')?.args).toBe('step=4');
  const version = versionOfHeader(trace.header);
  expect(verify(trace, { version, series: [], name: '' }).disagree).toEqual([]);
});

test('a scenario on the model alone offlines where the step begins', () => {
  const scenario = parseScenario('one.json', JSON.stringify({
    name: 'one', note: '', machine: { type: 'q35', memory: '1024M', nodes: [{ memory: '1024M' }] },
    steps: [{ action: 'offline-begin', block: 5 }, { action: 'offline-result', block: 5 }],
  }));
  const { rows, unused } = scenarioRows(scenario);
  expect(unused).toEqual([]);
  expect(rows.filter(({ step }) => step !== undefined).map(({ row }) => row.event))
    .toEqual(['tracing_mark_write', 'offline', 'tracing_mark_write']);
});

test('one file alone knows the words of the old shell commands', () => {
  const files = readSourceFiles(packageRoot(), ['src'], ['.ts', '.tsx', '.sh']);
  expect(files.filter(({ text }) => text.includes('OFFRC')).map(({ path }) => path))
    .toEqual(['src/trace/kernel_text/recording/offline_by_shell.ts']);
});
