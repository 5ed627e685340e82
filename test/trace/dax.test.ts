import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { daxProbeRow, printedDax } from '../../src/trace/kernel_text/recording/dax.js';
import { daxRange, legacyPmem } from '../../src/trace/scenario/legacy_pmem.js';

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
