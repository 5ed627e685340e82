/**
 *   0x100000                    0x108000
 *   |-- free | list | in use | free ...|   a block, and parts of it, while pages come and go
 *
 * Expect: one walk finds what the three of the model find.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { inTheWay } from '../../src/replay/pages/in_the_way.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { traceOf } from '../../src/trace/build.js';
import { readTrace } from '../../src/trace/read.js';

test.each(['offline_pcp-S5-list-in-chunks', 'offline_pcp-S14-huge-pages-in-a-circle'])(
  'what is in the way is found as by each alone: %s', async (name) => {
    const { trace } = await readTrace(join(packageRoot(), 'traces', name, 'trace.csv'));
    const found = new Set<string>();
    const afterRow = (row: number, { state: { pages } }: Kernel): void => {
      const pfn = trace.pfn(row);
      if (pages === undefined || Number.isNaN(pfn)) return;
      for (const size of [512, 32768]) {
        const start = pfn - pfn % size;
        const end = start + size;
        const one = inTheWay(pages, start, end);
        expect(one).toEqual({ movable: pages.findMovable(start, end),
          notFree: pages.firstNotFree(start, end), offLru: pages.findOffLru(start, end) });
        found.add(`${one.movable < 0} ${one.notFree === end}`);
      }
    };
    const version = versionOfHeader(trace.header);
    replay(trace, { version, series: [], observers: [{ afterRow }] });
    expect(found.size).toBeGreaterThan(1);
  });

/*
 *   0x100000   0x100200                0x108000
 *   |-- contig |------- free ----------|   offliner: all of it
 *
 * Expect: who asks for the first pageblock and is refused ends its isolation, and the offline tests
 * pages that are all free again and again; no page is told to stand in its way.
 */
test('a pageblock whose isolation somebody else ended', () => {
  const page = { pfn: 0x100e35, order: 0 };
  const trace = traceOf([
    { time_ns: 0, event: 'e820', args: 'start=0x100000 end=0x20000000 type=usable' },
    { time_ns: 0, event: 'e820', args: 'start=0x100000000 end=0x120000000 type=usable' },
    { time_ns: 1000, cpu: 1, task: 'fill', event: 'mm_page_alloc', ...page, migratetype: 1,
      args: 'gfp_flags=GFP_HIGHUSER_MOVABLE' },
    { time_ns: 2000, cpu: 1, task: 'lab', event: 'hold', pfn: page.pfn, args: 'holding=1' },
    { time_ns: 3000, cpu: 1, task: 'free', event: 'mm_page_free', ...page },
    { time_ns: 4000, cpu: 0, task: 'offliner', event: 'offline', pfn: 0x100000, nr_pages: 32768 },
    { time_ns: 5000, cpu: 0, task: 'contig', event: 'alloc_contig_pages', pfn: 0x100000,
      nr_pages: 512 },
    { time_ns: 6000, task: 'lab', event: 'unhold' },
  ], { kernel: '6.18.0', cpus: 2, block_size: 2 ** 27 });
  const pageLevel = PageLevel.of(trace, []);
  const k = replay(trace, { version: 'v6.18', series: [], observers: [],
    ...(pageLevel === undefined ? {} : { pageLevel }) });
  expect(k.state.faults.map(({ text }) => text)).toEqual([
    expect.stringContaining('stops at a pageblock that is not isolated')]);
});
