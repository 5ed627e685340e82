/** What a log tells of the machine and its boot, and where the boot ends: kinds of real logs. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { modelName } from '../../src/base/kernel_names.js';
import { packageRoot } from '../../src/base/package_root.js';
import * as functions from '../../src/linux/functions.js';
import { machineOf } from '../../src/replay/machine.js';
import { assumed } from '../../src/trace/assumptions.js';
import { readTrace } from '../../src/trace/read.js';
import { reached } from '../../src/verify/log_facts.js';
import { vendorText } from '../../src/verify/vendor_text.js';
import { verify } from '../../src/verify/verify.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-boot-'));

async function read(name: string, text: string) {
  const file = join(folder, name);
  writeFileSync(file, text);
  const { trace, problems } = await readTrace(file);
  return { trace, said: assumed(trace.header).join('\n'),
    problems: problems.map(({ message }) => message) };
}

const stamped = (time: string, ...lines: readonly string[]): string =>
  lines.map((text) => `[${time.padStart(12)}] ${text}\n`).join('');

const map = (release: string): string => stamped('0.000000',
  `Linux version ${release} (b@h) (gcc 12) #1 SMP`, 'Command line: root=/dev/vda',
  'BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable',
  'BIOS-e820: [mem 0x0000000000100000-0x000000001fffffff] usable');

const head = { version: 'v5.4', series: [], name: 'x' };

/*
 *   0.1 s  zonelists ... 9 s of self tests ... block size ... oops of a driver ... init
 *   <------------------- boot ------------------>
 */
describe('the end of the boot', () => {
  const built = stamped('0.100000', 'Built 1 zonelists, mobility grouping on.  Total pages: 128808',
    'Policy zone: DMA32');
  const late = stamped('9.100000', 'smp: Brought up 1 node, 2 CPUs', 'devtmpfs: initialized',
    'x86/mm: Memory block size: 256MB');

  it('is behind a long silence, when lines of every boot follow', async () => {
    // Expect: the line of the block size, 9 s later, is held against the model, which says 128 MB.
    const { trace } = await read('silent.dmesg', map('5.4.0') + built + late);
    expect(verify(trace, head).disagree).toEqual(expect.arrayContaining([
      expect.objectContaining({ recorded: 'x86/mm: Memory block size: 256MB' })]));
  });

  it('a log that is a part says nothing of the lines that it leaves out', async () => {
    // Expect: zone ranges, nodes, their setup are in every log of a boot; none of them is absent.
    const { trace } = await read('part.dmesg', map('5.4.0') + built + late);
    const { disagree, verdicts } = verify(trace, head);
    expect(disagree.map(({ recorded }) => recorded)).not.toContain('absent');
    expect(verdicts.unknown).toBeGreaterThan(8);
  });

  it('an oops of a driver tells nothing of the model, one of mm does', async () => {
    const oops = (fn: string): string => stamped('9.200000',
      'BUG: kernel NULL pointer dereference, address: 0000000000000038',
      'Oops: 0000 [#1] SMP NOPTI', `RIP: 0010:${fn}+0x268/0x480`);
    const held = async (fn: string) => verify(
      (await read(`${fn}.dmesg`, map('5.4.0') + built + late + oops(fn))).trace, head);
    const driver = await held('urandom_read');
    expect(JSON.stringify(driver.disagree)).not.toContain('urandom_read');
    expect(driver.unspoken).toHaveProperty(
      'BUG or oops in a function that the model does not have', 1);
    expect(JSON.stringify((await held('try_offline_node')).disagree)).toContain('try_offline_node');
  });
});

test('the model ends in functions of its own, or in those that are named', () => {
  const root = join(packageRoot(), 'src/linux');
  const ends = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(root, name), 'utf8')
      .matchAll(/k\.(?:BUG|oops|VM_BUG_ON_PAGE)\(\s*'(\w+)'/g)].map((found) => found[1] ?? ''));
  expect(ends.length).toBeGreaterThan(10);
  const isModel = (name: string): boolean => Object.hasOwn(functions, name);
  const elsewhere = ends.filter((name) => modelName(name, isModel) === undefined);
  expect([...new Set(elsewhere)].sort()).toEqual([...reached].sort());
});

/*
 *   0 ........ 16 MiB = 4096 pages, of which the log says that 500 are reserved
 */
test('pages reserved below 16 MiB count as the log tells them', async () => {
  // Expect: an estimate of all pages lower by as many as the log has more.
  const totalOf = async (lines: string): Promise<number> => {
    const { trace } = await read('dma.dmesg', map('5.3.0') + lines + stamped('0.100000',
      'Built 1 zonelists, mobility grouping on.  Total pages: 1', 'Policy zone: DMA32'));
    const [found] = verify(trace, { ...head, version: 'v5.3' }).disagree
      .filter(({ modelled }) => String(modelled).startsWith('Built '));
    return Number(/Total pages: (\d+)/.exec(String(found?.modelled))?.[1]);
  };
  const told = (pages: number): string => stamped('0.000000',
    '  DMA zone: 64 pages used for memmap', `  DMA zone: ${pages} pages reserved`);
  expect(await totalOf(told(100)) - await totalOf(told(500))).toBe(400);
  expect(await totalOf('')).toBeGreaterThan(await totalOf(told(500)));
});

/*
 *   boot 1 ... 70 s | \0\0\0 boot 2 ... 90 s | (begin lost) 0.1 s ...
 *                     ------ taken -------
 */
describe('a log over several boots', () => {
  const lost = stamped('0.100000', 'e820: last_pfn = 0x1000 max_arch_pfn = 0x400000000',
    'Built 1 zonelists, mobility grouping on.  Total pages: 9', 'Policy zone: DMA32');

  it('NULs of a file that was cut by a power failure are no text', async () => {
    const { trace, said } = await read('nul.dmesg', map('5.4.0') + stamped('70.000000', 'late')
      + '\0'.repeat(600) + map('6.1.0'));
    expect(trace.header.kernel).toBe('6.1.0');
    expect(said).toMatch(/boot 2 of 2 is taken \(1: 5\.4\.0, line 1; 2: 6\.1\.0, line 6\)/);
  });

  it('the kernel\'s clock that begins again is another boot', async () => {
    const { trace, said } = await read('back.dmesg', map('6.1.0') + stamped('90.000000', 'late')
      + lost);
    expect(said).toContain('boot 1 of 2 is taken (1: 6.1.0, line 1; 2: its begin is missing, ');
    expect(trace.length).toBe(3);
  });

  it('a boot of arm64 behind another is of arm64', async () => {
    await expect(read('arm.dmesg', stamped('0.000000',
      'Booting Linux on physical CPU 0x0000000000 [0x481fd010]', 'Linux version 5.7.1 (b@h)')
      .repeat(2))).rejects.toThrow('is of an arm64 machine');
  });
});

describe('CPUs', () => {
  test.each([
    ['smpboot: Allowing 6 CPUs, 2 hotplug CPUs', 4],
    ['CPU topo: Allowing 3 present CPUs plus   5 hotplug CPUs', 3],
    ['smp: Brought up 1 node, 2 CPUs', 2],
  ])('%s', async (line, cpus) => {
    const { trace } = await read('cpus.dmesg', map('6.10.0') + stamped('0.100000', line,
      'setup_percpu: NR_CPUS:64 nr_cpumask_bits:8 nr_cpu_ids:8 nr_node_ids:1'));
    expect(machineOf(trace).cpus).toHaveLength(cpus);
  });

  it('without a line of them one is taken, and said', async () => {
    expect((await read('none.dmesg', map('6.1.0'))).said).toContain(
      'the log does not say how many CPUs there are: one is taken');
  });

  /*
   *   log: 2 CPUs     trace: an event on CPU 5  ->  0 1 2 3 4 5
   */
  it('as many as the trace has, when the log has fewer', async () => {
    const path = join(folder, 'beside');
    mkdirSync(path);
    writeFileSync(join(path, 'dmesg.txt'), map('6.1.0')
      + stamped('0.100000', 'smp: Brought up 1 node, 2 CPUs'));
    writeFileSync(join(path, 'trace.txt'), '# tracer: nop\n'
      + ' bash-9 [005] ..... 11.217281: mm_page_free: page=0xffff pfn=0x1000 order=0\n');
    const { trace } = await readTrace(path);
    expect(machineOf(trace).cpus).toHaveLength(6);
    expect(assumed(trace.header)).toContain('the log has 2 CPUs, the trace 6: these are taken');
  });
});

/*
 *   v5.14 (by the number)  Built ...
 *   v5.16 and newer        Fallback order ..., Built ...    <- as this kernel of a vendor has it
 */
test('a run of a vendor\'s log says which version has most of its boot', async () => {
  const log = map('5.14.0-1.el9.x86_64') + stamped('0.100000', 'Policy zone: DMA32');
  const spoken = verify((await read('el9.dmesg', log)).trace, { ...head, version: 'v5.16' })
    .list.map(({ modelled }) => String(modelled)).filter((text) => !text.startsWith('Policy'));
  const { trace } = await read('el9.dmesg', map('5.14.0-1.el9.x86_64')
    + stamped('0.100000', ...spoken, 'Policy zone: DMA32'));
  const [text] = vendorText(trace, 0, 'el9', 'v5.14');
  expect(text).toContain('v5.14 stands for 5.14.0-1.el9.x86_64 (Enterprise Linux), which has ');
  expect(text).toMatch(/of the versions v5\.16 agrees most \(\d+ of \d+; v5\.14 \d+ of \d+\)$/);
  expect(vendorText(trace, 3, 'el9', 'v5.14')[0]).toContain('verify --any-base');
});

const columns = 'time_ns,cpu,task,event,phase,nid,zone,pfn,nr_pages,order,migratetype,ret,args';

/*
 *   512 MiB = 130972 pages = 255 huge pages of 2 MiB
 */
test.each([
  ['nr_free_pages,,0,Normal,,10,,,,reclaimable=7', 'reclaimable is "7", expected 0 '],
  ['nr_free_pages,,0,Normal,,10,,,,pcp=1/2 reclaimable=', 'reclaimable is "", expected 0 '],
  ['hugetlb_pool,,0,,,4294967295,,,,free=0', 'expected huge pages up to the 255 '],
  ['hugetlb_pool,,0,,,3,,,,free=x', 'free is "x", expected a decimal '],
  ['hugetlb_pool,,,,,3,,,,reserved=1e9', 'reserved is "1e9", expected a decimal '],
  ['dax_kmem_state,,,,,,,,,device=dax0.0 state=online',
    '"state" is no word of dax_kmem_state, expected device=, value='],
  ['cpu_online,,0,,,,,,,cpus=2',
    '"cpus" is no word of cpu_online, expected cpu=; did you mean cpu?'],
  ['cpu_online,,0,,,,,,,cpu=two', 'cpu is "two", expected a decimal '],
  ['freed_at_boot,,,,,4294967295,,,,what=initrd', 'expected up to the 130972 that the machine'],
  ['freed_at_boot,,,,,,,,,what=initrd', 'freed_at_boot has no nr_pages'],
  ['managed_at_boot,,0,Normal,,,,,,', 'managed_at_boot has no nr_pages'],
  ['watermark_boost,,0,Normal,,,,,,', 'watermark_boost has no nr_pages'],
  ['dma_reserve,,,,,130973,,,,', 'dma_reserve has 130973 pages, expected up to the 130972 '],
])('%s is a bad row', async (cells, message) => {
  const path = join(folder, 'row.csv');
  writeFileSync(path, ['# hotplug-trace 1', '# kernel 6.1.0', columns,
    '0,,,e820,,,,,,,,,start=0x0 end=0x9c000 type=usable',
    '0,,,e820,,,,,,,,,start=0x100000 end=0x20000000 type=usable', `0,,,${cells}`, ''].join('\n'));
  const { trace, problems } = await readTrace(path);
  const replayed = (): string => {
    try {
      verify(trace, { ...head, version: 'v6.1' });
      return '';
    } catch (error) {
      return String(error);
    }
  };
  expect([...problems.map(({ position, message: said }) => `${position.line}: ${said}`),
    replayed()].join('\n')).toContain(message);
});
