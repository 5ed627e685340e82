/** Recordings that lost events: what is held against the model, and what is not. */
import { afterAll, describe, expect, test } from 'vitest';
import { parseSeries } from '../../src/patch/series.js';
import { evaluate } from '../../src/pipeline.js';
import type { Fact } from '../../src/observe/facts/fact.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { traceOf } from '../../src/trace/build.js';
import { readTrace } from '../../src/trace/read.js';
import type { Verification } from '../../src/verify/facts.js';
import { verificationText } from '../../src/verify/report.js';
import { verify } from '../../src/verify/verify.js';
import { cutRecording, removeCuts, type Cut } from '../cut_recording.js';

afterAll(removeCuts);

async function verified(path: string, series = 'base'): Promise<Verification> {
  const { trace } = await readTrace(path);
  const { patches } = await parseSeries(series);
  return verify(trace, { version: 'v6.1', series: patches, name: 'cut' });
}

/** From a share of its events on, each of these CPUs has none. */
const full = (share: number, ...cpus: readonly number[]): Cut => ({
  saidBy: 'recorder',
  keeps: (event) => !cpus.includes(event.cpu) || event.share < share,
});

/** Events of this CPU are missing somewhere; the recorder cannot say where. */
const some = (cpu: number): Cut => ({
  saidBy: 'recorder', which: 'some',
  keeps: (event) => event.cpu !== cpu || event.share < 0.4 || event.share >= 0.6,
});

/** A CPU has no events between these shares of its events; the tracer says so. */
const gap = (cpu: number, from: number, to: number): Cut => ({
  saidBy: 'tracer',
  keeps: (event) => event.cpu !== cpu || event.share < from || event.share >= to,
});

const isOfResult = ({ subject }: Fact): boolean =>
  subject.kind === 'result' && subject.event === 'offline';

describe('nothing that a loss can explain is a disagreement', () => {
  const policies: Readonly<Record<string, string>> = {
    'pcp-race-redrain': 'offline_pcp/redrain', 'pcp-race-disable': 'offline_pcp/disable',
    'zonelist-withheld-populated': 'zonelists/populated_zone',
    'node-offline-merged-one-never-onlined': 'try_offline_node/merged',
  };
  const cuts = {
    'CPU 0 full at once': full(0, 0), 'CPU 1 full soon': full(0.2, 1),
    'both full in the middle': full(0.5, 0, 1), 'CPU 0 full late': full(0.8, 0),
    'a gap of CPU 0': gap(0, 0.3, 0.5), 'a gap of CPU 1 at its begin': gap(1, 0, 0.2),
    'some of CPU 0': some(0), 'some of CPU 1': some(1),
  };
  const names = ['dimm-cycle-memoryless-node', 'node-offline-merged-one-never-onlined',
    'zonelist-withheld-populated', 'memmap-on-memory', 'pcp-race-redrain', 'pcp-race-disable'];
  const cases = names.flatMap((name) =>
    Object.entries(cuts).map(([what, cut]) => [name, what, cut] as const));
  test.each(cases)('%s, %s', async (name, _what, cut) => {
    const result = await verified(cutRecording(name, cut), policies[name]);
    expect(result.disagree).toEqual([]);
    expect(result.losses?.events).toBeGreaterThan(0);
    expect(result.facts).toBeGreaterThan(150);
  });
});

describe('what was seen is held against the model all the same', () => {
  const path = (): string => cutRecording('dimm-cycle-memoryless-node', full(0.6, 0));

  test('snapshots, results and calls of the other CPU count as facts', async () => {
    const { trace } = await readTrace(path());
    const whole = await verified(cutRecording('dimm-cycle-memoryless-node', full(1, 0)));
    const result = await verified(path());
    const lost = result.verdicts.unknown;
    expect(result.facts).toBe(whole.facts);
    const kinds = Object.values(result.unknown).reduce((sum, count) => sum + count, 0);
    expect(kinds).toBe(lost);
    expect(result.unknown['call that only the model has']).toBeGreaterThan(10);
    expect(lost).toBeGreaterThan(10);
    expect(lost).toBeLessThan(trace.length / 2);
  });

  test('a state that is wrong after the loss disagrees when no input was lost', async () => {
    const { trace } = await readTrace(path());
    const rows = Array.from({ length: trace.length }, (_, row) => row);
    const last = rows.findLast((row) => trace.event(row) === 'zoneinfo'
      && trace.args(row).includes('managed=') && !trace.args(row).includes('managed=0')) ?? 0;
    const wrong = traceOf(rows.map((row) => (row === last
      ? { ...trace.row(row), args: trace.args(row).replace(/managed=\d+/, 'managed=7') }
      : trace.row(row))), trace.header);
    const result = verify(wrong, { version: 'v6.1', series: [], name: 'wrong' });
    expect(result.disagree.map(({ recorded }) => recorded)).toEqual([7]);
  });

  test('a call that the model does not make disagrees, lost events or not', async () => {
    // The kernel of this recording takes the node offline otherwise.
    const cut = cutRecording('node-offline-section-walk-one-never-onlined', full(0.9, 0));
    const result = await verified(cut, 'try_offline_node/merged');
    expect(result.disagree.length).toBeGreaterThan(0);
  });

  test('where an input may be lost, all is counted and nothing held', async () => {
    const added = await verified(cutRecording('dimm-cycle-memoryless-node', full(0, 0, 1)));
    expect(added.disagree).toEqual([]);
    expect(added.losses?.step).toBe(0);
    const kinds = Object.keys(added.unknown);
    expect(kinds.filter((kind) => kind.startsWith('state that differs:')).length)
      .toBeGreaterThan(5);
    const text = [...verificationText({ kernel: '6.1', result: added }, 5)].join('\n');
    expect(text).toMatch(/ {2}\d+ events were lost in 2 places, before the first step\n/);
    expect(text).toMatch(/unknown, whatever both sides say:\n(?: +\d+ .*\n)*? +\d+ {2}state that /);
  });

  test('events that are missing nobody knows where may be missing from the first on', async () => {
    const { saidBy, keeps } = some(0);
    const last = await verified(cutRecording('dimm-cycle-memoryless-node', { saidBy, keeps }));
    const any = await verified(cutRecording('dimm-cycle-memoryless-node', some(0)));
    expect(last.disagree.length).toBeGreaterThan(0);
    expect(any.disagree).toEqual([]);
    expect(any.losses).toMatchObject({ step: 0, events: last.losses?.events });
    expect(any.verdicts.unknown).toBeGreaterThanOrEqual(last.disagree.length);
  });

  test('the report of a whole recording does not speak of losses', async () => {
    const result = await verified(
      cutRecording('dimm-cycle-memoryless-node', { saidBy: 'recorder', keeps: () => true }));
    expect(result.losses).toBeUndefined();
    expect([...verificationText({ kernel: '6.1', result }, 5)].join()).not.toMatch(/lost/);
  });
});

describe('a call without a return', () => {
  test('may have returned where events were lost, and never did where none were', async () => {
    // The offline of the kernel that drains once goes round its loop for ever.
    const whole = await verified(cutRecording('pcp-race-drain-once', full(1, 0)),
      'offline_pcp/redrain');
    expect(whole.disagree).toContainEqual(
      expect.objectContaining({ recorded: 'never returned', modelled: '0' }));
    expect(whole.disagree.filter(isOfResult)).toHaveLength(1);
    const cut = await verified(cutRecording('pcp-race-drain-once', full(0.9, 0, 1)),
      'offline_pcp/redrain');
    expect(cut.disagree.filter(isOfResult)).toEqual([]);
    expect(cut.unknown['result of a call whose return may be lost']).toBe(1);
  });
});

describe('single pages', () => {
  test.each([['full', full(0.6, 0, 1)], ['a gap', gap(0, 0.4, 0.6)]] as const)(
    'are in one place each, and no loop hangs: %s', async (_what, cut) => {
      const { trace } = await readTrace(cutRecording('offline-under-load', cut));
      const level = PageLevel.of(trace, []);
      expect(level).toBeDefined();
      if (level === undefined) return;
      const k = replay(trace, { version: 'v6.1', series: [], pageLevel: level });
      expect(level.worstImbalance.pages).toBe(0);
      expect(k.state.pages?.zones.map((zp) => zp.imbalance())).toEqual(
        k.state.pages?.zones.map(() => 0));
      expect(k.state.faults).toEqual([]);
    });

  test('the report of a run says how many were not replayed; no invariant breaks', async () => {
    const { losses, violations, agreement, runs } = await evaluate({
      path: cutRecording('pcp-race-redrain', full(0.6, 0)), series: ['offline_pcp/redrain'],
      base: undefined, config: {}, tool: 'mmreplay',
    });
    expect(violations).toEqual([]);
    expect(losses).toMatchObject({ places: 1, inputs: expect.anything() });
    expect(losses.pageEvents).toBeGreaterThan(10);
    const own = runs.findIndex(({ name }) => name === 'offline_pcp/redrain');
    expect(agreement.find(({ run }) => run === own)?.verdicts.disagrees).toBe(0);
  });
});
