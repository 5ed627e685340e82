import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import type { DmesgRow } from '../../src/trace/kernel_text/log/dmesg_facts.js';
import { unnamedNodes, withWindows } from '../../src/trace/kernel_text/log/window_nodes.js';
import { daxProbeRow, printedDax } from '../../src/trace/kernel_text/recording/dax.js';
import { readTrace } from '../../src/trace/read.js';
import { daxRange, legacyPmem } from '../../src/trace/scenario/dax_ranges.js';

interface RecordedStep { readonly action: string; readonly output?: string }

function printed(recording: string): readonly string[] {
  const file = join(packageRoot(), 'traces/recordings', recording, 'info.json');
  const { steps } = JSON.parse(readFileSync(file, 'utf8')) as { steps: readonly RecordedStep[] };
  return steps.filter(({ action }) => action === 'dax-kmem').map(({ output = '' }) => output);
}

describe('memory through dax/kmem', () => {
  /*
   *   4G          4G+18M                     5G
   *   | metadata  |  the device's range      |
   * Expect: the range that the kernel gave its driver is the one that the scenario is run with.
   */
  test.each([
    ['dax-kmem-6.12', 'memmap=1G!4G'], ['dax-kmem-7.3', 'memmap=1G!4G'],
    ['dax-kmem-two-nodes-6.12', 'x memmap=512M!5G memmap=512M!0x100000000'],
  ])('%s: ranges of %s', (recording, cmdline) => {
    const recorded = printed(recording).map((output) => printedDax(output)?.ranges);
    expect(recorded.length).toBeGreaterThan(0);
    expect(legacyPmem(cmdline).map((pmem) => [daxRange(pmem)])).toEqual(recorded);
  });

  test('all ranges of a device are in its row', () => {
    const dax = printedDax(`device dax1.0
target_node 2
memmap_on_memory 1
range 0x100000000-0x10fffffff
range 0x120000000-0x12fffffff
`);
    expect(dax === undefined ? undefined : daxProbeRow(dax, 'online')).toEqual({
      event: 'dax_kmem_probe', nid: 2, args: 'device=dax1.0 ranges=0x100000000-0x110000000/'
        + '0x120000000-0x130000000 memmap_on_memory=1 auto_online=online',
    });
  });

  test('a step that came to no device is none', () => {
    expect(printedDax('there is no range of persistent memory for region1\n')).toBeUndefined();
  });
});

async function rowsOf(path: string, wanted: RegExp): Promise<readonly object[]> {
  const { trace } = await readTrace(join(packageRoot(), 'traces', path));
  return Array.from({ length: trace.length }, (_, row) => trace.row(row))
    .filter(({ event }) => wanted.test(event))
    .map(({ event, nid, args = '' }) =>
      ({ event, nid, args: args.replace(/ auto_online=\w+/, '') }));
}

describe('a scenario says what the recording of it found', () => {
  /*
   *   nodes   |0    |1    | DIMMs, node 1 |2           |3           |
   *   cxl                                 [c0 512M]    [c1 256M]      windows of 4 GiB each
   * Expect: each window is a node, behind the place for DIMMs; a region stands at its begin.
   */
  test.each(['cxl-region', 'dax-soft-reserved'])('%s', async (name) => {
    const wanted = /^(srat_mem|dax_kmem_\w+)$/;
    const recorded = await rowsOf(`imported/${name}-7.3.csv.gz`, wanted);
    expect(recorded.length).toBeGreaterThan(6);
    expect(new Set(await rowsOf(`scenarios/${name}.yaml`, wanted))).toEqual(new Set(recorded));
  });
});

describe('nodes that the SRAT does not name', () => {
  const srat = (nid: number, args: string): DmesgRow =>
    ({ row: { time_ns: 0, event: 'srat_mem', nid, args }, line: 1 });
  const lines = [
    'Initmem setup node 1 as memoryless', 'Initmem setup node 2 as memoryless',
    'Initmem setup node 3 [mem 0x0000000000000000-0x0000000000000000]',
  ].map((text, index) => ({ text, line: index + 1 }));
  const named = [srat(0, 'start=0x0 end=0x1000'), srat(1, 'start=0x1000 end=0x9000 hotplug=1')];

  test('are those without memory and CPUs, and windows are theirs in order', () => {
    const unnamed = unnamedNodes(lines, named, new Map());
    expect(unnamed).toEqual([srat(2, 'start=0x0 end=0x0'), srat(3, 'start=0x0 end=0x0')]
      .map(({ row }, index) => ({ row, line: index + 2 })));
    const iomem = ['9000-9fff', 'a000-bfff'].map((range, index) =>
      `  ${range.replace(/\w+/g, (end) => end.padStart(8, '0'))} : CXL Window ${index}\n`).join('');
    expect(withWindows([...named, ...unnamed], ['', iomem]).slice(2).map(({ row }) => row.args))
      .toEqual(['start=0x9000 end=0xa000 hotplug=1', 'start=0xa000 end=0xc000 hotplug=1']);
    expect(withWindows([...named, ...unnamed], [''])).toEqual([...named, ...unnamed]);
  });

  // numa=fake=2U: node 0 as 0 and 1, node 1, which no faked one is cut from, as 2; node 3 is more.
  test('are more than those that stand behind faked ones', () => {
    expect(unnamedNodes(lines, named, new Map([[0, 0], [1, 0]])).map(({ row }) => row.nid))
      .toEqual([3]);
  });

  test('are none where there is no SRAT', () => {
    expect(unnamedNodes(lines, [], new Map())).toEqual([]);
  });
});
