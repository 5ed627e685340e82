/** What a verification looks at is no read of the kernel's. */
import { expect, test } from 'vitest';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { Verifier } from '../../src/verify/verify.js';
import { traceOf } from '../replay/rig.js';

/*
 *   add, online, alloc, free, offline   the struct pages of the block are uninitialised now
 *   remove                              whose node is asked for by who verifies, not by the kernel
 *
 * Expect: the kernel has read no struct page of a section that is offline, verified or not.
 */
test.each([true, false])('a block with pages comes and goes, verified: %s', (isVerified) => {
  const [pfn, nr_pages] = [0x100000, 32768];
  const of = { cpu: 0, task: 'sh-8' } as const;
  const trace = traceOf([
    { event: 'add_memory', nid: 0, pfn, nr_pages }, { event: 'online_movable', pfn, nr_pages },
    { event: 'mm_page_alloc', ...of, pfn: pfn + 64, order: 3, migratetype: 1 },
    { event: 'mm_page_free', ...of, pfn: pfn + 64, order: 3 },
    { event: 'offline', pfn, nr_pages }, { event: 'remove_memory', pfn, nr_pages },
  ], { kernel: '6.12.0', cpus: 2 });
  const version = versionOfHeader(trace.header);
  const pageLevel = PageLevel.always(trace, []);
  const verifier = new Verifier(trace, { name: 'by hand', version, series: [] }, pageLevel);
  const k = replay(trace, {
    version, series: [], pageLevel, observers: isVerified ? [verifier] : [] });
  expect(k.state.costs.garbage_pages_read).toBe(0);
});
