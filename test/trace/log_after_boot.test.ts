/** What a kernel log tells of what came after the boot, and of what early code kept for itself. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { assumed } from '../../src/trace/assumptions.js';
import { readTrace } from '../../src/trace/read.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-log-'));

const boot = (release: string, param = ''): string => [
  `Linux version ${release} (b@h) (gcc 12) #1 SMP`, `Command line: root=/dev/vda ${param}`,
  'BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable',
  'BIOS-e820: [mem 0x0000000000100000-0x000000007fffffff] usable',
  'BIOS-e820: [mem 0x0000000100000000-0x000000017fffffff] usable',
  'ACPI: SRAT: Node 0 PXM 0 [mem 0x00000000-0x17fffffff]',
  'ACPI: SRAT: Node 1 PXM 1 [mem 0x180000000-0x37fffffff] hotplug',
].map((text) => `[    0.000000] ${text}\n`).join('');

async function read(name: string, text: string) {
  const file = join(folder, `${name}.dmesg`);
  writeFileSync(file, text);
  const { trace, problems, unused } = await readTrace(file);
  const rows = Array.from({ length: trace.length }, (_, row) => trace.row(row));
  return {
    trace, rows, unused, said: assumed(trace.header).join('\n'),
    problems: problems.map(({ position, message }) => `${position.line}: ${message}`),
  };
}

const later = (...lines: readonly string[]): string =>
  lines.map((text, index) => `[   5${index}.000000] ${text}\n`).join('');

describe('calls that the log names with their range', () => {
  it('an offline that failed becomes one, behind the page in its way', async () => {
    const { rows, said } = await read('offline', boot('6.1.0') + later(
      'page:0000000076a3e320 refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x100800',
      'page dumped because: unmovable page',
      'memory offlining [mem 0x100000000-0x107ffffff] failed due to unmovable page'));
    expect(rows.slice(-3)).toEqual([
      { time_ns: 52e9, event: 'unmovable_page', pfn: 0x100800, args: 'reason=unmovable_page' },
      { time_ns: 52e9, task: 'log', event: 'offline', phase: 'B', pfn: 0x100000, nr_pages: 32768 },
      { time_ns: 52e9, task: 'log', event: 'offline', phase: 'E', pfn: 0x100000, nr_pages: 32768,
        ret: -16 }]);
    expect(said).toContain('tells of 1 hotplug event after the boot (first at 52.0 s: offline '
      + 'failed 1); 1 of them became inputs');
  });

  it('one that a signal ended has the signal before it', async () => {
    const { rows } = await read('signal', boot('6.1.0') + later(
      'memory offlining [mem 0x100000000-0x107ffffff] failed due to signal backoff'));
    expect(rows.slice(-3).map(({ event, args, ret }) => [event, args, ret])).toEqual([
      ['signal', 'task=log from=ret', undefined], ['offline', undefined, undefined],
      ['offline', undefined, -4]]);
  });

  it('not so without the page, or of memory that came later: it is counted', async () => {
    const { rows, unused, said } = await read('no-page', boot('6.1.0') + later(
      'memory offlining [mem 0x100000000-0x107ffffff] failed due to unmovable page',
      'memory offlining [mem 0x180000000-0x187ffffff] failed due to signal backoff',
      'Offlined Pages 32768', 'acpi PNP0C80:00: add_memory failed'));
    expect(rows.some(({ event }) => event === 'offline')).toBe(false);
    expect([...unused].filter(([kind]) => kind.startsWith('log:'))).toEqual([
      ['log:offline-failed', 2], ['log:offlined', 1], ['log:add-failed', 1]]);
    expect(said).toContain('4 hotplug events after the boot (first at 50.0 s');
  });

  /*
   *   add 0x180000000          never told: which word put it online
   *   offline of it, refused   it was online: -EINVAL from the model would be a wrong answer
   */
  it.each([['', false], ['memhp_default_state=online_movable', true]])(
    'of memory that was added only where it goes online by itself: %j', async (param, isInput) => {
      const { rows, said } = await read('added', boot('6.1.0', param) + later(
        'init_memory_mapping: [mem 0x180000000-0x1ffffffff]',
        'page:0000000076a3e320 refcount:1 mapcount:0 mapping:0000000000000000 pfn:0x180800',
        'page dumped because: unmovable page',
        'memory offlining [mem 0x180000000-0x187ffffff] failed due to unmovable page'));
      expect(rows.filter(({ event }) => event === 'add_memory')).toHaveLength(2);
      expect(rows.some(({ event }) => event === 'offline')).toBe(isInput);
      expect(said.includes('not replayed: offline failed 0x180000000-0x187ffffff')).toBe(!isInput);
    });

  /*
   *   a page that could be moved, and was not; or one that is dumped for another reason
   *   Expect: no range is refused because of it, and none of the second kind is a row.
   */
  it.each([
    ['migration failure', 'unmovable_page 100800 reason=migration_failure'],
    ['isolation failed', 'unmovable_page 100800 reason=isolation_failed'],
    ['VM_BUG_ON_FOLIO(folio_test_lru(folio))', undefined], ['nonzero _refcount', undefined],
  ])('a page dumped because: %s', async (reason, expected) => {
    const { trace } = await read('dumped', boot('6.1.0') + later(
      'page:0000000076a3e320 refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x100800',
      `page dumped because: ${reason}`,
      'memory offlining [mem 0x100000000-0x107ffffff] failed due to signal backoff'));
    const rows = Array.from({ length: trace.length }, (_, row) => trace.row(row));
    expect(rows.find(({ event }) => event === 'unmovable_page')).toEqual(expected === undefined
      ? undefined : expect.objectContaining({ pfn: 0x100800, args: expected.split(' ')[2] }));
    const k = replay(trace, { version: versionOfHeader(trace.header), series: [] });
    expect([...k.state.unmovable]).toEqual([]);
  });

  it('an add whose range is refused becomes one, on the node of its window', async () => {
    const { rows } = await read('unaligned', boot('6.1.0') + later(
      'Block size [0x8000000] unaligned hotplug range: start 0x180000000, size 0x4000000'));
    expect(rows.at(-1)).toEqual({ time_ns: 50e9, task: 'log', event: 'add_memory', phase: 'E',
      nid: 1, pfn: 0x180000, nr_pages: 0x4000, ret: -22 });
  });

  it('each size that a virtio-mem device was asked for is one', async () => {
    const device = (text: string): string => `virtio_mem virtio0: ${text}`;
    const { rows } = await read('virtio-mem', boot('6.1.0') + later(
      device('start address: 0x180000000'), device('region size: 0x40000000'),
      device('device block size: 0x200000'), device('plugged size: 0x0'),
      device('requested size: 0x0'), device('plugged size: 0x0'),
      device('requested size: 0x10000000')));
    expect(rows.filter(({ event }) => event.startsWith('virtio_mem'))
      .map(({ event, time_ns }) => `${time_ns / 1e9} ${event}`)).toEqual([
      '54 virtio_mem_config_changed', '56 virtio_mem_plugged_size',
      '56 virtio_mem_config_changed']);
  });
});

/*
 *   Linux version, BIOS-e820 ... (not in the file)      memory offlining [mem A-B] failed ...
 *   Expect: what the piece tells of is counted from its first line on, and nothing is made of it.
 */
describe('a piece of a log without its boot', () => {
  it.each([
    ['plain', '[ 1984.506184] memory offlining [mem 0x82600000000-0x8267fffffff] failed due to '
      + 'signal backoff\n', 'first at 1984.5 s: offline failed 1'],
    ['behind a prompt', '(qemu) [   17.104486] Offlined Pages 32768\n'
      + 'root@vm:~# [   18.100000] Offlined Pages 32768\n', 'offlined 2'],
    ['quoted, broken by a mail',
      '> [  312.668859] Block size [0x80000000] unaligned hotplug range:\n'
      + '>      start 0x310000000, size 0x8000000\n'
      + '> [  312.668984] hv_balloon: Memory hot add failed\n', 'add failed 1, hv_balloon 1'],
    ['a value in the log of a runtime', ['add_memory failed', 'acpi_memory_enable_device() error']
      .map((text, i) => 'Jul 16 11:53:27 myhost kata[1121]: time="2020-07-16T11:53:27" level=debug '
        + `msg="reading guest console" ID=${'5acc5b0c'.repeat(8)} sandbox=${'5acc5b0c'.repeat(8)} `
        + `source=virtcontainers vmconsole="[    1.58425${i}] acpi PNP0C80:01: ${text}"\n`)
      .join(''),
    'first at 1.6 s: add failed 1, ACPI memory device 1'],
    ['a device that is resized', '[   16.219638] virtio_mem virtio0: plugged size: 0x0\n'
      + '[   16.220182] virtio_mem virtio0: requested size: 0xbc0000000\n', 'virtio_mem size 2'],
    ['without times', 'kmem dax0.0: rejecting DAX region [mem 0x240400000-0x2bfffffff] with '
      + 'invalid node: -1\nkmem: probe of dax0.0 failed with error -22\n', 'dax/kmem 2'],
  ])('%s', async (_, text, counted) => {
    const { said, rows, problems } = await read('piece', text);
    expect(said).toContain(`${counted}); without the log of the boot nobody knows what memory`);
    expect(rows).toEqual([]);
    expect(problems[0]).toContain('has no BIOS-e820 lines');
  });
});

it('a line that tells of hotplug is counted once', async () => {
  const { unused } = await read('once',
    boot('6.1.0') + later('acpi PNP0C80:00: add_memory failed'));
  expect(unused.get('log:add-failed')).toBe(1);
  expect(unused.has('dmesg:acpi')).toBe(false);
});

describe('what is not of the boot', () => {
  it('an oops later is told, and is no line of it', async () => {
    const { rows, said } = await read('oops', boot('6.1.0') + later(
      'BUG: unable to handle page fault for address: ffffea0000000034',
      'RIP: 0010:try_offline_node+0x40/0x100'));
    expect(rows.filter(({ event }) => event === 'printk')).toEqual([]);
    expect(said).toContain('an oops in try_offline_node at 50.0 s and no call that led to it');
  });

  it('zonelists that a hot-add built are not', async () => {
    const { rows } = await read('built', `${boot('6.1.0')}`
      + '[    0.100000] Built 1 zonelists, mobility grouping on.  Total pages: 515000\n'
      + later('Built 2 zonelists, mobility grouping on.  Total pages: 615000'));
    expect(rows.flatMap(({ event, args }) => (event === 'printk' ? [args] : []))).toEqual([
      'Built 1 zonelists, mobility grouping on.  Total pages: 515000']);
  });
});

describe('what keeps memory', () => {
  it('is what memblock=debug shows reserved and not freed', async () => {
    const { rows } = await read('memblock', boot('6.5.0', 'memblock=debug')
      + '[    0.1] memblock_reserve: [0x0000000110000000-0x000000011000ffff] setup_arch+0x1/0x2\n'
      + '[    0.1] memblock_reserve: [0x0000000110010000-0x000000011001ffff] setup_arch+0x1/0x2\n'
      + '[    0.1] memblock_phys_free: [0x0000000110004000-0x0000000110007fff] x+0x1/0x2\n');
    expect(rows.filter(({ event }) => event === 'memblock_reserve').map(({ args }) => args))
      .toEqual(['start=0x110000000 end=0x110004000', 'start=0x110008000 end=0x110020000']);
  });

  it.each([
    'crashkernel reserved: 0x0000000028000000 - 0x0000000038000000 (256 MB)',
    'Reserving 256MB of memory at 640MB for crashkernel (System RAM: 2047MB)',
    'crashkernel low memory reserved: 0x28000000 - 0x38000000 (256 MB)',
    'kexec_core: Reserving 256MB of low memory at 640MB for crashkernel (System low RAM: 2029MB)',
  ])('%s', async (line) => {
    const { rows } = await read('crash', `${boot('5.4.0')}[    0.010000] ${line}\n`);
    expect(rows[0]).toEqual(
      { time_ns: 0, event: 'memblock_reserve', args: 'start=0x28000000 end=0x38000000' });
  });

  it('an area of cma= keeps each of its blocks', async () => {
    const { rows } = await read('cma',
      `${boot('5.4.0')}[    0.010000] cma: Reserved 256 MiB at 0x000000006c000000 on node -1\n`);
    expect(rows.filter(({ event }) => event === 'unmovable_page').map(({ pfn }) => pfn))
      .toEqual([0x6c000, 0x70000, 0x78000]);
  });
});

/*
 *   last_pfn   update        last_pfn      RAMDISK, SRAT   update
 *              no MTRR: not memory         memblock is filled    a table of EFI: kept memory
 */
describe('what the kernel takes out of the map by itself', () => {
  const cut = 'e820: update [mem 0x70000000-0x7fffffff] usable ==> reserved';
  const newer = 'e820: update [mem 0x70000000-0x7fffffff]  System RAM ==> device reserved';
  const last = 'last_pfn = 0x180000 max_arch_pfn = 0x400000000';
  it.each([
    ['before memblock has its memory', [cut, last],
      'e820 start=0x70000000 end=0x80000000 type=reserved'],
    ['in the words of v7.1', [newer, last], 'e820 start=0x70000000 end=0x80000000 type=reserved'],
    ['behind that', [`e820: ${last}`, cut], 'memblock_reserve start=0x70000000 end=0x80000000'],
    ['at a time that is not told', [cut], undefined],
    ['the first page, as always',
      ['e820: update [mem 0x00000000-0x00000fff] usable ==> reserved', last], undefined],
  ])('%s', async (_, lines, expected) => {
    const stamped = lines.map((text) => `[    0.000000] ${text}\n`).join('');
    const { rows } = await read('update', `${boot('6.1.0')}${stamped}`);
    const found = rows.map(({ event, args }) => `${event} ${args}`);
    expect(found.filter((row) => /0x70000000|0x1000 /.test(row)))
      .toEqual(expected === undefined ? [] : [expected]);
  });
});

it.each([
  ['kmem dax0.0: mapping0: 0x180000000-0x1ffffffff memory add failed', 'dax/kmem'],
  ['xen:balloon: Cannot add additional memory (-17)', 'xen-balloon'],
  ['hv_balloon: hot_add memory failed error is -17', 'hv_balloon'],
  ['virtio_mem virtio1: adding memory failed: -12', 'virtio_mem'],
  ['removing memory fails, because memory [0x180000000-0x187ffffff] is onlined', 'removal-failed'],
  ['online_pages [mem 0x100000000-0x107ffffff] failed', 'online-failed'],
  ['Hotplug memory [0x4000000000000-0x4000008000000] exceeds maximum addressable range '
    + '[0x0-0x3fffffffffff]', 'add-failed'],
  ['acpi PNP0C80:01: acpi_memory_enable_device() error', 'ACPI-memory-device'],
  ['cxl_mem mem0: endpoint5 failed to probe', 'CXL'],
  // Memory that the map does not have is in the way.
  ['Unable to reserve System RAM region: 0000000180000000->0000000188000000', 'add-failed'],
])('%s is counted', async (line, kind) => {
  const { unused, rows } = await read('counted', boot('6.12.0') + later(line));
  expect(unused.get(`log:${kind}`)).toBe(1);
  expect(rows.filter(({ event }) => event === 'add_memory')).toEqual([]);
});

it.each([
  ['kmem dax0.0: mapping0: 0x180000000-0x1ffffffff memory add failed',
    'dax/kmem 0x180000000-0x1ffffffff memory add failed'],
  ['kmem dax1.0: mapping0: 0x850000000-0x284fffffff could not reserve region',
    'dax/kmem 0x850000000-0x284fffffff could not reserve region'],
  ['tdx: Unable to add memory [0x580000000, 0x600000000) on TDX enabled platform.',
    'add refused 0x580000000, 0x600000000 on TDX enabled platform.'],
  ['removing memory fails, because memory [0x180000000-0x187ffffff] is onlined',
    'removal failed 0x180000000-0x187ffffff is onlined'],
  ['online_pages [mem 0x100000000-0x107ffffff] failed',
    'online failed 0x100000000-0x107ffffff failed'],
])('a range that is not replayed is named: %s', async (line, told) => {
  const { said } = await read('named', boot('6.12.0') + later(line).repeat(2));
  // The same twice is one.
  expect(said).toMatch(new RegExp(`; not replayed: ${told.replaceAll('.', '[.]')}$`, 'm'));
});

it('an add that the map refuses is an input', async () => {
  const { rows } = await read('exists', boot('6.1.0') + later(
    'Unable to reserve System RAM region: 0000000100000000->0000000108000000'));
  expect(rows.at(-1)).toMatchObject({ event: 'add_memory', pfn: 0x100000, ret: -17 });
});

describe('a log that makes no machine of the model', () => {
  it.each([
    ['an arm64 machine', 'Booting Linux on physical CPU 0x0000000000 [0x410fd083]'],
    ['a MIPS machine', 'CPU0 revision is: 00019300 (MIPS 24Kc)'],
    ['a ppc machine', 'Using Freescale machine description'], ['a sparc machine', 'ARCH: SUN4U'],
    ['a user-mode kernel', 'UML running in SKAS0 mode'],
    ['a riscv machine', 'SBI specification v0.3 detected'],
    ['an s390 machine', 'setup: Linux is running as a z/VM guest operating system'],
    ['a ppc64 machine', 'radix-mmu: Page sizes from device-tree:'],
  ])('%s', async (machine, line) => {
    await expect(read('foreign', '[    0.000000] Linux version 6.1.0 (b@h) #1 SMP\n'
      + `[    0.000000] Command line: ro\n[    0.000000] Zone ranges:\n[    0.000000] ${line}\n`))
      .rejects.toThrow(`:4: the log is of ${machine} (`);
  });

  it('a 32-bit x86 machine, which has a map too', async () => {
    await expect(read('i686', `${boot('5.10.0-8-686')}[    0.000000] 1160MB HIGHMEM available.\n`))
      .rejects.toThrow('the log is of a 32-bit x86 machine');
  });
});

describe('ranges that the model would refuse', () => {
  it.each([
    ['BIOS-e820: [mem 0x00000005d0000000-0x000000064ffffff] soft reserved', 'it to end above'],
    ['ACPI: SRAT: Node 1 PXM 1 [mem 0x380000000-0xffffffffffffffff] hotplug', 'of 52 bits'],
    ['RAMDISK: [mem 0x36d3e000-0x3695bfff]', 'it to end above'],
  ])('%s', async (line, expected) => {
    const { problems } = await read('typo', `${boot('6.12.0')}[    0.000000] ${line}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^8: the range was left out: .*${expected}`));
  });
});

describe('memory blocks of a log that does not tell their size', () => {
  it('go by the map that mem= leaves', async () => {
    const { trace } = await read('user', boot('6.1.0', 'mem=1G')
      .replace('0x000000017fffffff', '0x0000002fffffffff')
      + '[    0.000000] user: [mem 0x0000000000100000-0x000000003fffffff] usable\n');
    expect(trace.header.block_size).toBe(2 ** 27);
  });

  it.each([
    ['4.15.0', '0x000000103fffffff', 2 ** 31], ['4.18.0', '0x000000103fffffff', 2 ** 30],
    ['4.15.0', '0x000000017fffffff', 2 ** 27], ['6.1.0', '0x0000001037ffffff', 2 ** 27],
  ])('%s with memory up to %s', async (release, last, bytes) => {
    const log = boot(release).replace('0x000000017fffffff', last);
    const { trace, said } = await read('blocks', log);
    expect(trace.header.block_size).toBe(bytes);
    expect(said).toContain(`no line "Memory block size": ${bytes / 2 ** 20} MiB are taken`);
  });

  // Expect: windows of CXL bound it from v6.15 on, and are in no log.
  it.each([['6.14.0', false], ['6.17.0', true]])('%s with a CEDT', async (release, bounded) => {
    const { said } = await read('cedt', boot(release)
      .replace('0x000000017fffffff', '0x000000103fffffff')
      + '[    0.000000] ACPI: CEDT 0x00000000BFFE2FF8 00003C (v01 BOCHS  BXPC 00000001)\n');
    expect(said.includes('the windows of its CEDT')).toBe(bounded);
  });
});

it('a console that Xen writes to as well loses no line of a block', async () => {
  const lines = ['Zone ranges:', '  DMA      [mem 0x0000000000001000-0x0000000000ffffff]',
    '  Normal   empty'].map((text) => `[    0.010000] ${text}\n(XEN) d1v0 something\n`).join('');
  const { rows } = await read('console', boot('6.12.0') + lines);
  expect(rows.filter(({ event }) => event === 'printk')).toHaveLength(3);
});

it.each([
  [['DMA', 'DMA32', 'Normal', 'Device'], {}],
  [['DMA32', 'Normal', 'Device'], { ZONE_DMA: 'n' }],
  [['DMA32', 'Normal'], { ZONE_DMA: 'n', ZONE_DEVICE: 'n' }],
] as const)('zones that the kernel has no line of it does not have: %j', async (zones, config) => {
  const lines = ['Zone ranges:', ...zones.map((zone) => `  ${zone.padEnd(8)} empty`),
    'Movable zone start for each node'].map((text) => `[    0.010000] ${text}\n`).join('');
  const { trace } = await read(`zones-${zones.length}`, boot('6.12.0') + lines);
  const { ZONE_DMA, ZONE_DEVICE } = trace.header.config;
  expect({ ZONE_DMA, ZONE_DEVICE }).toEqual({
    ZONE_DMA: undefined, ZONE_DEVICE: undefined, ...config });
});

it('the map of a guest of Xen without virtual machine is the machine\'s', async () => {
  const { rows } = await read('xen', boot('5.10.0').replaceAll('BIOS-e820:', 'Xen:'));
  expect(rows.filter(({ event }) => event === 'e820')).toHaveLength(3);
});
