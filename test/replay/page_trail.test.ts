/** What two runs with equal outcomes did differently to pages: told, where nobody else looks. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mmreplay } from '../cli/command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-page-trail-'));
afterAll(() => rmSync(folder, { recursive: true }));

function policy(name: string, flags: string): readonly string[] {
  const path = join(folder, `${name}.js`);
  writeFileSync(path, `import { definePatch } from 'mmreplay';
export default definePatch({
  id: 'mine/${name}', subject: '[RFC]', author: 'A, 2026-11-29', link: '', base: 'v6.1',
  doc: 'Blocks that are freed go to the end of their list, or where they would anyway.',
  wraps: {
    __free_one_page: (next) => (k, slot, zone, order, migratetype, flags) => {
      const to = ${flags};
      next(k, slot, zone, order, migratetype, to);
    },
  },
});
`);
  return ['-p', path];
}

/*
 *   free list:  head -> A -> B       a freed block comes in front of A, or (tail) behind B
 *
 * Expect: no outcome differs, and the answer says that the lists do; not so of the policy that
 * hands on what it gets.
 */
test('the order of pages on their lists is not held to be equal', () => {
  const { stdout, stderr } = mmreplay(['run', 'traces/offline_pcp-S2-late-commit', '--base', 'v6.1',
    '--full', '-p', 'base', ...policy('tail', '2'), ...policy('same', 'flags')]);
  expect(stderr).toBe('');
  const text = stdout.replace(/\s+/g, ' ');
  expect(text).toMatch(/tail: [^;]*the order of pages on their lists/);
  expect(text).toContain(' same: ');
  expect(text).not.toMatch(/same: [^;]*(their lists|which blocks)/);
});
