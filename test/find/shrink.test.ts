import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Case, RowsCase } from '../../src/find/case.js';
import { foundInCase } from '../../src/find/evaluate.js';
import { benchFor } from '../../src/find/evaluator.js';
import { givenCase } from '../../src/find/given.js';
import { isSameReason, type Found } from '../../src/find/difference.js';
import { reduceList } from '../../src/find/shrink/reduce.js';
import { shrinkCase, type Shrunk } from '../../src/find/shrink/shrink.js';
import { mmreplay } from '../cli/command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-shrink-'));
afterAll(() => rmSync(folder, { recursive: true }));

const traceOf = (name: string): string => `traces/${name}/trace.csv`;

/** The gravest thing that a trace shows, made as small as it can be, and a test of that. */
async function shrunk(
  path: string, version: string, series: readonly string[], id?: string,
): Promise<
Shrunk & { readonly first: Found; readonly shows: (one: Case) => boolean }> {
  const { sides, instruments } = await benchFor({ version, series });
  const given = await givenCase(path);
  const first = foundInCase(given.case, sides, instruments)
    .find(({ reason }) => id === undefined || reason.id === id);
  if (first === undefined) throw new Error(`${path} shows nothing`);
  const shows = (one: Case): boolean => foundInCase(one, sides, instruments)
    .some(({ reason }) => isSameReason(reason, first.reason));
  return { ...shrinkCase(given.case, first, sides, instruments), first, shows };
}

/**
 * Each row left out: an allocation with what frees the page. The memory that a machine boots in
 * stays.
 */
function lessByOne(one: RowsCase): readonly RowsCase[] {
  return one.rows.flatMap((row, index) => (row.event === 'e820' ? [] : [{
    ...one, rows: one.rows.filter((other, at) => at !== index &&
      !(row.event === 'mm_page_alloc' && other.event === 'mm_page_free' && other.pfn === row.pfn)),
  }]));
}

describe('a list', () => {
  const all = Array.from({ length: 1000 }, (_, index) => index);
  const needed = [3, 17, 400, 401, 870, 999];
  const holds = (list: readonly number[]): boolean =>
    needed.every((one) => list.includes(one));

  test('comes to what is needed, with a third of the tests that fast-check takes', () => {
    const { list, tests } = reduceList(all, holds);
    let theirs = 0;
    const property = fc.property(fc.subarray(all), (list_) => {
      theirs += 1;
      return !holds(list_);
    });
    const { counterexample } = fc.check(property, { examples: [[all]], numRuns: 1, seed: 1 });
    expect(list).toEqual(needed);
    expect(counterexample?.[0]).toEqual(needed);
    expect(tests).toBeLessThanOrEqual(theirs / 3);
  });

  test('comes to nothing when nothing is needed', () => {
    expect(reduceList(all, () => true).list).toEqual([]);
  });
});

/*
 *   0x240000              0x248000
 *   |-- goes offline -----|-- lists of 8 CPUs are filled with pages of it --|
 *
 * Expect: of 677 rows the free that is not counted, and the call that hangs, are left.
 */
describe('a trace of pages', () => {
  test('is 1-minimal, and shows the same for the same reason', async () => {
    const { case: one, first, shows, found, tests } = await shrunk(
      traceOf('offline_pcp-S4-free-not-counted'), 'v5.8', ['base', 'offline_pcp/disable']);
    expect(first.reason.id).toBe('hang in offline_pages');
    expect(isSameReason(found.reason, first.reason)).toBe(true);
    expect(tests).toBeLessThan(200);
    const rows = one as RowsCase;
    expect(rows.rows.length).toBeLessThan(12);
    expect(rows.rows.map(({ event }) => event)).toContain('hold');
    expect(lessByOne(rows).filter(shows)).toEqual([]);
    // What is freed was allocated.
    const pfns = (event: string): readonly unknown[] =>
      rows.rows.filter((row) => row.event === event).map(({ pfn }) => pfn);
    expect(pfns('mm_page_free')).toEqual(pfns('mm_page_alloc'));
  });
});

describe('a trace of hotplug', () => {
  test('of 621 rows the driver, one block and one page are left', async () => {
    const { case: one, shows } = await shrunk(
      traceOf('zonelists-S1-xen-grows'), 'v5.17', ['zonelists/managed_zone'], 'Z1');
    const rows = one as RowsCase;
    expect(rows.rows.length).toBeLessThan(12);
    expect(lessByOne(rows).filter(shows)).toEqual([]);
  });
});

const scenario = `
name: many-steps
note: a DIMM of the second node, and much else
machine:
  type: q35
  cpus: 2
  memory: 2000M
  nodes: [{memory: 1000M, cpus: 0-1}, {memory: 1000M}, {}]
  distances: [[0, 1, 30], [0, 2, 40]]
  virtio_mem: [{id: vm1, size_mb: 512, node: 0, requested_mb: 0, block_mb: 2}]
kernel: 5.17.0
cmdline: memhp_default_state=offline movable_node
steps:
  - {action: add-dimm, id: 1, size_mb: 512, node: 0}
  - {action: write, path: /proc/sys/vm/min_free_kbytes, value: '20000'}
  - {action: add-dimm, id: 2, size_mb: 512, node: 2}
  - {action: online_movable, block: 37}
  - {action: offline, block: 37}
  - {action: remove-dimm, id: 1}
`;

describe('a scenario', () => {
  const path = join(folder, 'many.yaml');
  writeFileSync(path, scenario);

  /*
   *   |-- node 0 --|   hole   |-- DIMM, node 1: one block, never online --|
   *
   * Expect: the step that adds a DIMM, on a machine without all that does not matter.
   */
  test('has the step and the machine that matter, and replays', () => {
    const small = join(folder, 'small.yaml');
    const policies = ['-p', 'zonelists/all_zones', '-p', 'zonelists/populated_zone'];
    const made = mmreplay(['shrink', path, '--keep', 'difference', ...policies, '-o', small]);
    expect(made.stderr).toMatch(/Expect: on v5\.17, `zonelists\/all_zones`: /);
    expect(made.status).toBe(0);
    const again = mmreplay(['run', small, ...policies, '--short', '--no-cache']);
    expect(again.status).toBe(1);
    expect(again.stdout).toContain('base v5.17');
    const { stdout } = mmreplay(['shrink', small, '--keep', 'difference', ...policies]);
    expect(stdout).not.toMatch(/write|remove-dimm|distances|virtio|movable_node/);
  });

  test('that does not show it is told so', () => {
    const { status, stderr } = mmreplay(['shrink', path, '--keep', 'violates:P8']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/many\.yaml does not show it on v5\.17: violates:P8\n {2}it shows/);
    expect(mmreplay(['shrink', path, '--keep', 'nothing']).stderr)
      .toContain('--keep nothing: expected difference, fault or violates:ID');
    // Of what there is not nothing is shown by any trace.
    expect(mmreplay(['shrink', path, '--keep', 'violates:Z99']).stderr)
      .toContain('--keep violates:Z99: there is no invariant Z99');
    // Nor does a machine that cannot be show nothing.
    const large = join(folder, 'large.csv');
    writeFileSync(large, '# hotplug-trace 1\n# kernel 6.12.0\n# block_size 134217728\n' +
      'time_ns,event,args\n0,e820,start=0x0 end=0x100000000000 type=usable\n');
    expect(mmreplay(['shrink', large, '--keep', 'fault']).stderr)
      .toMatch(/large\.csv cannot be replayed on v6\.12: .* have 131072 memory blocks/);
  });
});

/**
 *     2 GiB | 128 MiB are added | 1 GiB is added     min_free_kbytes is expected to stay
 *
 * Expect: one addition is left, and the trace that is left expects what the scenario did.
 */
test('what a scenario expects is kept as any invariant', async () => {
  const path = join(folder, 'expects.yaml');
  writeFileSync(path, [
    'name: expects', 'note: memory comes', 'kernel: 6.12.0', 'machine:',
    '  e820: [{start: 1M, end: 2G}]',
    '  srat_mem: [{nid: 0, start: 0, end: 2G}, {nid: 0, start: 4G, size: 4G, hotplug: 1}]',
    'cmdline: memhp_default_state=online', 'expects:',
    '  - {name: same, text: It stays., holds: min_free_kbytes == before}', 'steps:',
    '  - {action: add_memory, nid: 0, address: 4G, size: 128M}',
    '  - {action: add_memory, nid: 0, address: 5G, size: 1G}', ''].join('\n'));
  const given = await givenCase(path);
  const { sides, instruments } = await benchFor(
    { version: 'v6.12', series: ['base'], expects: given.trace.header.expects });
  const first = foundInCase(given.case, sides, instruments)
    .find(({ reason }) => reason.id === 'same');
  if (first === undefined) throw new Error('nobody asked for what it expects');
  const { case: small } = shrinkCase(given.case, first, sides, instruments);
  const { rows, header } = small as RowsCase;
  expect(rows.filter(({ event }) => event === 'add_memory')).toHaveLength(1);
  expect(header.expects?.map(({ name }) => name)).toEqual(['same']);
});
