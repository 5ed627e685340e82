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
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
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
