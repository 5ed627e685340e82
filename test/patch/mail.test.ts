import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readMailedPatch } from '../../src/patch/mail.js';

function sample(name: string): string {
  return readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8');
}

test('a one-word hunk is read as a call that got another name', () => {
  expect(readMailedPatch(sample('build_zonerefs_node.mbox'))).toEqual({
    subject: '[PATCH v2] mm, page_alloc: fix build_zonerefs_node()',
    author: 'Juergen Gross, 2022-04-07',
    messageId: '20220407120637.9035-1-jgross@suse.com',
    date: '2022-04-07',
    touched: [{
      name: 'build_zonerefs_node',
      file: 'mm/page_alloc.c',
      renamedCalls: [['managed_zone', 'populated_zone']],
      onlyRenamed: true,
    }],
    patches: 1,
  });
});

test('encoded mails are decoded, functions are found in the hunk before its heading', () => {
  const mail = readMailedPatch(sample('two_functions.patch'));
  expect(mail?.subject).toBe('[PATCH 1/2] mm/memory_hotplug: move a test');
  expect(mail?.author).toBe('Somebody Else, 2019-11-02');
  expect(mail?.touched.map(({ name, file, onlyRenamed }) => [name, file, onlyRenamed])).toEqual([
    ['added_by_the_patch', 'mm/memory_hotplug.c', false],
    ['try_offline_node', 'mm/memory_hotplug.c', false],
    ['online_pages', 'mm/memory_hotplug.c', true],
    ['not_in_the_model', 'drivers/base/node.c', false],
  ]);
});

test('of several mails the first with a diff counts, and it is said how many there are', () => {
  const one = sample('build_zonerefs_node.mbox');
  const cover =
    'From a@b Thu Apr  7 00:00:00 2022\nSubject: [PATCH 0/2] cover\n\nwhy\n-- \n2.3\n\n';
  const mail = readMailedPatch(cover + one + one.replace('PATCH v2', 'PATCH 2/2'));
  expect(mail?.subject).toBe('[PATCH v2] mm, page_alloc: fix build_zonerefs_node()');
  expect(mail?.patches).toBe(2);
});

test('a bare diff has functions but no subject, a text without a diff is no patch', () => {
  const diff = sample('build_zonerefs_node.mbox').replace(/^[\s\S]*?^diff/m, 'diff');
  const mail = readMailedPatch(diff);
  expect(mail?.touched.map((one) => one.name)).toEqual(['build_zonerefs_node']);
  expect(mail?.subject).toBe('');
  expect(readMailedPatch('Subject: hello\n\nno diff here\n')).toBeUndefined();
});
