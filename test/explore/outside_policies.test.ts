/** Policies that somebody else writes: steps added inside the loop of offline_pages(). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raceTrace } from '../../src/explore/race.js';
import { writeTraceCsv } from '../../src/trace/write_csv.js';
import { mmreplay } from '../cli/command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-outside-'));
const race = join(folder, 'race.csv');
beforeAll(() => writeTraceCsv(raceTrace({ tasks: 1, kernel: '6.1.0' }), race));
afterAll(() => rmSync(folder, { recursive: true }));

const mail =
  "subject: '[RFC]', author: 'A, 2026-11-29', link: '', base: 'v6.1', doc: 'As it says.',";

/** Drains before every third test. */
const third = `import { definePatch } from 'mmreplay';
export default definePatch({
  id: 'mine/third', ${mail}
  substitutes: { offline_pages: { * zone_pcp_disable() {}, zone_pcp_enable() {} } },
  around: { offline_pages: {
    * test_pages_isolated(next, k, { caller: [, , zone], local }) {
      local.tests = ((local.tests ?? 0) + 1) % 3;
      if (local.tests === 0) yield* k.drain_all_pages(zone);
      return next();
    },
  } },
});
`;

/** Switches the lists off only when ten tests have failed. */
const tenth = `import { definePatch } from 'mmreplay';
export default definePatch({
  id: 'mine/tenth', ${mail}
  around: { offline_pages: {
    * zone_pcp_disable() {},
    zone_pcp_enable: (next, k, { local }) => { if (local.failed === 10) next(); },
    * test_pages_isolated(next, k, { caller: [, , zone], local }) {
      const ret = next();
      if (ret === 0 || local.failed === 10) return ret;
      local.failed = (local.failed ?? 0) + 1;
      if (local.failed === 10) yield* k.zone_pcp_disable(zone);
      return ret;
    } } } });
`;

/*
 *   offliner  isolate ... test  test  test  (drain)  test: free
 *   free-3            put on the list of CPU 3 ^ between isolation and the first test
 *
 * Expect: third fails two tests and drains before the third; tenth fails ten.
 */
describe.each([['third', third, 2], ['tenth', tenth, 10]] as const)('%s', (name, text, failed) => {
  const path = join(folder, `${name}.ts`);
  beforeAll(() => writeFileSync(path, text));

  test('is at most 15 lines', () => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
  });

  test('goes offline on the shipped race, after so many failed tests', () => {
    const { stdout, stderr } = mmreplay(
      ['run', 'traces/offline_pcp-S2-late-commit', '--base', 'v6.1', '-p', 'base', '-p', path]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(new RegExp(`failed tests +0 +${failed}\\n`));
    expect(stdout).toContain('offline_pages() on 1 event');
  });

  test('goes offline in every order', () => {
    const { stdout } = mmreplay(['explore', race, '-p', path]);
    expect(stdout).toContain('goes offline');
    expect(stdout).not.toContain('hangs');
  });
});
