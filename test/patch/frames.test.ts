import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPolicy } from '../../src/patch/catalogue.js';
import { unfilledFrames } from '../../src/patch/check/frames.js';
import { loadPolicyFile } from '../../src/patch/load.js';

/*
 *   policy:  init_unavailable_mem() and memmap_init() as v5.10 has them
 *   v6.1:    memmap_init() fills the holes: another text, which the policy takes back
 *
 * Expect: no frame of it is empty; it is what an older kernel did.
 */
test('a policy of the tree can be what its base did', async () => {
  expect(unfilledFrames(await loadPolicy('memmap_holes/spans_over_node0'))).toEqual([]);
});

/* Expect: a file of the user with the body that the kernel has is a frame that nobody filled in. */
test('a frame of a file that nobody filled in', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'mmreplay-')), 'frame.ts');
  writeFileSync(path, `import { definePatch } from 'mmreplay';
export default definePatch({
  id: 'frame', subject: 'x', author: 'x', link: '', base: 'v7.3', doc: 'x',
  wraps: { node_set_offline: (next) => (k, nid) => next(k, nid) },
});
`);
  expect(unfilledFrames(await loadPolicyFile(path))).toEqual([
    { verb: 'wraps', fn: 'node_set_offline' }]);
});
