/**
 * A verdict that hangs on a Kconfig symbol which the trace does not give.
 *
 *     boot: khugepaged raises min_free_kbytes, if there is one --> a DIMM goes online: it falls
 *
 * Expect: without transparent huge pages the patch changes nothing, which the first lines say not
 * without saying that with them it does.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { mmreplay } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
afterAll(() => rmSync(folder, { recursive: true }));
const policy = join(packageRoot(), 'test/patches/cases/khugepaged/again.ts');

const scenario = (config: string): string => `name: hinge
note: a DIMM goes online
kernel: v5.8
machine: {type: q35, memory: 2048M, nodes: [{memory: 2048M, cpus: 0-1}]}
cmdline: memhp_default_state=offline
config: ${config}
steps:
  - {action: add-dimm, id: a, size_mb: 128, node: 0}
  - {action: online_movable, dimm: a}
`;

function answer(config: string): string {
  writeFileSync(join(folder, 'hinge.yaml'), scenario(config));
  return mmreplay(['run', 'hinge.yaml', '-p', policy, '--short', '--no-cache'], folder)
    .stdout.replaceAll(/\s+/g, ' ');
}

test('it says what becomes of it with the other value', () => {
  expect(answer('{}')).toMatch(/hangs on with CONFIG_TRANSPARENT_HUGEPAGE=y \S+ fixes/);
});

test('a symbol that was given is no question', () => {
  expect(answer('{TRANSPARENT_HUGEPAGE: y, TRANSPARENT_HUGEPAGE_NEVER: n}'))
    .not.toContain('hangs on');
});

/**
 *     a huge page leaves a range; a worker frees it, if its struct pages were given away before
 *
 * Expect: without that nobody has to wait, and the patch is as the base; that it is read in the
 * worker, which no changed function calls, does not hide it.
 */
test('a symbol that is read elsewhere is told where a policy is as the base', () => {
  const late = join(packageRoot(), 'test/patches/cases/late_huge_pages');
  const rows = readFileSync(join(late, 'trace.csv'), 'utf8').split('\n')
    .filter((row) => !row.includes('hugetlb_free_vmemmap'));
  writeFileSync(join(folder, 'late.csv'), rows.join('\n'));
  const { stdout } = mmreplay(
    ['run', 'late.csv', '-p', join(late, 'waits.ts'), '--short', '--no-cache'], folder);
  expect(stdout.replaceAll(/\s+/g, ' '))
    .toMatch(/hangs on with hugetlb_free_vmemmap=on \S+ differs from the base/);
});

/**
 *     node 0 |##### RAM #####|    |..... 1 GiB is added, goes online .....|
 *
 * Expect: no memory goes to Movable by itself unless the machine boots so: then it does, but for
 * the patch.
 */
test('a boot parameter that is read in what the patch changes', () => {
  writeFileSync(join(folder, 'plain.yaml'), `name: plain
note: memory is added
kernel: 7.3.0
machine:
  cpus: 2
  e820: [{start: 1M, end: 2G}]
  srat_mem: [{nid: 0, start: 0, end: 2G}, {nid: 0, start: 4G, size: 4G, hotplug: 1}]
cmdline: memhp_default_state=online
steps:
  - {action: add_memory, nid: 0, address: 4G, size: 1G}
`);
  writeFileSync(join(folder, 'never.ts'), `import { definePatch } from 'mmreplay';
export default definePatch({
  id: 'mine/never', subject: 'nothing goes to Movable', author: 'A Developer, 2026-11-29',
  link: '', base: 'v7.3', doc: 'There is never room for more of Movable.',
  wraps: { auto_movable_can_online_movable: () => () => false },
});
`);
  const { stdout } = mmreplay(['run', 'plain.yaml', '-p', './never.ts', '--no-cache'], folder);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'hangs on with memory_hotplug.online_policy=auto-movable never differs from the base; ' +
    'the trace boots without');
});
