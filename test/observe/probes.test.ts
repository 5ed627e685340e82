import { expect, test } from 'vitest';
import { ABSENT, ObservationLog } from '../../src/observe/observation.js';
import { loadInvariants } from '../../src/observe/invariant.js';
import { loadProbes } from '../../src/observe/probe.js';
import { Recorder } from '../../src/replay/recorder.js';
import { replay } from '../../src/replay/replay.js';
import { definePatch } from '../../src/patch/define.js';
import { recording, traceOf } from '../replay/rig.js';
import type { Trace } from '../../src/trace/trace.js';

async function record(trace: Trace, watched: readonly number[] = []): Promise<ObservationLog> {
  const instruments = { probes: await loadProbes(), invariants: await loadInvariants() };
  const recorder = new Recorder(trace, instruments, watched);
  replay(trace, { version: 'v6.1', series: [], observers: [recorder] });
  return recorder.log;
}

const dimm = { pfn: 0x100000, nr_pages: 32768 };

test('a value is kept where it changes, a point each time', () => {
  const log = new ObservationLog();
  log.see(0, 'state', 'a', 1);
  log.see(1, 'state', 'a', 1);
  log.see(2, 'state', 'a', 2);
  log.see(3, 'state', 'b', ABSENT);
  log.see(4, 'result', 'result', '0');
  log.see(5, 'result', 'result', '0');
  expect(log.list.map(({ row, value }) => `${row} ${value}`)).toEqual(['0 1', '2 2', '4 0', '5 0']);
  expect(log.valueOf('state', 'a')).toBe(2);
});

test('the digest depends on outcomes, not on costs and log lines', () => {
  const digestOf = (cost: number, value: string): string => {
    const log = new ObservationLog();
    log.see(0, 'state', 'a', value);
    log.see(0, 'cost', 'rebuilds', cost);
    log.see(0, 'log', 'log', `${cost}`);
    return log.digest();
  };
  expect(digestOf(1, 'x')).toBe(digestOf(2, 'x'));
  expect(digestOf(1, 'x')).not.toBe(digestOf(1, 'y'));
  expect(digestOf(1, 'x')).toMatch(/^[0-9a-f]{12}$/);
});

test('two replays of the same trace see the same', async () => {
  const trace = await recording('zonelist-withheld-managed');
  const first = await record(trace);
  expect((await record(trace)).list).toEqual(first.list);
  expect(first.list.length).toBeGreaterThan(50);
});

test('a block is seen from hot-add to removal, with its zone while it is online', async () => {
  const log = await record(traceOf([
    { event: 'add_memory', nid: 0, ...dimm },
    { event: 'online_movable', ...dimm },
    { event: 'offline', ...dimm },
    { event: 'remove_memory', ...dimm },
  ]));
  const seen = log.list.filter((one) => one.subject === 'memory32');
  expect(seen.map(({ row, value }) => [row, value])).toEqual([
    [2, 'state=offline valid_zones=Normal/Movable removable=1 nodes=0'],
    [3, 'state=online valid_zones=Movable removable=1 nodes=0'],
    [4, 'state=offline valid_zones=Normal/Movable removable=1 nodes=0'],
    [5, ABSENT],
  ]);
});

test('a rebuilt zonelist, its cost and its log are seen where a zone goes online', async () => {
  const log = await record(traceOf([
    { event: 'add_memory', nid: 0, ...dimm }, { event: 'online_kernel', ...dimm },
  ]));
  const at = (row: number, subject: string) =>
    log.list.find((one) => one.row === row && one.subject === subject)?.value;
  expect(at(-1, 'zonelist 0 fallback')).toBe('0:DMA32 0:DMA');
  expect(at(3, 'zonelist 0 fallback')).toBe('0:Normal 0:DMA32 0:DMA');
  expect(at(3, 'zonelist_rebuilds')).toBe(2);
  expect(at(3, 'log')).toMatch(/^Fallback order for Node 0: 0 \nBuilt 1 zonelists/);
});

test('watched pages are told with their links', async () => {
  const log = await record(traceOf([{ event: 'add_memory', nid: 0, ...dimm }]), [0x100, 0x900000]);
  expect(log.valueOf('links', 'page 0x100')).toBe('valid=1 nid=0 zone=DMA spans=1 online=1');
  expect(log.valueOf('links', 'page 0x900000')).toBe('valid=0');
});

test('on a machine with very many blocks only those near the event are looked at', async () => {
  const tebibyte = (2 ** 40).toString(16);
  const log = await record(traceOf([
    { event: 'e820', args: `start=0x100000000 end=0x${tebibyte} type=usable` },
    { event: 'add_memory', nid: 0, pfn: 2 ** 28, nr_pages: 32768 },
    { event: 'online', pfn: 2 ** 28, nr_pages: 32768 },
  ]));
  expect(log.valueOf('state', 'memory8192')).toMatch(/^state=online/);
  expect(log.list.filter((one) => one.subject === 'memory100').map((one) => one.row)).toEqual([-1]);
  expect(log.valueOf('state', 'memory100')).toMatch(/^state=online/);
});

/** Expect: a size that a patch chooses is seen although the trace names blocks of another. */
test('the size of memory blocks is seen where it is not that of the trace', async () => {
  const chosen = definePatch({
    id: 'test/large_blocks', subject: '', author: '', link: '', base: 'v5.8', doc: '',
    replaces: { probe_memory_block_size: () => 2 ** 31 }, claims: [],
  });
  const seen = await Promise.all([[], [chosen]].map(async (series) => {
    const trace = traceOf([{ event: 'add_memory', nid: 0, ...dimm }]);
    const instruments = { probes: await loadProbes(), invariants: [] };
    const recorder = new Recorder(trace, instruments, []);
    replay(trace, { version: 'v5.8', series, observers: [recorder] });
    return recorder.log.valueOf('state', 'memory block size');
  }));
  expect(seen[0]).toBe(ABSENT);
  expect(seen[1]).toMatch(/^2048 MiB chosen;.* 128 MiB$/);
});

/** Expect: the zones of a fresh boot are contiguous but for one with another zone's page in it. */
test('contiguous zones are seen', async () => {
  const log = await record(traceOf([{ event: 'add_memory', nid: 0, ...dimm }]));
  expect(log.valueOf('links', 'contiguous zones')).toMatch(/0:DMA32/);
});
