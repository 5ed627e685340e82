/** Where events are missing, and what may be missing with them. */
import { afterAll, describe, expect, test } from 'vitest';
import { isLossy, lossesOf, mayHaveReturned } from '../../src/trace/losses.js';
import { readTrace } from '../../src/trace/read.js';
import type { Trace, TraceRow } from '../../src/trace/trace.js';
import { cutRecording, removeCuts, type Cut } from '../cut_recording.js';
import { traceOf } from '../replay/rig.js';

afterAll(removeCuts);

const block = { pfn: 0x100000, nr_pages: 32768 };
const on = (cpu: number, event: TraceRow['event']) => ({ cpu, task: `t-${cpu}`, event });
const step = (number: number) => (
  { ...on(0, 'tracing_mark_write'), args: `step ${number}: x` } as const);

/** Rows of the hand-written trace begin behind its two setup rows. */
const first = 2;

describe('a gap', () => {
  test('that the tracer tells reaches from the last event of that CPU to its next one', () => {
    const trace = traceOf([
      on(0, 'online_pages'), on(1, 'memory_notify'), on(0, 'memory_notify'),
      { event: 'lost_events', cpu: 1, args: 'events=5' }, on(0, 'online_pages'),
      on(1, 'memory_notify'), on(1, 'memory_notify'),
    ]);
    const losses = lossesOf(trace);
    expect(losses.gaps).toEqual([{ row: first + 3, events: 5, from: first + 1, to: first + 5 }]);
    expect([0, 1, 2, 3, 4, 5, 6].map((row) => isLossy(losses, first + row)))
      .toEqual([false, false, true, true, true, false, false]);
  });

  test('of a full buffer reaches to the end', () => {
    const trace = traceOf([
      on(0, 'online_pages'), on(1, 'memory_notify'),
      { event: 'lost_events', cpu: 1, args: 'events=5 full=1' }, on(0, 'online_pages'),
    ]);
    expect(lossesOf(trace).gaps)
      .toEqual([{ row: first + 2, events: 5, from: first + 2, to: Infinity }]);
  });

  test('of overwritten buffers reaches to where each of them begins', () => {
    const trace = traceOf([
      { event: 'lost_events', args: 'events=7' }, on(0, 'online_pages'),
      on(0, 'memory_notify'), on(1, 'memory_notify'), on(0, 'memory_notify'),
    ]);
    expect(lossesOf(trace).gaps).toEqual([{ row: first, events: 7, from: -1, to: first + 3 }]);
  });

  test('hides the return of calls that were running, and of no others', () => {
    const trace = traceOf([
      on(1, 'online_pages'), on(1, 'memory_notify'),
      { event: 'lost_events', cpu: 1, args: 'events=5' }, on(1, 'online_pages'),
    ]);
    const losses = lossesOf(trace);
    expect(mayHaveReturned(losses, first, 100)).toBe(true);
    expect(mayHaveReturned(losses, first + 3, 100)).toBe(false);
  });
});

describe('inputs may be missing', () => {
  const full = { event: 'lost_events', cpu: 0, args: 'events=5 full=1' } as const;
  const inputs = (...rows: Omit<TraceRow, 'time_ns'>[]): number =>
    lossesOf(traceOf(rows)).inputs - first;

  test('at once where no step of the recorder says what is done', () => {
    expect(inputs(on(0, 'online_pages'), full, on(1, 'memory_notify'))).toBe(2);
  });

  test('never where the steps are writes, waits and reads', () => {
    expect(inputs(step(1), { event: 'online', phase: 'B', ...block }, full, step(2),
      { event: 'shell', args: 'wait' }, step(3), { event: 'shell', args: 'cat /proc/zoneinfo' },
      step(4), { event: 'shell', args: 'echo 5 > /proc/sys/vm/watermark_scale_factor' }))
      .toBe(Infinity);
  });

  test('from the first step that runs a command', () => {
    expect(inputs(step(1), { event: 'online', phase: 'B', ...block }, full, step(2),
      { event: 'shell', args: 'sh work.sh' })).toBe(4);
    expect(inputs(step(1), { event: 'shell', args: 'sh work.sh' }, on(0, 'online_pages'), full))
      .toBe(4);
  });

  test('from an add whose end was not seen, not from one that was over', () => {
    const add = { event: 'add_memory', task: 'k-1', nid: 0, ...block } as const;
    const begin = { ...add, phase: 'B' } as const;
    const end = { ...add, phase: 'E', ret: 0 } as const;
    expect(inputs(step(1), begin, end, full)).toBe(Infinity);
    expect(inputs(step(1), begin, full, { ...end, args: 'ret_from=info.json' })).toBe(1);
    expect(inputs(step(1), begin, full)).toBe(1);
  });

  test('from an offline that a signal ended, whenever that came', () => {
    const offline = { event: 'offline', task: 'sh-1', ...block } as const;
    expect(inputs(step(1), { ...offline, phase: 'B' }, full,
      { ...offline, phase: 'E', ret: -4 })).toBe(1);
    expect(inputs(step(1), { ...offline, phase: 'B' }, full,
      { ...offline, phase: 'E', ret: -16 })).toBe(Infinity);
  });
});

describe('a recording with a full buffer', () => {
  const eventsOf = (trace: Trace): string[] => Array.from({ length: trace.length }, (_, row) =>
    [trace.event(row), trace.args(row)].join(' ').trim());
  const cutAfter = (cpu: number, share: number): Cut => ({
    saidBy: 'recorder', keeps: (event) => event.cpu !== cpu || event.share < share,
  });

  test('has a row behind the last event of that CPU, before any later one', async () => {
    const { trace, problems } =
      await readTrace(cutRecording('dimm-cycle-memoryless-node', cutAfter(1, 0.4)));
    expect(problems).toEqual([]);
    const rows = Array.from({ length: trace.length }, (_, row) => trace.row(row));
    const lost = rows.findIndex(({ event }) => event === 'lost_events');
    expect(rows[lost]?.cpu).toBe(1);
    expect(rows[lost]?.args).toMatch(/^events=\d+ full=1$/);
    const time = rows[lost]?.time_ns ?? 0;
    const onCpu = rows.filter(({ cpu, event }) => cpu === 1 && event !== 'lost_events');
    expect(Math.max(...onCpu.map(({ time_ns }) => time_ns))).toBe(time);
    expect(rows.slice(lost + 1).filter(({ cpu }) => cpu === 0).length).toBeGreaterThan(5);
    expect(rows.slice(lost + 1).every(({ time_ns }) => time_ns >= time)).toBe(true);
  });

  test('has every step where it began, though its mark was lost', async () => {
    const whole = await readTrace(cutRecording('dimm-cycle-memoryless-node',
      { saidBy: 'recorder', keeps: () => true }));
    const { trace, problems } =
      await readTrace(cutRecording('dimm-cycle-memoryless-node', cutAfter(0, 0.3)));
    expect(problems).toEqual([]);
    const steps = (one: Trace): string[] =>
      eventsOf(one).filter((text) => text.startsWith('tracing_mark_write'))
        .map((text) => text.replace(/^(\S+ step \d+: (memory\d+ )?[\w-]+).*/, '$1'));
    expect(steps(trace)).toEqual(steps(whole.trace));
    const inputs = (one: Trace): string[] => Array.from({ length: one.length }, (_, row) => row)
      .filter((row) => /^(online|offline)/.test(one.event(row)) && one.phase(row) === 'B')
      .filter((row) => !one.event(row).endsWith('_pages'))
      .map((row) => `${one.event(row)} ${one.pfn(row)}`);
    expect(inputs(trace)).toEqual(inputs(whole.trace));
  });

  test('of an older recorder, which did not note when steps began, names lost marks', async () => {
    const { problems } = await readTrace(
      cutRecording('dimm-cycle-memoryless-node', { ...cutAfter(0, 0.3), began: false }));
    expect(problems.length).toBeGreaterThan(0);
    for (const { message } of problems) expect(message).toMatch(/has no tracing_mark_write/);
  });
});
