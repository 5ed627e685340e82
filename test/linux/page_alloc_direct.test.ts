/**
 * Functions of the page allocator that callers pass by where nothing stands around their calls
 * (src/linux/mm/page_alloc/direct.ts), against the same functions called through `k.`.
 *
 *   rmqueue_bulk -----------------------------> takeSmallest
 *        \-> __rmqueue -> __rmqueue_smallest -> page_del_and_expand -> expand
 *
 * Expect: every page ends where it does when a policy, which changes nothing, stands around one of
 * these functions; and such a policy, or a row that makes one of them fail, is never passed by.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { PASSED_BY, PASSING_BY } from '../../src/linux/mm/page_alloc/direct.js';
import { compose } from '../../src/patch/compose.js';
import { definePatch, type Patch } from '../../src/patch/define.js';
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import { machineByHand } from './by_hand.js';

const about = {
  subject: 'changes nothing', author: 'A Developer, 2026-11-29', link: '', base: 'v7.3',
  doc: 'Calls go through it.',
} as const;

function around(name: (typeof PASSED_BY)[number]): Patch {
  return definePatch({
    ...about, id: `mine/${name}`,
    wraps: { [name]: (next: (...args: never[]) => unknown) => (...args: never[]) => next(...args) },
  });
}

/** Where every page is, and what is counted. */
function pagesOf(k: Kernel): unknown {
  const { pages } = k.state;
  if (pages === undefined) throw new Error('no pages');
  const { next, prev, state, order, type, cpu, blockType } = pages.arena;
  const zones = pages.zones.map((zp) => [
    zp.zone.nr_free_pages, zp.zone.nr_isolated_pages, zp.nr_pcp, zp.nr_allocated,
    ...zp.pcp.map((pcp) => [pcp.count, pcp.high, pcp.free_count, pcp.alloc_factor]),
  ]);
  const hash = createHash('sha256');
  for (const one of [next, prev, state, order, type, cpu, blockType]) hash.update(one);
  return { zones, arrays: hash.digest('hex') };
}

describe('functions of the page allocator that are passed by', () => {
  for (const name of ['offline-under-load', 'kernel-zone-6.12', 'pcp-race-in-use']) {
    test(`${name}: pages end where they do through k.`, async () => {
      const { trace } = await readTrace(`${packageRoot()}traces/recordings/${name}`);
      const version = versionOfHeader(trace.header);
      const direct = replay(trace, { version, series: [] });
      const called = replay(trace, { version, series: [around('expand')] });
      expect([direct.direct.page_allocator, called.direct.page_allocator]).toEqual([true, false]);
      expect(pagesOf(direct)).toEqual(pagesOf(called));
    });
  }

  for (const name of PASSED_BY) {
    test(`a policy around ${name}() is called`, () => {
      const k = compose('v7.3', [around(name)], machineByHand({ nodes: 1 }));
      expect(k.direct.page_allocator).toBe(false);
    });
  }

  const inside = [
    ['rmqueue_bulk', '__rmqueue'], ['free_pcppages_bulk', '__free_one_page'],
  ] as const;
  for (const [name, callee] of inside) {
    test(`code around ${callee}() in ${name}() is called`, () => {
      const patch = definePatch({
        ...about, id: `mine/${name}`, substitutes: { [name]: { [callee]: () => 0 } },
      });
      expect(PASSING_BY).toContain(name);
      expect(compose('v7.3', [patch], machineByHand({ nodes: 1 })).direct.page_allocator)
        .toBe(false);
    });
  }
});
