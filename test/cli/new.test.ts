import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { checkSeries } from '../../src/patch/conflicts.js';
import { loadPolicyFile } from '../../src/patch/load.js';
import { mmreplay } from './command.js';

const samples = join(packageRoot(), 'test/patch/samples');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function skeleton(id: string, ...args: string[]): string {
  const ran = mmreplay(['new', 'policy', id, '-o', '.', ...args], folder);
  expect([ran.status, ran.stdout]).toEqual([0, `${id}.ts\n`]);
  return readFileSync(join(folder, `${id}.ts`), 'utf8');
}

test('a one-word patch becomes a policy that needs its doc written, no more', async () => {
  const text = skeleton('mine/fix', '--from', join(samples, 'build_zonerefs_node.mbox'));
  expect(text).toBe(`import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'mine/fix',
  subject: '[PATCH v2] mm, page_alloc: fix build_zonerefs_node()',
  author: 'Juergen Gross, 2022-04-07',
  link: 'https://lore.kernel.org/r/20220407120637.9035-1-jgross@suse.com',
  base: 'v5.17',
  doc: 'What it does and what was raised against it.',
  substitutes: {
    build_zonerefs_node: { managed_zone: 'populated_zone' },
  },
});
`);
  const patch = await loadPolicyFile(join(folder, 'mine/fix.ts'));
  checkSeries(patch.base, [patch]);
});

test('a larger patch becomes a frame around its functions; others are named', async () => {
  const text = skeleton('mine/fix', '--from', join(samples, 'two_functions.patch'));
  expect(text).toContain("  base: 'v5.3',\n");
  expect(text).toContain(
    '  // The model has no added_by_the_patch() of mm/memory_hotplug.c.\n');
  expect(text).toMatch(/\n {4}try_offline_node: function\*? \w+\(k, nid\)/);
  expect(text).toMatch(/\n +\/\/ \| [-+]/);
  const patch = await loadPolicyFile(join(folder, 'mine/fix.ts'));
  checkSeries(patch.base, [patch]);
});

test('a patch of functions that the model does not have is nothing to run', () => {
  writeFileSync(join(folder, 'accept.patch'), [
    'Subject: [PATCH] mm/page_alloc: accept one block', 'From: A B <a@b.c>', '',
    '--- a/mm/page_alloc.c', '+++ b/mm/page_alloc.c',
    '@@ -1,3 +1,4 @@ static bool cond_accept_memory(struct zone *zone, unsigned int order)',
    ' \tlong to_accept;', '+\tlong wmark;', ' ', ' \tto_accept = 1;', ''].join('\n'));
  const { status, stdout } = mmreplay(['mail', 'accept.patch'], folder);
  expect(status).toBe(0);
  expect(stdout).toMatch(/not there {2}the model has no cond_accept_memory\(\) of mm\/page_alloc/);
  expect(stdout).toMatch(/run {8}nothing: .*cannot tell/);
  expect(stdout).not.toContain('mmreplay run');
});

test('what is written compiles', () => {
  skeleton('mine/one', '--from', join(samples, 'build_zonerefs_node.mbox'));
  skeleton('mine/two', '--from', join(samples, 'two_functions.patch'));
  skeleton('mine/three', '--base', 'v6.1');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    extends: join(packageRoot(), 'tsconfig.json'),
    compilerOptions: {
      noEmit: true, composite: false, rootDir: '/',
      typeRoots: [join(packageRoot(), 'node_modules/@types')],
      paths: { mmreplay: [join(packageRoot(), 'dist/src/patch/define.d.ts')] } },
    include: ['mine'],
  }));
  const tsc = join(packageRoot(), 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

test.each([
  [['new', 'policy', 'fix'], /^error: fix: a policy's id is question\/variant/],
  [['new', 'policy', 'a/fix', '-o', '.', '--base', 'v6'],
    /^error: --base v6: there is no such version/],
  [['new', 'policy', 'a/fix', '-o', '.', '--from', 'nowhere.mbox'],
    /^nowhere\.mbox: cannot be read: no such file or directory\n$/],
  [['new', 'policy', 'a/fix', '-o', '.', '--from', 'letter.txt'],
    /^error: letter\.txt: there is no patch in it\n$/],
  [['new', 'policy', 'a/fix', '-o', '.', '--from', 'cut.patch'],
    /^error: cut\.patch: its diff cannot be read: /],
])('%j is refused with a message and status 2', (args, message) => {
  const cut = '--- a/mm/a.c\n+++ b/mm/a.c\n@@ -1,4 +1,4 @@ int f(void)\n a\n-b\n';
  writeFileSync(join(folder, 'letter.txt'), 'Subject: hello\n\nno patch\n');
  writeFileSync(join(folder, 'cut.patch'), cut);
  const { status, stdout, stderr } = mmreplay(args, folder);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

test('a file that is there is left as it is', () => {
  const before = skeleton('mine/fix');
  const { status, stderr } = mmreplay(['new', 'policy', 'mine/fix', '-o', '.'], folder);
  expect(status).toBe(2);
  expect(stderr).toBe('error: mine/fix.ts is there already; it is left as it is\n');
  expect(readFileSync(join(folder, 'mine/fix.ts'), 'utf8')).toBe(before);
});
