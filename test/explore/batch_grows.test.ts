/**
 * free_pcppages_bulk() with a count above what the lists hold, which before v5.9 never ends.
 *
 *   free:   count >= high | pcp_batch |            | gives back `batch` pages
 *   other:                            | high, batch |
 *
 * Expect: v5.8 hangs (a BUG of the model), when a parameter is written and when a block goes online
 * in between; v5.9 does not; explore finds the order by itself.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mmreplay } from '../cli/command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-batch-'));
afterAll(() => rmSync(folder, { recursive: true }));
const ENDLESS = /BUG in free_pcppages_bulk(?:\(\))?: \d+ pages are to be freed/;

/** What a run says, its lines joined. */
function said(args: readonly string[]): string {
  const { stdout, stderr } = mmreplay(args);
  expect(stderr).toBe('');
  return stdout.replaceAll(/\s+/g, ' ');
}

describe('a parameter is written in between', () => {
  const trace = 'traces/offline_pcp-S15-batch-grows';

  test.each([['v5.8', true], ['v5.9', false]])('%s: %s', (base, endless) => {
    expect(ENDLESS.test(said(['run', trace, '--short', '--base', base, '-p', 'base'])))
      .toBe(endless);
    const explored = said(['explore', trace, '--base', base, '-p', 'base']);
    expect(explored).toContain('goes offline');
    expect(ENDLESS.test(explored)).toBe(endless);
  });

  test('the schedule that explore names is one, for run', () => {
    const [, schedule = ''] = /BUG in free_pcppages_bulk.*?shortest (\S+)/
      .exec(said(['explore', trace, '--base', 'v5.8', '-p', 'base'])) ?? [];
    expect(said(['run', trace, '--base', 'v5.8', '-p', 'base', '--schedule', schedule]))
      .toMatch(ENDLESS);
  });
});

/**
 * Policies that switch the lists off while they drain: a parameter waits for pcp_batch_high_lock,
 * and a drain that comes to the next CPU has gone on, though nothing on the machine has changed.
 *
 *   count on the schedule of the base's BUG: b stands at pcp_batch, c has written
 *     a: high 0, batch 1 | CPU 0 drained | CPU 1: b has the lists
 *     b:                                   gives back 1 page
 *     a:                                   CPU 1 drained, all free
 *
 * Expect: count and disable hang on no schedule; count goes offline on that one.
 */
describe('a parameter is written while a policy has switched the lists off', () => {
  const trace = 'traces/offline_pcp-S15-batch-grows';

  test.each(['offline_pcp/count', 'offline_pcp/disable'])('%s comes to an end', (policy) => {
    const explored = said(['explore', trace, '--base', 'v5.8', '-p', policy]);
    expect(explored).toMatch(ENDLESS);
    expect(explored).toContain('goes offline');
    expect(explored).not.toContain('hangs');
  });

  test('count, on the schedule of the BUG', () => {
    expect(said(['run', trace, '--base', 'v5.8', '-p', 'offline_pcp/count', '--schedule',
      's1:b3c1a1b1'])).toContain('offline_pcp/count: goes offline');
  });
});

/** The first block of the zone leaves high and batch as at boot, the second sets them. */
describe('a second block goes online in between', () => {
  const path = join(folder, 'online.csv');
  beforeAll(() => writeFileSync(path, `# hotplug-trace 1
# kernel 5.8.0
# cpus 2
time_ns,cpu,task,event,phase,nid,zone,pfn,nr_pages,order,migratetype,ret,args
0,,,e820,,,,,,,,,start=0x0 end=0x9fc00 type=usable
0,,,e820,,,,,,,,,start=0x100000 end=0x80000000 type=usable
0,,,e820,,,,,,,,,start=0x100000000 end=0x180000000 type=usable
0,,,srat_cpu,,0,,,,,,,cpu=0
0,,,srat_cpu,,0,,,,,,,cpu=1
1000000000,,,add_memory,,0,,0x240000,65536,,,,
1001000000,,,online_movable,,,,0x240000,32768,,,,
2000000000,1,exiting,mm_page_alloc,,,,0x240000,,0,1,,gfp_flags=GFP_HIGHUSER_MOVABLE
2900000000,1,lab,hold,,,,0x240000,,,,,at=pcp_batch
2900000001,1,exiting,mm_page_free,,,,0x240000,,0,,,
3000000000,0,onliner,online_movable,,,,0x248000,32768,,,,
4000000000,,lab,unhold,,,,,,,,,
`));

  test.each([['v5.8', true], ['v5.9', false]])('%s: %s', (base, endless) => {
    expect(ENDLESS.test(said(['run', path, '--short', '--base', base, '-p', 'base'])))
      .toBe(endless);
  });
});
