/** Patches of arch/x86/mm, on traces where they part. */
import { expect, test } from 'vitest';
import { definePatch } from '../../src/patch/define.js';
import { traceOf } from '../replay/rig.js';
import { plain, seenOf } from './run.js';

/**
 *     4 GiB ... 65.0625 GiB: the end is aligned to 64 MiB only, so that blocks have 128 MiB
 *
 * Expect: a kernel that takes the largest size is told apart, and the report says that the blocks
 * of the trace are not of that size.
 */
test('the largest block size on bare metal', async () => {
  const trace = traceOf([
    { event: 'e820', args: 'start=0x100000000 end=0x1044000000 type=usable' },
    { event: 'offline', pfn: 0x108000, nr_pages: 32768 },
  ], { kernel: '5.8.0' });
  const largest = definePatch({
    ...plain, id: 'test/largest', base: 'v5.8',
    replaces: { probe_memory_block_size: () => 2 ** 31 },
  });
  const [base, patched] = await Promise.all(
    [seenOf(trace, 'v5.8'), seenOf(trace, 'v5.8', largest)]);
  expect(String(base.state('memory block size'))).not.toMatch(/2048 MiB/);
  expect(patched.state('memory block size')).toMatch(/^2048 MiB chosen;.*cannot tell/);
});
