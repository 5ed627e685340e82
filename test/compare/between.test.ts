import { describe, expect, it } from 'vitest';
import { between, type BetweenTrace } from '../../src/compare/between.js';
import type { Observation } from '../../src/observe/observation.js';
import { traceOf } from '../../src/trace/build.js';

/** Two steps: rows 0 and 2 are marks, rows 1 and 3 inputs. */
const trace = traceOf([
  { time_ns: 1, event: 'tracing_mark_write', args: 'step 1: memory32 online' },
  { time_ns: 2, event: 'online', pfn: 0x100000, nr_pages: 0x8000 },
  { time_ns: 3, event: 'tracing_mark_write', args: 'step 2: memory32 offline' },
  { time_ns: 4, event: 'offline', pfn: 0x100000, nr_pages: 0x8000 },
]);

const state = (row: number, subject: string, value: string): Observation =>
  ({ row, kind: 'state', subject, value });
const result = (row: number, value: string): Observation =>
  ({ row, kind: 'result', subject: 'result', value });

function recorded(name: string, observations: readonly Observation[],
  model: readonly Observation[] = []): BetweenTrace {
  return { name, trace, runs: [
    { name: 'recorded', kind: 'recorded', observations },
    { name: 'base', kind: 'model', observations: model },
  ] };
}

describe('between traces of one scenario', () => {
  it('a value that all have is the same in every step', () => {
    const facts = [state(-1, 'node 0', 'present=3 managed=2'), result(1, '0')];
    const { same, facts: all, steps, differences } =
      between([recorded('a', facts), recorded('b', facts)]);
    expect({ same, all, steps, differences }).toEqual(
      { same: 7, all: 7, steps: 3, differences: [] });
  });

  it('a value is told once for each way in which the sides part, words together', () => {
    const a = [state(1, 'memory32', 'state=online zones=Movable'), result(3, '0')];
    const b = [state(1, 'memory32', 'state=offline zones=Normal'), result(3, '-16 EBUSY')];
    expect(between([recorded('a', a, a), recorded('b', b, a)]).differences).toEqual([
      { step: 1, event: 'step 1: memory32 online', subject: 'memory32', values: [
        { sides: [0, 1, 3], value: 'state=online zones=Movable' },
        { sides: [2], value: 'state=offline zones=Normal' },
      ] },
      { step: 2, event: 'step 2: memory32 offline', subject: 'result', values: [
        { sides: [0, 1, 3], value: '0' }, { sides: [2], value: '-16 EBUSY' },
      ] },
    ]);
  });

  it('what is gone in one of them is absent there', () => {
    const a = [state(1, 'memory32', 'state=online'), state(3, 'memory32', 'absent')];
    const b = [state(1, 'memory32', 'state=online')];
    const [first] = between([recorded('a', a), recorded('b', b)]).differences;
    expect(first).toMatchObject({ step: 2, values: [
      { sides: [0], value: 'absent' }, { sides: [2], value: 'state=online' },
    ] });
  });

  it('a model that parts from its own recording is shown, and is no difference by itself', () => {
    const a = [result(1, '0')];
    expect(between([recorded('a', a, [result(1, '-16')]), recorded('b', a)]).differences)
      .toEqual([]);
  });

  it('pages that boot code kept come last', () => {
    const a = [state(-1, 'node 0', 'managed=1'), result(3, '0')];
    const b = [state(-1, 'node 0', 'managed=2'), result(3, '-16')];
    expect(between([recorded('a', a), recorded('b', b)]).differences.map((one) => one.subject))
      .toEqual(['result', 'node 0']);
  });
});
