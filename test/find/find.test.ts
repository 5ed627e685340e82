import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { traceOfCase } from '../../src/find/case.js';
import { isOutcome } from '../../src/find/gravity.js';
import { foundInCase } from '../../src/find/evaluate.js';
import { benchFor } from '../../src/find/evaluator.js';
import { givenCase } from '../../src/find/given.js';
import { randomCase, randomOf } from '../../src/find/generate/case.js';
import { guideFor } from '../../src/find/guide.js';
import { mutated } from '../../src/find/mutate.js';
import { impossibleIn } from '../../src/find/possible.js';
import { parseAllSeries } from '../../src/patch/series.js';
import { traceOf } from '../../src/trace/build.js';
import type { Trace, TraceRow } from '../../src/trace/trace.js';
import { mmreplay } from '../cli/command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-find-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** All files below, by name. */
function filesIn(path: string): readonly (readonly [string, string])[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)).sort()
    .map((file) => [file.slice(path.length), readFileSync(file, 'utf8')]);
}

describe('two policies that part', () => {
  const policies = ['-p', 'zonelists/all_zones', '-p', 'zonelists/populated_zone'];

  function found(jobs: string): { readonly out: string; readonly text: string } {
    const out = join(folder, `j${jobs}`);
    const ran = mmreplay(['find', ...policies, '--cases', '6', '-j', jobs, '-o', out]);
    expect(ran.stderr).toBe('');
    expect(ran.status).toBe(1);
    return { out, text: ran.stdout.replaceAll(out, 'OUT') };
  }

  test('are told apart by the same bytes, however many workers there are', () => {
    const [one, two] = [found('1'), found('2')];
    expect(two.text).toBe(one.text);
    expect(filesIn(two.out).map(([name, text]) => [name, text.replaceAll(two.out, 'OUT')]))
      .toEqual(filesIn(one.out).map(([name, text]) => [name, text.replaceAll(one.out, 'OUT')]));
    // What is found is a trace or a scenario that `run` replays, as the text says.
    const [, command = ''] = /mmreplay (run OUT\S+ .*)/.exec(one.text) ?? [];
    const again = mmreplay([...command.replace('OUT', one.out).split(' '), '--no-cache']);
    expect(again.status).toBe(1);
    const readme = filesIn(one.out).find(([name]) => name.endsWith('README.md'))?.[1] ?? '';
    expect(readme).toMatch(/^# find-1-1: \S/);
    expect(readme).toMatch(/\|-- (node \d|memory)[^\n]*\|/);
    expect(readme).toMatch(/^Expect: on v5\.17, `zonelists\/all_zones`: /m);
  });
});

/*
 *  4 GiB                              4608 MiB
 *  |-- virtio-mem: 464, 264, 396 MiB --|
 *
 * Expect: 200 MiB that are given back page by page are many steps, and no loop without an end.
 */
test('a long call comes to its end', async () => {
  const path = join(folder, 'long.yaml');
  const steps = [464, 264, 396].map((mb) =>
    `  - {action: virtio-mem, id: vm1, requested_mb: ${mb}}`);
  writeFileSync(path, ['name: long', 'note: long', 'machine:', '  memory: 512M', '  maxmem: 32G',
    '  slots: 16', '  virtio_mem: [{id: vm1, size_mb: 512, node: 0, requested_mb: 0, block_mb: 2}]',
    'kernel: 6.18.0', 'cmdline: memhp_default_state=online_movable', 'steps:', ...steps,
    '  - action: write', '    path: /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages',
    '    value: "1"', '',
  ].join('\n'));
  const { sides, instruments } = await benchFor({ version: 'v6.18', series: ['base'] });
  const { case: long } = await givenCase(path);
  expect(foundInCase(long, sides, instruments)).toEqual([]);
});

/*
 *  0x100000      0x104000      0x108000
 *  |-- a part of a block --|-- dax0.0 --|
 *
 * Expect: a policy that only prints is told apart by the line, and no outcome parts.
 */
test('what the log alone tells apart is found, and said to be no outcome', async () => {
  const { sides, instruments } = await benchFor({ version: 'v6.12',
    series: ['base', 'test/patches/cases/dax_truncated/said.ts'] });
  const { case: given } = await givenCase('test/patches/cases/dax_truncated/trace.csv');
  const [found, ...others] = foundInCase(given, sides, instruments);
  expect(others).toEqual([]);
  expect(found?.reason).toEqual({ kind: 'difference', id: 'log', fn: 'dev_dax_kmem_probe' });
  expect(found?.texts).toEqual(['the log says nothing of this',
    expect.stringMatching(/^the log says kmem dax0\.0: truncated by \d+ KiB$/)]);
  expect(found !== undefined && isOutcome(found)).toBe(false);
});

describe('two that do not part', () => {
  test('what was tried, and what was never reached', () => {
    const ran = mmreplay(['find', '-p', 'base', '-p', 'memmap_holes/merged', '--base', 'v6.1',
      '--cases', '4', '-j', '1']);
    expect(ran.status).toBe(0);
    expect(ran.stdout).toMatch(/^base and memmap_holes\/merged on v6\.1: 4 cases, \d+ replays/);
    expect(ran.stdout).toContain('nothing found');
    expect(ran.stdout).toMatch(/tried: \d+ steps between/);
    expect(ran.stdout).toMatch(/ran with its change|never reached: \w/);
  });
});

describe('one policy', () => {
  test('is searched for what it breaks', () => {
    const out = join(folder, 'one');
    const ran = mmreplay(['find', '-p', 'zonelists/managed_zone', '--cases', '12', '-j', '1',
      '-o', out]);
    expect(ran.status).toBe(1);
    expect(ran.stdout).toMatch(/^zonelists\/managed_zone on v\S+: 12 cases/);
    expect(filesIn(out).length).toBeGreaterThan(0);
  });

  // Expect: v5.17 has managed_zone() itself, so that nothing of what is found is the policy's.
  test('what the kernel without it has as well is said to be no fault of it', () => {
    const ran = mmreplay(['find', '-p', 'zonelists/managed_zone', '--base', 'v5.17', '--cases',
      '12', '-j', '1', '-o', join(folder, 'shared')]);
    expect(ran.stdout).toContain('nothing found that v5.17 without zonelists/managed_zone has not');
    expect(ran.stdout).toContain('\n  v5.17 without zonelists/managed_zone has this too\n');
  });

  /* Expect: base counts isolated pageblocks that are none, the policy fewer than none: its own. */
  test('what it breaks in another way is its own', () => {
    const twice = join(folder, 'twice.ts');
    writeFileSync(twice, `import { definePatch, pageblock_nr_pages } from 'mmreplay';
export default definePatch({
  id: 'mine/twice', subject: '[RFC]', author: 'A, 2026-11-30', link: '', base: 'v5.0',
  doc: 'Each pageblock of the range leaves the count twice.',
  around: {
    offline_pages: {
      undo_isolate_page_range(next, k, { args: [start_pfn, end_pfn] }) {
        const zone = k.page_zone(start_pfn);
        if (k.pfn_to_online_page(start_pfn) || !zone) return next();
        zone.nr_isolate_pageblock -= 2 * (end_pfn - start_pfn) / pageblock_nr_pages;
      },
    },
  },
});
`);
    const { status, stdout } = mmreplay(['find', '-p', twice, '--from',
      'test/patches/cases/isolate_count/trace.csv', '--cases', '1', '-j', '1', '-o',
      join(folder, 'worse')]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/violates P5.*\n.*: -\d+ counted, 0 are isolated/);
    expect(stdout).not.toMatch(/P5.*\n.*\n.* has this too/);
    expect(stdout).not.toContain('nothing found');
    // The line to run names the file, of which no catalogue knows.
    const line = stdout.split('\n').find((one) => one.includes('mmreplay run ')) ?? '';
    const again = mmreplay([...line.trim().split(' ').slice(1), '-q']);
    expect([again.status, again.stdout]).toEqual([1, expect.stringContaining('twice')]);
  });

  test('three are too many', () => {
    const ran = mmreplay(['find', '-p', 'zonelists', '--cases', '1']);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/-p names \d+ runs, expected two that should part, or one/);
  });
});

describe('a search that is stopped', () => {
  // Expect: the one case never ends by itself; what is stopped is missing from what was found.
  test('ends within a case', async () => {
    const policy = join(folder, 'loop.ts');
    writeFileSync(policy, `import { definePatch } from 'mmreplay';
export default definePatch({
  id: 'mine/loop', subject: 'loops', author: 'A, 2022-04-08', link: '', base: 'v6.1', doc: 'Loops.',
  substitutes: { build_zonerefs_node: { managed_zone: (k, zone) => {
    for (let turn = 0; turn >= 0; turn += zone.index < 0 ? 1 : 0) { /* again */ }
    return true;
  } } },
});
`);
    // Its worker is found as the built program finds it.
    const file = new URL('../../dist/src/find/evaluator.js', import.meta.url).href;
    const { PoolEvaluator } = await import(file) as typeof import('../../src/find/evaluator.js');
    const words = { version: 'v6.1', series: [policy] };
    const guide = guideFor({ version: 'v6.1', series: [] });
    const cases = [0, 1].map((index) => randomCase(7, index, { guide, steps: 3 }));
    const evaluator = new PoolEvaluator(words, 1);
    const stop = new AbortController();
    const evaluated = evaluator.evaluate(cases, { signal: stop.signal });
    setImmediate(() => stop.abort());
    expect(await evaluated).toEqual([]);
    expect(await evaluator.evaluate(cases, { until: 0 })).toEqual([]);
    await evaluator.close();
  });
});

describe('random cases', () => {
  test('are traces, the same for a seed, and so are changed ones', async () => {
    const version = 'v6.1';
    const guide = guideFor({ version, series: await parseAllSeries(['base'], version) });
    const options = { guide, steps: 12 };
    const one = Array.from({ length: 60 }, (_, index) => randomCase(7, index, options));
    const again = Array.from({ length: 60 }, (_, index) => randomCase(7, index, options));
    expect(again).toEqual(one);
    const changed = one.map((from, index) =>
      mutated(randomOf(7, index), from, 7, index, options));
    const kinds = new Set([...one, ...changed].map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['rows', 'scenario']);
    const traces = [...one, ...changed].map((each) => traceOfCase(each, version));
    // QEMU refuses some of the scenarios; rows are always a trace.
    expect(traces.filter((trace) => trace === undefined).length).toBeLessThan(20);
    expect(one.every((each) => each.kind === 'scenario' ||
      traceOfCase(each, version) !== undefined)).toBe(true);
  });

  // Expect: a driver is tried from the release on that has it, and brings what it is asked for.
  test('have the drivers that their kernel has', async () => {
    const familiesOf = async (version: string): Promise<readonly string[]> =>
      guideFor({ version, series: await parseAllSeries(['base'], version) })
        .weights.map(([family]) => family);
    const young = ['dax_kmem', 'virtio_mem', 'managed_memory'];
    expect((await familiesOf('v4.19')).filter((one) => young.includes(one))).toEqual([]);
    expect((await familiesOf('v5.4')).filter((one) => young.includes(one))).toEqual(['dax_kmem']);
    expect((await familiesOf('v7.3')).filter((one) => young.includes(one))).toEqual(young);
  });

  // Expect: errors are those that a function's own text gives; what never fails lacks memory.
  test('make functions fail that a change calls, with errors of theirs', async () => {
    const version = 'v7.0';
    const all = guideFor({ version, series: await parseAllSeries(['base'], version) }).fallible;
    expect(all).toContainEqual({ fn: 'device_register', errors: [-12] });
    expect(all).toContainEqual({ fn: 'check_hotplug_memory_range', errors: [-22] });
    const policy = 'test/patches/cases/block_altmap/registered.ts';
    const near = guideFor({ version, series: await parseAllSeries([policy], version) }).fallible;
    expect(near.map(({ fn }) => fn)).toContain('device_register');
    expect(near.length).toBeLessThan(all.length / 4);
  });

  test('a change that few kinds of steps reach makes those frequent', async () => {
    const version = 'v5.10';
    const series = await parseAllSeries(
      ['memmap_holes/clamp_compaction', 'memmap_holes/reserved_only'], version);
    const { weights } = guideFor({ version, series });
    const [[family] = []] = [...weights].sort(([, a], [, b]) => b - a);
    expect(family).toBe('compact_zone');
  });
});

/*
 *  0x100000      0x108000      0x110000
 *  |-- online ---|-- offline --|
 */
describe('pages that are allocated', () => {
  const sides = { version: 'v6.1', series: [] };
  const header = { kernel: '6.1.0', cpus: 1, block_size: 2 ** 27 };
  const begin: readonly TraceRow[] = [
    { time_ns: 0, event: 'e820', args: 'start=0x100000 end=0x40000000 type=usable' },
    { time_ns: 1000, event: 'add_memory', nid: 0, pfn: 0x100000, nr_pages: 65536 },
    { time_ns: 2000, event: 'online_movable', pfn: 0x100000, nr_pages: 32768 },
  ];
  const allocates = (...pfns: readonly number[]): Trace => {
    const rows = pfns.map((pfn, index): TraceRow => ({
      time_ns: 3000 + index, event: 'mm_page_alloc', pfn, order: 0, migratetype: 1, cpu: 0 }));
    return traceOf([...begin, ...rows], header);
  };

  // Expect: a kernel can allocate a page that is online, once; not one of a block that is offline.
  test('have to be free on some kernel of the search', () => {
    expect(impossibleIn(allocates(0x100010), sides)).toBeUndefined();
    expect(impossibleIn(allocates(0x100010, 0x100010), sides)).toBe('pages');
    expect(impossibleIn(allocates(0x108010), sides)).toBe('pages');
  });
});

/*
 *  0x100000      0x108000      0x110000
 *  |-- online ---|-- offline --|
 */
describe('what a caller needs', () => {
  const header = { kernel: '7.0.0', cpus: 1, block_size: 2 ** 27 };
  const range = { pfn: 0x100000, nr_pages: 65536 };
  const rowsOf = (...rows: readonly TraceRow[]): Trace => traceOf([
    { time_ns: 0, event: 'e820', args: 'start=0x100000 end=0x40000000 type=usable' },
    { time_ns: 0, event: 'srat_mem', nid: 0, args: 'start=0x100000 end=0x40000000' },
    { time_ns: 0, event: 'srat_mem', nid: 1, args: 'start=0x800000000 end=0x900000000 hotplug=1' },
    { time_ns: 1000, event: 'add_memory', nid: 0, ...range },
    { time_ns: 2000, event: 'online_movable', pfn: 0x100000, nr_pages: 32768 },
    ...rows.map((row, index) => ({ ...row, time_ns: 3000 + index, cpu: 0 })),
  ], header);
  const contig = (event: 'alloc_contig_pages' | 'free_contig_range', pfn: number): TraceRow =>
    ({ time_ns: 0, event, pfn, nr_pages: 512 });
  const kernel: TraceRow = { time_ns: 0, event: 'add_memory', nid: 0, pfn: 0x160000,
    nr_pages: 32768 };
  const online: TraceRow = { time_ns: 0, event: 'online_kernel', pfn: 0x160000, nr_pages: 32768 };
  const zone = { nid: 0, zone: 'Movable' } as const;
  const balloon = (nr_pages: number): TraceRow =>
    ({ time_ns: 0, event: 'adjust_managed_page_count', ...zone, nr_pages });
  const compact = (pfn: number): TraceRow =>
    ({ time_ns: 0, event: 'compact_zone', ...zone, order: 9, pfn });
  const device = (nid: number): TraceRow =>
    ({ time_ns: 0, event: 'memremap_pages', nid, pfn: 0x140000, nr_pages: 512 });
  const mapped = (nr_pages: number): TraceRow =>
    ({ time_ns: 0, event: 'hugetlb_acct_memory', nid: 0, nr_pages });
  const pool: TraceRow = { time_ns: 0, event: 'write_parameter',
    args: 'file=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages value=4' };
  const driver = (event: 'add_memory_driver_managed' | 'unplug_memory'): TraceRow =>
    ({ time_ns: 0, event, nid: 0, pfn: 0x148000, nr_pages: 32768 });
  const virtio: TraceRow = { time_ns: 0, event: 'virtio_mem_config_changed', nid: 0, pfn: 0x150000,
    nr_pages: 65536, args: 'device=virtio0 block_size=0x400000 requested_size=0x8000000' };
  const cpu = (event: 'cpu_offline' | 'cpu_online'): TraceRow =>
    ({ time_ns: 0, event, args: 'cpu=0' });
  const xen: TraceRow = { time_ns: 0, event: 'xen_balloon_target', nr_pages: 300000 };
  const refused: TraceRow = { ...device(0), pfn: 0x140100 };
  const unmap = (pfn: number): TraceRow =>
    ({ time_ns: 0, event: 'memunmap_pages', nid: 0, pfn, nr_pages: 512 });
  const eject = (pfn: number, nr_pages: number): TraceRow =>
    ({ time_ns: 0, event: 'remove_memory', nid: 0, pfn, nr_pages });

  // Expect: a row of the right column is one that no driver, and no firmware, could make.
  test.each([
    ['pages of memory that is online', [kernel, online, contig('alloc_contig_pages', 0x160000)],
      [kernel, contig('alloc_contig_pages', 0x160000)]],
    ['pages that are not to be movable', [contig('alloc_contig_pages', 0x20000)],
      [contig('alloc_contig_pages', 0x100000)]],
    ['a range that it had asked for',
      [contig('alloc_contig_pages', 0x20000), contig('free_contig_range', 0x20000)],
      [contig('free_contig_range', 0x20000)]],
    ['pages of the zone in its balloon', [balloon(-512), balloon(512)], [balloon(512)]],
    ['a DIMM', [eject(0x100000, 65536)], [eject(0x108000, 32768)]],
    ['a free page, which memory that is online has', [compact(0x100200)], [compact(0x108200)]],
    ['a device on a node that is online', [device(0)], [device(1)]],
    ['a device that it had mapped', [device(0), unmap(0x140000)], [refused, unmap(0x140100)]],
    ['huge pages that it has mapped', [pool, mapped(2), mapped(-2)], [pool, mapped(2), mapped(-3)]],
    ['memory that it had added', [driver('add_memory_driver_managed'), driver('unplug_memory')],
      [driver('unplug_memory')]],
    ['a CPU that is not online', [cpu('cpu_offline'), cpu('cpu_online')], [cpu('cpu_online')]],
    ['a machine of its hypervisor', [xen], [virtio, xen]],
    ['a free page of that zone', [compact(0x100200)], [compact(0x200)]],
  ] as const)('%s', (_what, can, cannot) => {
    const sides = { version: 'v7.0', series: [] };
    expect(impossibleIn(rowsOf(...can), sides)).toBeUndefined();
    expect(impossibleIn(rowsOf(...cannot), sides)).toBe('callers');
  });
});
