/**
 * Policies outside the repository that replace functions of the page allocator.
 *
 *   free -> commit -> [nr_pcp_free] -> [free_pcppages_bulk] -> [__free_one_page] -> buddy lists
 *   alloc <- per-cpu list <- [rmqueue_bulk] <- __rmqueue <- [find_suitable_fallback]
 *
 * Expect: each runs on recordings of a real kernel, and the report says which function it changes.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mmreplay } from './cli/command.js';

const bodies: Readonly<Record<string, string>> = {
  nr_pcp_free: `nr_pcp_free(k, pcp) {
    return pcp.count;
  }`,
  free_pcppages_bulk: `free_pcppages_bulk(k, zone, count, pcp) {
    const { pages } = k.state;
    if (pages === undefined) return;
    const { arena } = pages;
    let left = Math.min(count, pcp.count - pcp.unnamed);
    for (let head = pcp.heads; head < pcp.heads + 14; head += 1) {
      for (let slot = arena.next[head]; slot !== head && left > 0; slot = arena.next[head]) {
        const order = pages.unlistPcp(pages.zonePages(zone), pcp, slot);
        k.__free_one_page(slot, zone, order, pages.typeOf(slot), 0);
        left -= 2 ** order;
      }
    }
  }`,
  __free_one_page: `__free_one_page(k, slot, zone, order, migratetype) {
    const { pages } = k.state;
    if (pages === undefined) return;
    const zp = pages.zonePages(zone);
    pages.lists.account(zp, 2 ** order, migratetype);
    pages.lists.put(zp, slot, order, migratetype, true);
  }`,
  find_suitable_fallback: `find_suitable_fallback(k, zone, order, migratetype) {
    const { pages } = k.state;
    const other = migratetype === 1 ? 0 : 1;
    if (pages === undefined) return -1;
    return pages.lists.first(pages.zonePages(zone), order, other) < 0 ? -1 : other;
  }`,
  rmqueue_bulk: `rmqueue_bulk(k, zone, order, count, pcp, migratetype) {
    const { pages } = k.state;
    const slot = k.__rmqueue(zone, order, migratetype, { mode: 'normal' });
    if (pages === undefined || slot < 0) return 0;
    pages.putFilled(pages.zonePages(zone), pcp, slot, order, migratetype);
    return 1;
  }`,
};

function written(folder: string, name: string, body: string): string {
  const path = join(folder, `${name}.js`);
  writeFileSync(path, `import { definePatch } from 'mmreplay';
export default definePatch({
  id: 'mine/${name}', subject: 'changes ${name}', author: 'A Developer, 2026-11-29', link: '',
  base: 'v6.1', doc: 'Changes ${name}.',
  replaces: {
    ${body},
  },
});
`);
  return path;
}

/** The lists stay on; they are drained before every third test that follows a failed one. */
const third = `import { definePatch } from 'mmreplay';
export default definePatch({
  id: 'mine/third', subject: 'drains every third time', author: 'A Developer, 2026-11-29',
  link: '', base: 'v6.1', doc: 'Drains before every third test that follows a failed one.',
  substitutes: { offline_pages: { * zone_pcp_disable() {}, zone_pcp_enable() {} } },
  around: { offline_pages: {
    * test_pages_isolated(next, k, { caller: [, , zone], local }) {
      if ((local.failed ?? 0) % 3 === 2) yield* k.drain_all_pages(zone);
      const ret = next();
      local.failed = (local.failed ?? 0) + (ret === 0 ? 0 : 1);
      return ret;
    },
  } },
});
`;

describe('a policy of a few lines outside the repository', () => {
  const folder = mkdtempSync(join(tmpdir(), 'allocator-'));
  const policies = Object.entries(bodies).flatMap(
    ([name, body]) => ['-p', written(folder, name, body)]);
  writeFileSync(join(folder, 'third.js'), third);
  policies.push('-p', join(folder, 'third.js'));

  test.each(['offline-under-load', 'pcp-race-redrain', 'pcp-race-disable'])('%s', (recording) => {
    const ran = mmreplay(['run', `traces/recordings/${recording}`, '-p', 'base', ...policies]);
    expect(ran.stderr).toBe('');
    expect(ran.status).not.toBe(2);
    for (const name of Object.keys(bodies)) expect(ran.stdout).toContain(`${name}()`);
    // What the recorded kernel had drained is in the way of one that drains later: it moves that.
    expect(ran.stdout).not.toMatch(/third\.js:\d+-\d+ never\s+ran/);
    // Rows moved the recorded ones, and nobody counted those.
    expect(ran.stdout).not.toContain('pages moved to node');
  }, 300_000);
});
