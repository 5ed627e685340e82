import { expect, test } from 'vitest';
import { lostPlaces } from '../../src/compare/losses.js';
import { recordedFacts, watchedPages } from '../../src/compare/recorded.js';
import { tracedCalls } from '../../src/replay/calls.js';
import { roleOf } from '../../src/replay/replay.js';
import type { Trace } from '../../src/trace/trace.js';
import { traceOf, recording } from '../replay/rig.js';

function factsOf(trace: Trace, functions: readonly string[] = []) {
  const isInput = (row: number): boolean => roleOf(trace, row) === 'input';
  const calls = tracedCalls(trace, isInput);
  const begins = new Map([...calls.values()].map((call) => [call.end, call.row]));
  return recordedFacts(trace, {
    settledAt: (_row, input) => input,
    isInput, beginOf: (row) => begins.get(row), isAuto: (row) => calls.get(row)?.auto === true,
    functions: new Set(functions),
  });
}

const dimm = { pfn: 0x100000, nr_pages: 32768 };

test('results belong to the row where the call began, state to the input before it', () => {
  const facts = factsOf(traceOf([
    { event: 'zoneinfo', nid: 0, zone: 'DMA', args: 'spanned=4095 managed=3840 pcp_high=8/8' },
    { event: 'online', phase: 'B', ...dimm },
    { event: 'online', phase: 'E', ...dimm, ret: -16 },
    { event: 'memory_block', ...dimm, args: 'state=offline valid_zones= removable=1 nodes=0' },
    { event: 'zonelist', nid: 0, args: 'kind=fallback zones=0:DMA32/0:DMA' },
    { event: 'page', pfn: 0x9f, nid: 0, zone: 'DMA', args: 'valid=1 reserved=1 buddy=0 spans=1' },
  ]));
  expect(facts).toEqual([
    { row: -1, kind: 'state', subject: 'node 0 DMA', value: 'spanned=4095 managed=3840', seen: 2 },
    { row: 3, kind: 'result', subject: 'result', value: '-16 EBUSY', seen: 4 },
    { row: 3, kind: 'state', subject: 'memory32',
      value: 'state=offline valid_zones=- removable=1 nodes=0', seen: 5 },
    { row: 3, kind: 'zonelists', subject: 'zonelist 0 fallback', value: '0:DMA32 0:DMA', seen: 6 },
    { row: 3, kind: 'links', subject: 'page 0x9f',
      value: 'valid=1 nid=0 zone=DMA reserved=1 spans=1', seen: 7 },
  ]);
});

test('the exit status of plugging a DIMM is not the result of the call', () => {
  const facts = factsOf(traceOf([
    { event: 'remove_memory', phase: 'B', ...dimm },
    { event: 'remove_memory', phase: 'E', ...dimm, ret: 0, args: 'ret_from=info.json' },
  ]));
  expect(facts).toEqual([]);
});

test('an oops of a modelled function is a fault and the result; others are not facts', async () => {
  const trace = await recording('node-offline-section-walk-both-offline-then-remove');
  const named = factsOf(trace, ['unregister_memory_block_under_nodes']);
  expect(named.filter((fact) => fact.kind === 'fault')).toMatchObject([
    { subject: 'oops in unregister_memory_block_under_nodes' }]);
  expect(named.findLast((fact) => fact.kind === 'result')?.value)
    .toBe('oops in unregister_memory_block_under_nodes');
  expect(factsOf(trace).filter((fact) => fact.kind === 'fault')).toEqual([]);
});

test('allocations say how many were served and from where', async () => {
  const trace = await recording('zonelist-withheld-managed');
  const results = factsOf(trace).filter((fact) => fact.kind === 'result').map((one) => one.value);
  expect(results).toContain('20000');
  expect(results).toContain('100 0/DMA32=100');
  expect(watchedPages(await recording('hole-merged-q35-4000M'))).toContain(0x7ffe0);
});

test('places where events were lost are counted', () => {
  expect(lostPlaces(traceOf([
    { event: 'online', ...dimm },
    { event: 'lost_events', args: 'events=12' }, { event: 'lost_events', args: '' },
  ]))).toEqual({ places: 2, events: 12, first: 2, inputs: 3, pageEvents: 0 });
});

test.each(['memory_failure', 'soft_offline_page'] as const)('%s of a page in use', (event) => {
  // Expect: -16 is what the page was used for, which no row tells; other answers are facts.
  const result = (ret: number) => factsOf(traceOf([
    { event, phase: 'B', pfn: 0x4e31c }, { event, phase: 'E', pfn: 0x4e31c, ret },
  ])).map(({ value }) => value);
  expect([result(-16), result(-6)]).toEqual([[], ['-6 ENXIO']]);
});
