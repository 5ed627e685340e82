import { describe, expect, test } from 'vitest';
import { Comparer } from '../../src/compare/compare.js';
import { claimResults } from '../../src/compare/claims.js';
import { Events } from '../../src/compare/events.js';
import type { LostPlaces } from '../../src/compare/losses.js';
import type { RecordedFact } from '../../src/compare/recorded.js';
import type { ModelRun } from '../../src/compare/run.js';
import { violationsOf } from '../../src/compare/violations.js';
import { ABSENT, ObservationLog, type Observation } from '../../src/observe/observation.js';
import { traceOf } from '../replay/rig.js';

const nothingLost: LostPlaces = {
  places: 0, events: 0, first: Infinity, inputs: Infinity, pageEvents: 0,
};
const dimm = { pfn: 0x100000, nr_pages: 32768 };
/** Rows 2 to 5 are inputs. */
const events = new Events(traceOf([
  { event: 'add_memory', nid: 0, ...dimm }, { event: 'online', ...dimm },
  { event: 'offline', ...dimm }, { event: 'remove_memory', ...dimm },
]));

type Seen = readonly [row: number, kind: Observation['kind'], subject: string, value: string];

function run(name: string, seen: readonly Seen[], more: Partial<ModelRun> = {}): ModelRun {
  const log = new ObservationLog();
  for (const [row, kind, subject, value] of seen) log.see(row, kind, subject, value);
  return {
    name, log, patchedCalls: [], reached: [], untested: [], claims: [], faults: 0,
    worst: new Map(), exercised: [], intended: [], assumed: [], doubts: [], refusals: [], ...more,
  };
}

function facts(list: readonly Seen[]): RecordedFact[] {
  return list.map(([row, kind, subject, value]) => ({ row, kind, subject, value, seen: row }));
}

function brief(runs: readonly ModelRun[], recorded: readonly Seen[] = [], lost = nothingLost) {
  const compared = new Comparer(runs, facts(recorded), events, lost).compare();
  return {
    ...compared,
    text: compared.divergences.map((one) =>
      `${one.event.row} ${one.subject} ${one.values.map(({ runs: who, value }) =>
        `${who.join('+')}:${value}`).join(' ')}`),
  };
}

describe('runs of the model', () => {
  test('that saw the same are one group and have no divergence', () => {
    const seen: Seen[] = [[2, 'result', 'result', '0'], [3, 'state', 'a', '1']];
    const { groups, divergences } = brief([run('base', seen), run('p', seen)]);
    expect(groups).toEqual([[0, 1]]);
    expect(divergences).toEqual([]);
  });

  test('part at the first row where a subject differs; it is told once while it stays so', () => {
    const { groups, text } = brief([
      run('base', [[2, 'state', 'a', '1'], [3, 'state', 'a', '2'], [4, 'state', 'a', '3']]),
      run('p', [[2, 'state', 'a', '1'], [3, 'state', 'a', '9'], [4, 'state', 'a', '8']]),
      run('q', [[2, 'state', 'a', '1'], [3, 'state', 'a', '2'], [4, 'state', 'a', '3']]),
    ]);
    expect(groups).toEqual([[0, 2], [1]]);
    expect(text).toEqual(['3 a 0+2:2 1:9']);
  });

  test('that meet again and part again are told twice', () => {
    const { text } = brief([
      run('base', [[2, 'state', 'a', '1'], [3, 'state', 'a', '2'], [4, 'state', 'a', '3']]),
      run('p', [[2, 'state', 'a', '5'], [3, 'state', 'a', '2'], [4, 'state', 'a', '6']]),
    ]);
    expect(text).toEqual(['2 a 0:1 1:5', '4 a 0:3 1:6']);
  });

  test('a result that only one of them has is a divergence, the gravest kind comes first', () => {
    const { text } = brief([
      run('base', [[2, 'state', 'a', '1'], [2, 'result', 'result', '0']]),
      run('p', [[2, 'state', 'a', '2'], [2, 'fault', 'oops in f', 'NULL'],
        [2, 'result', 'result', 'oops in f']]),
    ]);
    expect(text).toEqual([
      '2 result 0:0 1:oops in f', '2 oops in f 0:absent 1:NULL', '2 a 0:1 1:2']);
  });

  test('costs and log lines part nobody', () => {
    const { groups, divergences } = brief([
      run('base', [[2, 'cost', 'rebuilds', '1'], [2, 'log', 'log', 'x']]),
      run('p', [[2, 'cost', 'rebuilds', '9'], [2, 'log', 'log', 'y']]),
    ]);
    expect(groups).toEqual([[0, 1]]);
    expect(divergences).toEqual([]);
  });

  test('the changed function that ran last before a divergence is named', () => {
    const { divergences } = brief([
      run('base', [[3, 'state', 'a', '1']]),
      run('p', [[3, 'state', 'a', '2']], { patchedCalls: [
        { row: 2, fn: 'f', patch: 'p' }, { row: 3, fn: 'g', patch: 'p' },
        { row: 4, fn: 'h', patch: 'p' }] }),
    ]);
    expect(divergences[0]?.causes).toMatchObject([{ run: 1, fn: 'g', patch: 'p' }]);
    expect(divergences[0]?.event).toMatchObject({ row: 3, text: 'online memory32',
      source: 'by-hand.csv:3' });
  });

  test('the states at the first divergence are kept, blocks far from it left out', () => {
    const blocks = (value: string): Seen[] => Array.from({ length: 20 }, (_, id): Seen =>
      [2, 'state', `memory${id}`, id === 10 ? value : 'state=online']);
    const { states } = brief(
      [run('base', blocks('state=online')), run('p', blocks('state=offline'))]);
    expect(states.map((one) => one.runs)).toEqual([[0], [1]]);
    expect(states[0]?.lines).toContain('memory10: state=online');
    expect(states[1]?.lines).toContain('memory10: state=offline');
    expect(states[0]?.lines).not.toContain('memory2: state=online');
  });
});

describe('against the recorded kernel', () => {
  const base = run('base', [[2, 'result', 'result', '0'], [2, 'state', 'a', 'x=1 y=2 z=3']]);
  const p = run('p', [[2, 'result', 'result', '-16 EBUSY'], [2, 'state', 'a', 'x=1 y=5 z=3']]);

  test('how each run agrees is what `verify` counts, with the first fact that does not', () => {
    const fact = {
      step: 1, row: 2, subject: { kind: 'result', event: 'online' }, field: 'ret', recorded: 0,
      modelled: -16, verdict: 'disagrees', causes: [],
    } as const;
    const counted = (disagrees: number) => ({
      facts: 4, verdicts: { agrees: 2 - disagrees, agrees_after_correction: 1, disagrees,
        unknown: 1 },
      afterCorrection: { signal: 1 }, disagree: disagrees === 0 ? [] : [fact],
    });
    const { agreement, text } = brief(
      [{ ...base, held: counted(0) }, { ...p, held: counted(1) }],
      [[2, 'result', 'result', '0'], [2, 'state', 'a', 'x=1 y=2']]);
    expect(agreement).toEqual([
      { run: 1, facts: 4, verdicts: counted(0).verdicts, causes: { signal: 1 } },
      { run: 2, facts: 4, verdicts: counted(1).verdicts, causes: { signal: 1 },
        first: { event: events.ref(2), fact } }]);
    expect(text).toEqual([
      '2 result 0+1:0 2:-16 EBUSY', '2 a 0+1:x=1 y=2 2:x=1 y=5 z=3']);
  });

  test('a fact that no run agrees with is a divergence of the recorded kernel alone', () => {
    const { text, states, groups } = brief([base], [[2, 'state', 'a', 'x=1 y=7']]);
    expect(groups).toEqual([[1]]);
    expect(text).toEqual(['2 a 0:x=1 y=7 1:x=1 y=2 z=3']);
    expect(states[0]).toEqual({ runs: [0], lines: ['a: x 1', 'a: y 7', 'a: z 3'] });
  });

  test('a zone that was never used agrees with counters of zero', () => {
    const { text } = brief([base], [
      [2, 'state', 'node 0 Movable', 'spanned=0 present=0 managed=0 min=0 protection=0/0'],
      [2, 'state', 'node 0 Device', 'spanned=4 present=0 managed=0'],
    ]);
    expect(text).toEqual(['2 node 0 Device 0:spanned=4 present=0 managed=0 1:absent']);
  });

  test('where an input may be lost a fact that differs is unknown, before it is not', () => {
    const recorded: Seen[] = [[2, 'state', 'a', 'x=9'], [4, 'state', 'b', 'x=9']];
    const { divergences, unknown } =
      brief([base], recorded, { places: 1, events: 7, first: 1, inputs: 3, pageEvents: 0 });
    expect(divergences.map((one) => one.unknown)).toEqual([undefined, true]);
    expect(unknown).toBe(1);
  });
});

test('a violated invariant is told from the event that broke it to the one that healed it', () => {
  const broken = run('p', [
    [2, 'invariant', 'Z1', 'one page'], [3, 'invariant', 'Z1', 'two pages'],
    [4, 'invariant', 'Z1', ABSENT], [5, 'invariant', 'Z2', 'more'],
  ]);
  const found = violationsOf([run('base', []), broken], 1, events, new Map([['Z1', 'doc of Z1']]));
  expect(found).toMatchObject([
    { runs: [2], invariant: 'Z1', doc: 'doc of Z1', from: { row: 2 }, until: { row: 4 },
      first: ['one page'], last: ['two pages'] },
    { runs: [2], invariant: 'Z2', from: { row: 5 }, first: ['more'] },
  ]);
  expect(found[1]).not.toHaveProperty('until');
});

describe('a claim', () => {
  const claim = { patch: 'p', text: 'No page is lost.', holds: 'Z1', on: undefined };
  const notes = new Map([['Z1', { harm: 'wrong' }], ['P8', { harm: 'loop' }]] as const);

  test('is held, broken where its invariant was violated, or untested', () => {
    const results = claimResults([
      run('held', [], { claims: [claim], exercised: ['Z1'] }),
      run('never there', [], { claims: [claim] }),
      run('broken', [[3, 'invariant', 'Z1', 'x']], { claims: [claim] }),
      run('idle', [], { claims: [claim], untested: ['p'] }),
    ], 0, 'trace', events, notes);
    expect(results.map((one) => one.result)).toEqual(
      ['held', 'not exercised', 'broken', 'untested']);
    expect(results[2]?.where?.row).toBe(3);
  });

  test('says nothing where the pace is that of a kernel which did otherwise', () => {
    const fact = {
      step: 1, row: 3, subject: { kind: 'call' }, field: 'online_pages', recorded: 'a',
      modelled: 'b', verdict: 'disagrees', causes: [],
    } as const;
    const verdicts = { agrees: 0, agrees_after_correction: 0, disagrees: 1, unknown: 0 };
    const held = { facts: 1, verdicts, disagree: [fact], afterCorrection: {} };
    const broken = (row: number) =>
      run('p', [[row, 'invariant', 'Z1', 'x']], { claims: [claim], held });
    const fine = run('p', [], { claims: [claim], held, exercised: ['Z1'] });
    const results = [broken(2), broken(4), fine];
    expect(claimResults(results, 0, 'trace', events, notes, true).map((one) => one.result))
      .toEqual(['broken', 'unknown', 'unknown']);
    expect(claimResults(results, 0, 'trace', events, notes).map((one) => one.result))
      .toEqual(['broken', 'broken', 'held']);
  });

  test('that calls end says nothing where one waits for a page as the trace ends', () => {
    const refusals = [{ row: 3, ret: undefined, fn: '', why: '' }];
    const ends = { ...claim, holds: 'P8' };
    const runs = [run('p', [], { claims: [claim, ends], exercised: ['Z1', 'P8'], refusals })];
    expect(claimResults(runs, 0, 'trace', events, notes).map((one) => one.result))
      .toEqual(['held', 'not exercised']);
  });

  test('can be about the value of a subject at the end, and about named traces only', () => {
    const value = { ...claim, holds: 'rebuilds = 2' };
    const runs = [run('p', [[2, 'cost', 'rebuilds', '1'], [4, 'cost', 'rebuilds', '2']],
      { claims: [value, { ...value, holds: 'rebuilds = 1' }, { ...claim, on: ['other'] }] })];
    expect(claimResults(runs, 0, 'trace', events, notes).map((one) => one.result))
      .toEqual(['held', 'broken']);
  });
});
