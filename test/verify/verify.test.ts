/** Every shipped recording of a real kernel against the model: the ground truth of the project. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { parseSeries } from '../../src/patch/series.js';
import { factText } from '../../src/observe/facts/fact_text.js';
import { versionOfHeader } from '../../src/replay/version.js';
import type { EventName } from '../../src/trace/events.js';
import { readTrace } from '../../src/trace/read.js';
import type { Verification } from '../../src/verify/facts.js';
import { verify } from '../../src/verify/verify.js';

const recordings = join(packageRoot(), 'traces/recordings');

/** The policy that the recording's kernel had; a stock kernel needs none. */
const changedKernels: Readonly<Record<string, string>> = {
  'zonelist-withheld-managed': 'zonelists/managed_zone',
  'zonelist-withheld-populated': 'zonelists/populated_zone',
  'zonelist-withheld-all': 'zonelists/all_zones',
  'node-offline-section-walk-one-never-onlined': 'try_offline_node/section_walk',
  'node-offline-section-walk-both-offline-then-remove': 'try_offline_node/section_walk',
  'node-offline-merged-one-never-onlined': 'try_offline_node/merged',
  'hole-merged-q35-4000M': 'memmap_holes/merged',
  'hole-node0-zone0-q35-4000M': 'memmap_holes/node0_zone0',
  'pcp-race-drain-once': 'offline_pcp/drain_once',
  'pcp-race-huge-page-7.3': 'offline_pcp/drain_once',
  'pcp-race-redrain': 'offline_pcp/redrain',
  'pcp-race-disable': 'offline_pcp/disable',
  'pcp-race-drain-each-pass': 'offline_pcp/drain_each_pass',
  'pcp-race-in-use': 'offline_pcp/disable',
  'pcp-race-twice': 'offline_pcp/redrain',
};

async function verified(recording: string, series: string): Promise<Verification> {
  const { trace } = await readTrace(join(recordings, recording));
  const { patches } = await parseSeries(series);
  const version = versionOfHeader(trace.header);
  return verify(trace, { version, series: patches, name: recording });
}

const names = readdirSync(recordings, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name).sort();

describe('every fact of a recording agrees with the policy its kernel had', () => {
  test.each(names)('%s', async (recording) => {
    const result = await verified(recording, changedKernels[recording] ?? 'base');
    expect(result.disagree).toEqual([]);
    expect(result.facts).toBeGreaterThan(200);
    const { agrees, agrees_after_correction: after, unknown } = result.verdicts;
    expect(agrees + after + unknown).toBe(result.facts);
    expect(agrees).toBeGreaterThan(90);
  });
});

/**
 * With another policy of the question the model parts from the kernel at the step where the
 * threads say it goes wrong.
 */
const wrong = [
  // The zone is populated, not managed: the kernel lists it, the model must not (and vice versa).
  ['zonelist-withheld-managed', 'zonelists/populated_zone', 3, 'log'],
  ['zonelist-withheld-populated', 'zonelists/managed_zone', 3, 'log'],
  // Without a test the boot already lists ZONE_DEVICE.
  ['zonelist-withheld-all', 'zonelists/populated_zone', 0, 'log'],
  // The removal of the one DIMM that was onlined takes the node offline, or must not.
  ['node-offline-section-walk-one-never-onlined', 'try_offline_node/merged', 5,
    'node states online'],
  ['node-offline-merged-one-never-onlined', 'try_offline_node/section_walk', 5,
    'node states online'],
  ['node-offline-section-walk-both-offline-then-remove', 'try_offline_node/merged', 7,
    'node states online'],
  // The same of stock kernels: to 5.3.11 sections are walked, 5.4 tests spans and blocks.
  ['dimm-one-never-onlined-4.15', 'try_offline_node/merged', 5, 'node states online'],
  ['dimm-one-never-onlined-5.3', 'try_offline_node/merged', 5, 'node states online'],
  ['dimm-one-never-onlined-5.4', 'try_offline_node/section_walk', 5, 'node states online'],
  // The first hole whose neighbour is not node 0, zone DMA.
  ['hole-merged-q35-4000M', 'memmap_holes/node0_zone0', 4, 'page 0x7ffe0 zone'],
  ['hole-node0-zone0-q35-4000M', 'memmap_holes/merged', 4, 'page 0x7ffe0 zone'],
  // The offline runs in the background of step 6 and finds the page when it is let go.
  ['pcp-race-drain-once', 'offline_pcp/redrain', 6, 'call'],
  ['pcp-race-redrain', 'offline_pcp/drain_once', 6, 'call'],
  ['pcp-race-disable', 'offline_pcp/redrain', 6, 'call'],
  ['pcp-race-drain-each-pass', 'offline_pcp/redrain', 8, 'call'],
  ['pcp-race-in-use', 'offline_pcp/redrain', 7, 'call'],
  ['pcp-race-twice', 'offline_pcp/disable', 5, 'call'],
] as const;

describe('a wrong policy disagrees where the threads say', () => {
  test.each(wrong)('%s held against %s: step %i', async (recording, series, step, fact) => {
    const result = await verified(recording, series);
    expect(result.disagree.length).toBeGreaterThan(0);
    expect(Math.min(...result.disagree.map((one) => one.step))).toBe(step);
    expect(result.disagree.filter((one) => one.step === step).map(factText))
      .toContain(fact);
  });
});

test('nothing of a recording is left out silently: taken and unspoken are counted', async () => {
  const { trace } = await readTrace(join(recordings, 'dimm-cycle-memoryless-node'));
  const result = verify(trace, { version: 'v6.1', series: [], name: 'counts' });
  const rows = (event: EventName): number =>
    Array.from({ length: trace.length }, (_, row) => trace.event(row))
      .filter((one) => one === event).length;
  expect(result.taken).toEqual({
    'managed at boot': rows('managed_at_boot'), 'nr free pages': rows('nr_free_pages'),
  });
  expect(result.unspoken['free blocks by order']).toBe(rows('buddyinfo'));
  expect(result.unspoken['pageblocks by migratetype']).toBe(rows('pageblocks'));
  expect(Object.keys(result.unspoken).some((kind) => kind.startsWith('snapshot:'))).toBe(true);
});

test('drains of an offline that needs a second pass are counted, not held, to v5.0', async () => {
  const old = await verified('boot-4000M-q35-4.15', 'base');
  expect(old.unspoken['drain of a further pass of an offline']).toBe(1);
  const newer = await verified('dimm-one-never-onlined-5.4', 'base');
  expect(newer.unspoken['drain of a further pass of an offline']).toBeUndefined();
});

test('the pace that is taken from the order of the rows is listed', async () => {
  // The offline in the background goes round its loop as often as the recorded one; the free that
  // is held behind reading the migratetype goes on when its page was seen again.
  const race = await verified('pcp-race-redrain', 'offline_pcp/redrain');
  expect(race.taken).toMatchObject({
    'pace of a call, by the rows of its task': 3, 'moment at which a held free goes on': 1,
  });
  const load = await verified('offline-under-load', 'base');
  expect(load.taken).toMatchObject({ 'moment at which a signal comes': 1 });
});

test('an oops of the recorded kernel is a fact, and its call never returns', async () => {
  const { trace } = await readTrace(
    join(recordings, 'node-offline-section-walk-both-offline-then-remove'));
  const version = versionOfHeader(trace.header);
  const { patches } = await parseSeries('try_offline_node/merged');
  const result = verify(trace, { version, series: patches, name: 'oops' });
  expect(result.disagree).toContainEqual(expect.objectContaining({
    step: 8, subject: { kind: 'fault' }, field: 'unregister_memory_block_under_nodes',
    recorded: 'ends in unregister_memory_block_under_nodes', modelled: 'absent',
  }));
});

test('pages of a hot-added block reach the buddy allocator as the kernel traced it', async () => {
  const { trace } = await readTrace(join(recordings, 'offline-under-load'));
  const result = verify(trace, { version: 'v6.1', series: [], name: 'pages' });
  const drains = Array.from({ length: trace.length }, (_, row) => row)
    .filter((row) => trace.event(row) === 'mm_page_pcpu_drain');
  const left = result.unspoken['drain of a page that was there at boot'] ?? 0;
  expect(drains.length).toBeGreaterThan(4000);
  expect(left).toBeLessThan(drains.length / 2);
  expect(result.disagree).toEqual([]);
});
