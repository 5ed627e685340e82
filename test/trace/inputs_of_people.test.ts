/**
 * Inputs as people have them, three and more of each kind that others were refused, half read, or
 * answered wrongly of: every text here is made up.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTrace } from '../../src/trace/read.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-people-'));
let files = 0;

async function readPath(path: string) {
  const { trace, problems, unused } = await readTrace(path);
  const rows = Array.from({ length: trace.length }, (_, row) => trace.row(row));
  return { rows, unused, problems: problems.map(({ message }) => message) };
}

async function read(text: string) {
  const file = join(folder, `${files++}.txt`);
  writeFileSync(file, text);
  return readPath(file);
}

/*
 *   EVENT                                        a row
 *       address symbol (file)   with -F ip,sym,dso,srcline: any of them missing
 * Expect as many rows as events, each frame counted, and no problem.
 */
describe('call chains of perf, whatever fields were asked for', () => {
  const freed = 'sh 31/37 [003]   901.000009: kmem:mm_page_free: page=0x1 pfn=0x13040 order=0\n';
  it.each([
    ['symbols alone', '\tfree_unref_page+0x5\n\t[unknown]\n\tmain\n', 3],
    ['symbols of C++ and Rust', '\toperator new(unsigned long)\n'
      + '\tstd::vector<int, std::allocator<int> >::push_back(int const&)+0x12\n'
      + '\t<alloc::vec::Vec<T> as core::ops::Drop>::drop\n', 3],
    ['inlined ones and places in sources', '\t__folio_put+0x10\n\t    include/linux/mm.h:1410\n'
      + '\t    put_page (inlined)\n', 3],
    ['addresses alone', '\tffffffff811d3e60\n\t    7f0000001000\n\t   559d4c\n', 3],
    ['files with blanks', '\tffffffff811d3e60 drain+0x5 (/lib/modules/5.14/build/my vmlinux)\n'
      + '\t     5f3 main+0x3 (/srv/a b/c (deleted))\n', 2],
  ])('%s', async (_, frames, count) => {
    const { rows, unused, problems } = await read(`${freed}${frames}\n`.repeat(2));
    expect([rows.length, unused.get('stack'), problems]).toEqual([2, 2 * count, []]);
  });

  it('a damaged event behind an event is no frame', async () => {
    const { problems } = await read(`${freed}  stress 31/37 [003]   901.0: kmem:mm_pa\n${freed}`);
    expect(problems).toEqual([expect.stringContaining('not an event')]);
  });
});

/*
 *   offline B ?        no event tells the range        not made again: ENOENT would be our word
 *     start_isolate_page_range arg1=.. arg2=..         the range of the call that it is in
 */
describe('a call is an input where an event tells its range', () => {
  const line = (rest: string, micros: number): string =>
    `     off.sh-19    [003] .....   812.00000${micros}: ${rest}\n`;
  const calls = (inside: string): string => line('a: (memory_subsys_offline+0x0/0x90)', 1) + inside
    + line('b: (device_offline+0xa3/0xd0 <- memory_subsys_offline) arg1=0xfffffff0', 9);

  it('from the function inside, by the place of its arguments', async () => {
    const { rows, problems } = await read(calls(line(
      'c: (start_isolate_page_range+0x0/0x4d0) arg1=0x110000 arg2=0x118000 arg3=0x1', 2)));
    const range = { pfn: 0x110000, nr_pages: 0x8000 };
    expect(rows.filter(({ event }) => event === 'offline')).toMatchObject([
      { phase: 'B', ...range }, { phase: 'E', ret: -16, ...range }]);
    expect(problems).toEqual([]);
  });

  it('and one that another one of its task stands behind is none either', async () => {
    const begun = line('a: (memory_subsys_offline+0x0/0x90)', 1);
    const { rows, unused, problems } = await read(begun + begun + calls(line(
      'c: (start_isolate_page_range+0x0/0x4d0) arg1=0x110000 arg2=0x118000 arg3=0x1', 2)));
    expect(rows.filter(({ event }) => event === 'offline')).toHaveLength(2);
    expect([unused.get('call-without-range'), problems]).toEqual([2, []]);
  });

  it.each([
    ['that returns', calls(''), 1],
    ['that the trace ends in', line('x: (offline_pages+0x0/0x6c0)', 1), 1],
    ['of a name without arguments', `${line('offline_pages: (offline_pages+0x0/0x6c0)', 1)}${
      line('offline_pages__return: (memory_subsys_offline+0x4f/0x90 <- offline_pages)', 2)}`, 1],
  ])('none %s without', async (_, text, count) => {
    const { rows, unused, problems } = await read(text);
    expect(rows.filter(({ event }) => event === 'offline')).toEqual([]);
    expect(unused.get('call-without-range')).toBe(count);
    expect(problems).toEqual([expect.stringMatching(/^a call tells no range.*start_pfn=\$arg1/)]);
  });

  it.each(['offline', 'online_movable', 'add_memory', 'remove_memory'])(
    'a row %s without a range is refused', async (event) => {
      const { rows, problems } = await read('# hotplug-trace 1\n# kernel 6.1.0\n'
        + 'time_ns,cpu,task,event,phase,nid,zone,pfn,nr_pages,order,migratetype,ret,args\n'
        // Many, so that the reader of plain rows sees them.
        + `1,0,,${event},B,,,,,,,,\n`.repeat(40));
      expect(rows).toEqual([]);
      expect(problems[0]).toBe(
        `${event} has no pfn, expected a page frame number up to 0xffffffffff`);
    });
});

/*
 *   trace.txt of perf script + dmesg.txt: a recording as one of ftrace is
 */
it('a folder may have the text of perf', async () => {
  const path = join(folder, 'perf-recording');
  mkdirSync(path);
  writeFileSync(join(path, 'trace.txt'), 'sh  21 [001]   440.000100: probe:offline_pages: '
    + '(ffffffff812f5a40) start_pfn=0x10000 nr_pages=0x8000\n'
    + 'sh  21 [001]   440.100900: probe:offline_pages__return: '
    + '(ffffffff812f5a40 <- ffffffff815abcde) arg1=0xfffffff0\n');
  writeFileSync(join(path, 'dmesg.txt'), '[    0.000000] Linux version 6.1.0 (b@h)\n'
    + '[    0.000000] BIOS-e820: [mem 0x0000000000100000-0x000000007fffffff] usable\n');
  const { rows, problems } = await readPath(path);
  expect(rows.filter(({ event }) => event === 'offline')).toMatchObject([
    { phase: 'B', pfn: 0x10000 }, { phase: 'E', ret: -16 }]);
  expect(problems).toEqual([]);
});

/* Expect what the text is, what is wrong with it, and what to record instead. */
describe('a text of which no trace can be made is named', () => {
  it.each([
    ['java 29 page-faults: \n\t    7f1b9d2c11 [unknown] (/tmp/perf-29.map)\n\n',
      'text of `perf script` without times'],
    ['sh  81 [002] probe:offline_pages: \n\tffffffffa1234567 offline_pages+0x1 ([kernel])\n\n',
      'text of `perf script` without times'],
    ['sh  81  5.100001: kmem:mm_page_free: page=0x1 pfn=0x286c0 order=0\n',
      'text of `perf script` without CPUs'],
    ['@stacks[\n    offline_pages+0\n    x+91\n, sh]: 2\n', 'what a script of bpftrace printed'],
    ['Attaching 2 probes...\nret -16\n', 'what a script of bpftrace printed'],
    ['@total: 4\n', 'what a script of bpftrace printed'],
    ['# event histogram\n#\n# trigger info: hist:keys=order\n\n{ order: 0 } hitcount: 3\n',
      'a histogram that a trigger'],
    ['\n Performance counter stats for \'system wide\':\n\n 1,204  kmem:mm_page_free\n',
      'what perf counted'],
    ['openat(AT_FDCWD, "/sys/devices/system/memory/memory40/state", O_WRONLY) = 3\n'
      + 'write(1, "offline\\n", 8) = -1 EBUSY (Device or resource busy)\n', 'text of strace'],
    ['RANGE                                  SIZE  STATE REMOVABLE BLOCK\n', 'what lsmem shows'],
    ['00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n', 'what /proc/iomem shows'],
    ['Node 0, zone      DMA\n  per-node stats\n', 'what /proc/zoneinfo'],
    ['MemTotal:       16303872 kB\nMemFree:  123 kB\n', 'what /proc/meminfo shows'],
    ['Subject: [PATCH] mm: x\n\nThe log said\n\n  page dumped because: unmovable page\n---\n'
      + '--- a/mm/memory_hotplug.c\n+++ b/mm/memory_hotplug.c\n@@ -1 +1 @@\n-a\n+b\n', 'a patch'],
    ['available: 2 nodes (0-1)\nnode 0 cpus: 0 1\n', 'what `numactl -H` shows'],
  ])('%j', async (text, named) => {
    await expect(read(text)).rejects.toThrow(`is ${named}`);
    await expect(read(text)).rejects.toThrow('expected');
  });
});

/* Scenarios written by hand: an id is a number or a word, and the same in whatever way written. */
describe('an id of a scenario', () => {
  const scenario = async (machine: string, ...steps: readonly string[]) => {
    const file = join(folder, `${files++}.yaml`);
    writeFileSync(file, `name: x\nnote: y\nkernel: 6.1.0\nmachine: { type: pc, memory: 2G, slots: 3`
      + `, maxmem: 8G${machine} }\nsteps:\n${steps.map((step) => `- { ${step} }\n`).join('')}`);
    return readPath(file);
  };
  const device = ', virtio_mem: [ { id: "1", size_mb: 1024, node: 0, requested_mb: 128 } ]';
  it.each([
    ['a number, then a text', '', ['action: add-dimm, id: 7, size_mb: "1024", node: "0"',
      'action: remove-dimm, id: "7"'], ['add_memory', 'remove_memory']],
    ['a word', '', ['action: add-dimm, id: d-1.a, size_mb: 512, node: 0',
      'action: remove-dimm, id: d-1.a'], ['add_memory', 'remove_memory']],
    ['a device\'s, as a number', device, ['action: virtio-mem, id: 1, requested_mb: 512'],
      ['virtio_mem_config_changed']],
  ])('%s', async (_, machine, steps, events) => {
    const { rows, problems } = await scenario(machine, ...steps);
    expect(problems).toEqual([]);
    expect(rows.map(({ event }) => event).filter((event) => /memory$|config_changed$/.test(event)))
      .toEqual(events);
  });

  it('neither is told', async () => {
    await expect(scenario('', 'action: add-dimm, id: 1.5, size_mb: 512, node: 0'))
      .rejects.toThrow(':6: "id" of step add-dimm is 1.5, expected a number, or letters');
  });

  it('without a machine it is a scenario all the same, not a log', async () => {
    const file = join(folder, 'steps.yaml');
    writeFileSync(file, 'kernel: 6.1.0\nmemory_mb: 512\nsteps:\n  - { action: add-dimm }\n');
    await expect(readPath(file)).rejects.toThrow(':2: the scenario has no "memory_mb", expected');
  });
});

/*
 *   e820        0x0-0x9fc00, 1 MiB-2 GiB, 4-6 GiB
 *   and a line of the kind: what keeps memory, a range that cannot be, blocks before v4.17
 * Expect the rows that follow from it, or the line that is wrong.
 */
describe('a log with one line more', () => {
  const log = (release: string, more: string): string => [
    `[    0.000000] Linux version ${release} (b@h) (gcc 12) #1 SMP`,
    '[    0.000000] BIOS-provided physical RAM map:',
    '[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable',
    '[    0.000000] BIOS-e820: [mem 0x0000000000100000-0x000000007fffffff] usable',
    '[    0.000000] BIOS-e820: [mem 0x0000000100000000-0x000000017fffffff] usable',
    `[    0.000000] ${more}`,
    '[    0.005733] Initmem setup node 0 [mem 0x0000000000001000-0x000000017fffffff]\n'].join('\n');

  it.each([
    ['a crash kernel below 4 GiB', 'crashkernel low memory reserved: 0x2f000000 - 0x7f000000 '
      + '(1280 MB)', 'memblock_reserve', 'start=0x2f000000 end=0x7f000000'],
    ['an old crash kernel', 'Reserving 256MB of memory at 640MB for crashkernel (System RAM: '
      + '4095MB)', 'memblock_reserve', 'start=0x28000000 end=0x38000000'],
    ['memblock=debug', 'memblock_reserve: [0x0000000138000000-0x0000000138ffffff] a_b+0x1/0x2',
      'memblock_reserve', 'start=0x138000000 end=0x139000000'],
    ['CMA', 'cma: Reserved 128 MiB at 0x0000000168000000 on node -1', 'unmovable_page',
      'reason=CMA'],
  ])('%s', async (_, more, event, args) => {
    const { rows } = await read(log('6.6.0', more));
    expect(rows.filter((row) => row.event === event)).toMatchObject([{ args }]);
  });

  it.each([
    ['a digit too many', 'BIOS-e820: [mem 0x0000000190000000-0xfffffffffffffffff] usable'],
    ['all addresses', 'ACPI: SRAT: Node 0 PXM 0 [mem 0x100000000-0xffffffffffffffff] hotplug'],
    ['an end below the start', 'BIOS-e820: [mem 0x0000000190000000-0x0000000018fffffe] reserved'],
  ])('%s: named, and left out', async (_, more) => {
    const { rows, problems } = await read(log('6.1.0', more));
    expect(rows.filter(({ event }) => ['e820', 'srat_mem'].includes(event))).toHaveLength(3);
    expect(problems).toEqual([expect.stringMatching(/^the range was left out: it begins at /)]);
  });

  it.each([['4.15.18', 2048], ['4.14.336', 2048], ['4.17.0', 128]])(
    'blocks of a machine that ends 128 MiB above 66 GiB on %s: %i MiB',
    async (release, mebibytes) => {
      const file = join(folder, `${files++}.txt`);
      writeFileSync(file, log(release,
        'BIOS-e820: [mem 0x0000000180000000-0x0000001087ffffff] usable'));
      const { trace } = await readTrace(file);
      expect(trace.header.block_size / 2 ** 20).toBe(mebibytes);
    });
});
