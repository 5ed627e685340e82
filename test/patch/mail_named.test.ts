/** What a mailed patch changes where its hunks do not say it, and what it may be. */
import { describe, expect, test } from 'vitest';
import { readMailedPatches, type MailedPatch } from '../../src/patch/mail/read.js';
import { nearSwitches, nearText } from '../../src/patch/near_switches.js';

async function first(text: string): Promise<MailedPatch> {
  const [patch] = (await readMailedPatches(Buffer.from(text))).patches;
  if (patch === undefined) throw new Error('no patch was found');
  return patch;
}

const headers = 'From: Jane Doe <jane@example.org>\nSubject: [PATCH] mm: list it\n' +
  'Date: Thu, 7 Apr 2022 14:00:00 +0200\nMessage-ID: <1@example.org>\n';

/**
 *     @@ -1961,6 +1961,9 @@ retry:     diff -p takes a label for a function
 *
 * Expect: the function that calls all that the hunk calls and that the mail names; without its
 * name it is said which it may be, not that comments were left out.
 */
describe('a hunk behind a label', () => {
  const labelled = `--- a/mm/hugetlb.c\n+++ b/mm/hugetlb.c\n@@ -10,3 +10,6 @@ retry:
 \t\tbool adjust_surplus = false;
 
+\t\tif (hstate_is_gigantic_no_runtime(h))
+\t\t\tgoto out;
+
 \t\tif (!available_huge_pages(h))
`;
  test.each([
    ['dissolve_free_hugetlb_folio() must not.', ['dissolve_free_hugetlb_folio'], /is taken for/],
    ['Why.', [], /that is not named \(.*dissolve_free_hugetlb_folio\(\)/],
  ] as const)('"%s"', async (why, functions, note) => {
    const { touched, notes } = await first(`${headers}\n${why}\n---\n${labelled}-- \n2.3\n`);
    expect(touched.map(({ name }) => name)).toEqual(functions);
    expect(notes.join()).toMatch(note);
  });

  /** Expect: two hunks are of the one that has their fields, also the hunk that calls nothing. */
  test('fields of both hunks behind it', async () => {
    const both = `--- a/mm/hugetlb.c\n+++ b/mm/hugetlb.c\n@@ -10,3 +10,4 @@ retry:
 \t\tremove_hugetlb_folio(h, folio, adjust_surplus);
-\t\th->max_huge_pages--;
+\t\tif (!adjust_surplus)
+\t\t\th->max_huge_pages--;
 \t\tspin_unlock_irq(&hugetlb_lock);
@@ -30,3 +31,4 @@ retry:
 \t\t\tif (rc) {
-\t\t\t\th->max_huge_pages++;
+\t\t\t\tif (!adjust_surplus)
+\t\t\t\t\th->max_huge_pages++;
 \t\t\t\tgoto out;
`;
    const { touched, notes } = await first(`${headers}\nWhy.\n---\n${both}-- \n2.3\n`);
    expect(touched.map(({ name, changes }) => [name, changes.length]))
      .toEqual([['dissolve_free_hugetlb_folio', 2]]);
    expect(notes).toHaveLength(1);
  });
});

/** Expect: of the two that v6.7 brings to offline_pages() the one that speaks of node states. */
test('of several switches that one stands first which speaks of what the lines do', () => {
  const lines = ['-	node_states_clear_node(node, &arg);', '+	node_states_clear_node(node, &arg);'];
  const of = (changed: Parameters<typeof nearSwitches>[0]): readonly string[] =>
    nearSwitches(changed, 'v6.6').map(({ name }) => name).slice(0, 2);
  expect(of([{ name: 'offline_pages', lines }])).toEqual(
    ['clear_node_before_rebuild', 'hotplug_lock']);
  expect(of([{ name: 'offline_pages' }])[0]).not.toBe('clear_node_before_rebuild');
});

/** Expect: the switch of a release soon behind the base that speaks of the function. */
test('a switch that a patch may be is named', () => {
  expect(nearSwitches([{ name: 'drain_pages_zone' }], 'v6.10').map(nearText)).toEqual([
    expect.stringMatching(/^config: asIn\('v6\.11', 'drain_counts'\) is what v6\.11 changes/)]);
  expect(nearSwitches([{ name: 'drain_pages_zone' }], 'v6.12')).toEqual([]);
  // Neither the function nor a sentence has it: whoever read the kernel's text did.
  expect(nearSwitches([{ name: 'set_max_huge_pages' }], 'v6.14').map(nearText)).toEqual([
    expect.stringMatching(/^config: asIn\('v6\.16', 'hugetlb_free_counted'\)/)]);
});
