/** Invariants of pages after every event, kept by what changed. */
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { ON_PCP } from '../../src/linux/mm/pages/arena.js';
import type { Pages } from '../../src/linux/mm/pages/pages.js';
import { PageChecks } from '../../src/observe/page_checks.js';
import { recountPages } from '../../src/observe/page_recount.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { versionOf } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';

const { trace } = await readTrace(`${packageRoot()}traces/recordings/offline-under-load`);
const version = versionOf(trace.header.kernel);

/** Replays up to a row of a page-level event at or after `row`, and hands the kernel over there. */
function at(row: number, look: (k: Kernel, pages: Pages) => void, checked = false): PageLevel {
  const level = PageLevel.always(trace, []);
  if (checked) level.checkInvariants();
  let kernel: Kernel | undefined;
  const { booted, run } = {
    booted: level.booted.bind(level), run: level.run.bind(level),
  };
  level.booted = (k) => {
    kernel = k;
    booted(k);
  };
  let looked = false;
  level.run = (from, most = Infinity) => {
    if (looked || from > row || from + most <= row) return run(from, most);
    const next = run(from, row - from);
    if (next < row) return next;
    looked = true;
    if (kernel?.state.pages !== undefined) look(kernel, kernel.state.pages);
    return run(next, most);
  };
  replay(trace, { version, series: [], pageLevel: level });
  expect(looked).toBe(true);
  return level;
}

test('a recording violates none', () => {
  const level = PageLevel.always(trace, []).checkInvariants();
  replay(trace, { version, series: [], pageLevel: level });
  expect(level.violated).toBeUndefined();
});

describe('what is kept by changes is what walking all lists finds', () => {
  test.each([5000, 40_000, 100_000, 180_000, 260_000])('at row %i', (row) => {
    let checks: PageChecks | undefined;
    const level = PageLevel.always(trace, []);
    const run = level.run.bind(level);
    const booted = level.booted.bind(level);
    let pages: Pages | undefined;
    level.booted = (k) => {
      booted(k);
      pages = k.state.pages;
      if (pages !== undefined) checks = new PageChecks(k, pages);
    };
    let compared = false;
    level.run = (from, most = Infinity) => {
      const next = run(from, compared ? most : Math.min(most, Math.max(1, row - from)));
      if (!compared && next >= row && pages !== undefined && checks !== undefined) {
        compared = true;
        expect(checks.after()).toBeUndefined();
        const found = recountPages(pages);
        for (const zp of pages.zones) expect(checks.sums[zp.number]).toEqual(found[zp.number]);
      }
      return next;
    };
    replay(trace, { version, series: [], pageLevel: level });
    expect(compared).toBe(true);
  });
});

describe('a violation is found after the event that makes it', () => {
  const row = 60_000;

  test('a counter that is off by one', () => {
    const { violated } = at(row, (_k, pages) => {
      const zp = pages.zones.find((one) => !one.partial);
      if (zp !== undefined) zp.zone.nr_free_pages += 1;
    }, true);
    expect(violated).toEqual({ row, text: expect.stringContaining('NR_FREE_PAGES') as string });
  });

  test('a page of a per-cpu list that is not counted there', () => {
    const { violated } = at(row, (_k, pages) => {
      const pcp = pages.zones[0]?.pcp[0];
      if (pcp !== undefined) pcp.count -= 1;
    }, true);
    expect(violated).toEqual({ row, text: expect.stringContaining('of CPU 0') as string });
  });

  test('a page that is lost from its list', () => {
    const { violated } = at(row, (_k, pages) => {
      const { arena } = pages;
      const frame = arena.state.indexOf(ON_PCP);
      arena.unlink(frame);
      arena.state[frame] = 0;
    }, true);
    expect(violated?.row).toBe(row);
    expect(violated?.text).toContain('pages on lists of CPU');
  });

  test('an allocation that nobody counts', () => {
    const { violated } = at(row, (_k, pages) => {
      const zp = pages.zones.find((one) => !one.partial);
      if (zp !== undefined) zp.nr_allocated += 1;
    }, true);
    expect(violated?.row).toBe(row);
  });
});
