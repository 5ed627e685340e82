/**
 * Patches in every form in which people have them.
 *
 *     bytes --> messages --> description, diff --> functions --> skeleton --> read again
 *
 * Expect: the same patch is found in each of them, and whatever a mail says stays text.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { baseOfMail } from '../../src/cli/program/mail_file.js';
import { versionTable } from '../../src/patch/conflicts.js';
import { readMailedPatches, type MailedPatch } from '../../src/patch/mail/read.js';
import { isComplete, skeletonText } from '../../src/patch/skeleton.js';
import { wholeBody } from '../../src/patch/whole_body.js';
import { notASkeleton } from '../../src/patch/written.js';

function sample(name: string): string {
  return readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8');
}

async function all(text: string): Promise<readonly MailedPatch[]> {
  return (await readMailedPatches(Buffer.from(text))).patches;
}

async function first(text: string): Promise<MailedPatch> {
  const [patch] = await all(text);
  if (patch === undefined) throw new Error('no patch was found');
  return patch;
}

const headers = 'From: Jane Doe <jane@example.org>\nSubject: [PATCH] mm: list it\n' +
  'Date: Thu, 7 Apr 2022 14:00:00 +0200\nMessage-ID: <1@example.org>\n';

const hunk = `@@ -10,6 +10,6 @@ static int build_zonerefs_node(pg_data_t *pgdat, struct zoneref *x)
 \tone = 1;
 \ttwo = 2;
 \tthree = 3;
-\t\tif (managed_zone(zone)) {
+\t\tif (populated_zone(zone)) {
 \tfour = 4;
 \tfive = 5;
`;
const diff = `--- a/mm/page_alloc.c\n+++ b/mm/page_alloc.c\n${hunk}`;
const mail = `${headers}\nWhy.\n\nSigned-off-by: Jane Doe <j@e.org>\n---\n${diff}-- \n2.3\n`;
const base64 = Buffer.from(mail.slice(headers.length + 1)).toString('base64').replace(/(.{70})/g,
  '$1\n');
const printed = mail.slice(headers.length + 1).replaceAll('=', '=3D').replaceAll('\t', '=09');

const forms: readonly (readonly [form: string, text: string])[] = [
  ['a mail', mail],
  ['mbox', `From a@b Thu Apr  7 00:00:00 2022\n${mail}`],
  ['lines that end as DOS has them', mail.replaceAll('\n', '\r\n')],
  ['base64', `${headers}Content-Transfer-Encoding: base64\n\n${base64}\n`],
  ['quoted-printable', `${headers}Content-Transfer-Encoding: quoted-printable\n\n${printed}`],
  ['several parts', `${headers}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n` +
    `--x\nContent-Type: text/plain\n\nWhy.\n--x\nContent-Type: text/x-patch; name="a.patch"\n` +
    `Content-Disposition: attachment; filename="a.patch"\n\n${diff}\n--x--\n`],
  ['git show', `commit ${'0123456789'.repeat(4)}\nAuthor: Jane Doe <j@e.org>\n` +
    `Date:   Thu Apr 7 14:00:00 2022 +0200\n\n    mm: list it\n\n    Why.\n\n${diff}`],
  ['DEP-3', 'Description: mm: list it\nAuthor: Jane Doe <j@e.org>\n' +
    `Last-Update: 2022-04-07\n\n${diff}`],
  ['an index of quilt', 'From: Jane Doe <j@e.org>\nSubject: mm: list it\nDate: 2022-04-07\n\n' +
    `Index: linux/mm/page_alloc.c\n${'='.repeat(67)}\n--- linux.orig/mm/page_alloc.c\n` +
    `+++ linux/mm/page_alloc.c\n${hunk}`],
  ['a notice of mm-commits', 'From: Andrew Morton <a@b.org>\nSubject: + a.patch added to mm\n' +
    'Date: Fri, 8 Apr 2022 00:00:00 +0000\n\nThe patch titled\n     Subject: mm: list it\n' +
    `has been added\n\n------\n${headers}\nWhy.\n---\n${diff}_\n\nPatches\n`],
  ['a reply', `${headers.replace('Subject: ', 'Subject: Re: ')}\nI see.\n\n` +
    `${`---\n${diff}`.replaceAll(/^/gm, '> ')}\nWhy?\n`],
  ['blanks that were lost', mail.replaceAll(/^ \t/gm, '\t')],
];

describe('the patch is found in', () => {
  test.each(forms)('%s', async (_form, text) => {
    const found = await first(text);
    expect(found.author).toBe('Jane Doe, 2022-04-07');
    expect(found.subject).toMatch(/mm: list it$/);
    expect(found.touched.map(({ name }) => name)).toEqual(['build_zonerefs_node']);
    expect(isComplete(found, 'v5.17')).toBe(true);
    expect(skeletonText({ id: 'a/b', base: 'v5.17', mail: found }))
      .toContain("build_zonerefs_node: { managed_zone: 'populated_zone' },");
  });

  test('a quoted reply, which is said', async () => {
    const [, text = ''] = forms.find(([form]) => form === 'a reply') ?? [];
    expect((await first(text)).notes[0]).toContain('the patch is quoted');
  });

  test('a reply whose long lines the mail program wrapped: joined, or said', async () => {
    const reply = (line: string): string => `From: Jane Doe <jane@example.org>
Subject: Re: [PATCH] mm: list it

> --- a/mm/memory_hotplug.c
> +++ b/mm/memory_hotplug.c
> @@ -1890,3 +1890,4 @@ int __ref offline_pages(unsigned long start_pfn,
unsigned long nr_pages,
>  \t\tcond_resched();
${line}
>  \t\tret = scan_movable_pages(pfn, end_pfn, &pfn);
>  \t\tif (!ret) {
`;
    const wrapped = await first(reply(
      '> +\t\tdrain_all_pages_of_the_zone(zone, start_pfn, end_pfn, MIGRATE_MOVABLE,\nREPORT);'));
    expect(wrapped.notes).toContain(
      '2 quoted lines were wrapped by the mail program: joined again');
    expect(skeletonText({ id: 'a/b', base: 'v5.17', mail: wrapped }))
      .toContain('end_pfn, MIGRATE_MOVABLE, REPORT);');
    const odd = await first(reply('> +\t\tdrain_all_pages(zone);\nwhy here?'));
    expect(odd.notes.join()).toContain('"why here?" stands between quoted lines');
  });

  test('a text without one: nothing', async () => {
    expect(await all('Subject: hello\n\nno diff here\n')).toEqual([]);
  });
});

/*
 *   git log -p, hg export, one line a commit, DEP-3, a bare diff with the days of its files
 *   Expect: who, what and the version of that day; several commits are several patches.
 */
describe('who, what and which version, of', () => {
  const diffs = `diff --git a/mm/page_alloc.c b/mm/page_alloc.c\n${diff}`;
  const sha = '0123456789abcdef0123456789abcdef01234567';
  const commit = (date: string, title = 'mm: list it', head = ''): string =>
    `commit ${sha}\n${head}Author: Jane Doe <j@e.org>\nDate:   ${date}\n\n    ${title}\n\n${diffs}`;
  const stable = (subject: string, body = diffs): string =>
    `From: Joe Roe <r@e.org>\nSubject: ${subject}\nDate: Mon, 10 Apr 2023 10:00:00 +0000\n`
    + `Message-ID: <2@example.org>\n\nFrom: Jane Doe <j@e.org>\n\n${body}`;
  test.each([
    ['git log -p, the second commit below', `${commit('Thu Apr 7 14:00:00 2022 +0200')}\n`
      + commit('Wed Apr 6 14:00:00 2022 +0200', 'mm: the other'),
    'Jane Doe, 2022-04-07', 'v5.17', 2],
    ['a merge, with marks of branches', commit('Thu Apr 7 14:00:00 2022 +0200', 'mm: list it',
      'Merge: 1234567 89abcde\n').replace(sha, `${sha} (HEAD -> main)`),
    'Jane Doe, 2022-04-07', 'v5.17', 1],
    ['--date=raw', commit('1649332800 +0200'), 'Jane Doe, 2022-04-07', 'v5.17', 1],
    ['--format=raw', `commit ${sha}\ntree ${sha}\nparent ${sha}\nauthor Jane Doe <j@e.org> `
      + `1649332800 +0200\ncommitter L <l@e.org> 1659332800 +0000\n\n    mm: list it\n\n${diffs}`,
    'Jane Doe, 2022-04-07', 'v5.17', 1],
    ['--format=reference', `0123456789ab (mm: list it, 2022-04-07)\n\n${diffs}`,
      '2022-04-07', 'v5.17', 1],
    ['--oneline, which has no day', `0123456789ab mm: list it\n${diffs}`, '', 'v7.3', 1],
    ['hg export', '# HG changeset patch\n# User Jane Doe <j@e.org>\n# Date 1649332800 -7200\n'
      + `# Node ID ${sha}\nmm: list it\n\nWhy.\n\n${diff}`, 'Jane Doe, 2022-04-07', 'v5.17', 1],
    ['a backport of a vendor', `Bugzilla: 1\n\n${commit('Thu Apr 7 14:00:00 2022 +0200')}`,
      'Jane Doe, 2022-04-07', 'v5.17', 1],
    ['a mail that is a page', 'From: Jane Doe <j@e.org>\nSubject: mm: list it\n'
      + 'Date: Thu, 7 Apr 2022 14:00:00 +0200\nContent-Type: text/html\n\n<pre>Why.\n---\n'
      + `${diff.replaceAll('&', '&amp;').replaceAll('>', '&gt;')}</pre>\n`,
    'Jane Doe, 2022-04-07', 'v5.17', 1],
    ['AUTOSEL', stable('[PATCH AUTOSEL 5.15 12/40] mm: list it'),
      'Jane Doe, 2023-04-10', 'v5.15.35', 1],
    ['the tree with .y', stable('[PATCH 5.10.y] mm: list it'),
      'Jane Doe, 2023-04-10', 'v5.10.112', 1],
    ['the tree first', stable('[4.14.y PATCH 3/4] mm: list it'),
      'Jane Doe, 2023-04-10', 'v4.14', 1],
    ['a release before the tree was kept', stable('[PATCH 6.1-stable v2 2/3] mm: list it'),
      'Jane Doe, 2023-04-10', 'v6.1', 1],
    ['a vendor\'s tree', stable('[PATCH OLK-5.10 v2] mm: list it'),
      'Jane Doe, 2023-04-10', 'v5.10.112', 1],
    ['a version of a patch that looks like one', stable('[PATCH v5.1 1/2] mm: list it'),
      'Jane Doe, 2023-04-10', 'v6.2', 1],
    ['a notice of a tree', stable('Patch "mm: list it" has been added to the 5.15-stable tree',
      `This is a note.\n\n\nFrom ${sha} Mon Sep 17 00:00:00 2001\nFrom: Jane Doe <j@e.org>\n`
      + `Date: Thu, 7 Apr 2022 14:00:00 +0200\nSubject: mm: list it\n\nWhy.\n---\n${diffs}`),
    'Jane Doe, 2022-04-07', 'v5.15', 1],
    ['a reply to a review', stable('Re: [PATCH 5.10 1/9] mm: list it',
      `On Monday somebody wrote:\n> From: Jane Doe <j@e.org>\n>\n${diffs.replaceAll(/^/gm, '> ')}`)
      .replace('\nFrom: Jane Doe <j@e.org>\n\n', '\n'),
    'Jane Doe, 2023-04-10', 'v5.10.112', 1],
  ])('%s', async (_form, text, author, base, count) => {
    const found = await all(text);
    expect(found).toHaveLength(count);
    const [patch] = found;
    expect(patch?.subject).toMatch(/mm: list it$/);
    expect(patch?.author).toBe(author);
    expect(baseOfMail(patch).id).toBe(base);
    expect(patch?.touched.map(({ name }) => name)).toEqual(['build_zonerefs_node']);
  });

  test('the days of the files, where nothing else has one', async () => {
    const patch = await first(diff.replace('+++ b/mm/page_alloc.c',
      '+++ b/mm/page_alloc.c\t2022-04-07 14:00:00.000000000 +0200'));
    expect([patch.subject, patch.date, baseOfMail(patch).id]).toEqual(['', '2022-04-07', 'v5.17']);
  });

  test.each([
    ['move_pfn_range', 'move_pfn_range_to_zone'], ['add_memory', '__add_memory'],
    ['check_pages_isolated_cb', 'test_pages_isolated'],
    ['is_mem_section_removable', 'removable_show'], ['hotadd_new_pgdat', 'hotadd_init_pgdat'],
    ['check_memblock_offlined_cb', 'try_remove_memory'],
    ['alloc_pool_huge_page', 'alloc_pool_huge_folio'],
    ['virtio_mem_mb_add', 'virtio_mem_add_memory'],
  ])('%s() is %s() in the model', async (old, name) => {
    const patch = await first(diff.replace('build_zonerefs_node', old));
    expect(patch.touched.map((one) => one.name)).toEqual([name]);
    expect(patch.notes).toContain(`${old}() is ${name}() in the model`);
  });

  test.each([['online_pages', 'memory_block_online'], ['offline_pages', 'memory_block_offline']])(
    'what calls %s() of a function that is two in the model is %s()', async (callee, name) => {
      const patch = await first(`${headers}\n--- a/drivers/base/memory.c\n` +
        '+++ b/drivers/base/memory.c\n@@ -1,3 +1,2 @@ int memory_block_action(int x)\n' +
        `-\tif (!ready(x)) return 0;\n \tret = ${callee}(pfn, nr_pages);\n \tbreak;\n`);
      expect(patch.touched.map((one) => one.name)).toEqual([name]);
    });
});

describe('what a patch changes', () => {
  test('words are decoded, functions are found in the hunk before its heading', async () => {
    const found = await first(sample('two_functions.patch'));
    expect(found.subject).toBe('[PATCH 1/2] mm/memory_hotplug: move a test');
    expect(found.author).toBe('Somebody Else, 2019-11-02');
    expect(found.touched.map(({ name, file }) => [name, file])).toEqual([
      ['added_by_the_patch', 'mm/memory_hotplug.c'],
      ['try_offline_node', 'mm/memory_hotplug.c'],
      ['online_pages', 'mm/memory_hotplug.c'],
      ['not_in_the_model', 'drivers/base/node.c'],
    ]);
  });

  test('a series: each patch, the cover beside them', async () => {
    const cover =
      'From a@b Thu Apr  7 00:00:00 2022\nFrom: A\nSubject: [PATCH 0/2] cover\n\nwhy\n-- \n2.3\n\n';
    const one = sample('build_zonerefs_node.mbox');
    const series = await readMailedPatches(Buffer.from(cover + one + one));
    expect(series.cover).toBe('[PATCH 0/2] cover');
    expect(series.patches.map(({ messageId }) => messageId)).toEqual(
      ['20220407120637.9035-1-jgross@suse.com', '20220407120637.9035-1-jgross@suse.com']);
  });

  const inHunk = (heading: string, lines: string): string =>
    `--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1,${lines.match(/^[- ]/gm)?.length ?? 0} ` +
    `+1,${lines.match(/^[+ ]/gm)?.length ?? 0} @@ ${heading}\n${lines}`;
  test.each([
    ['an old name', 'int __offline_pages(int x)', '-\told(1);\n+\tnew(1, 2);\n', ['offline_pages'],
      '__offline_pages() is offline_pages() in the model'],
    ['a heading that was cut', 'static int create_altmaps_and_memory_blo', '-\told(1);\n+\tnew;\n',
      ['create_altmaps_and_memory_blocks'], 'the heading was cut'],
    ['a hunk behind the brace', 'int online_pages(int x)', ' \treturn 0;\n }\n-old;\n+new;\n', [],
      'outside of functions'],
    ['a comment', 'int online_pages(int x)', '-\t/* was */\n+\t/* is */\n', [], 'comments only'],
  ])('%s', async (_what, heading, lines, names, note) => {
    const found = await first(inHunk(heading, lines));
    expect(found.touched.map(({ name }) => name)).toEqual(names);
    expect(found.notes.join('\n')).toContain(note);
  });

  /** What stands behind the verb of the policy that is written of this hunk. */
  const written = async (heading: string, lines: string, base = 'v6.12'): Promise<string> =>
    skeletonText({ id: 'a/b', base, mail: await first(inHunk(heading, lines)) });

  /**
   *     offline_pages(): ... lru_cache_disable(); ... undo_isolate_page_range(); ...
   *
   * Expect: each hunk is the whole policy, with nothing left to fill in.
   */
  test.each([
    ['is taken out', '-\tlru_cache_disable();\n',
      'substitutes: {\n    offline_pages: { lru_cache_disable: function* () {} },'],
    ['is put in', ' \tlru_cache_disable();\n+\tdrain_all_pages(zone);\n',
      'lru_cache_disable: function* (next, k, { caller }) { const ret = yield* next(); ' +
      'yield* k.drain_all_pages(caller[2]); return ret; }'],
    ['moves', '-\tlru_cache_disable();\n \tint x;\n \tzone_pcp_disable(zone);\n' +
      '+\tlru_cache_disable();\n',
    'lru_cache_disable: function* () {}'],
    ['has another argument', '-\tzone_pcp_disable(zone);\n+\tzone_pcp_disable(NULL);\n',
      'zone_pcp_disable: function* (next, k) { return yield* next(undefined); }'],
  ])('a call that %s', async (_what, lines, code) => {
    const heading = 'int offline_pages(unsigned long start_pfn, unsigned long nr_pages)';
    const text = await written(heading, lines);
    expect(text).toContain(code);
    expect(isComplete(await first(inHunk(heading, lines)), 'v6.12')).toBe(true);
  });

  test.each([
    ['and', '-\t\tif (populated_zone(zone)) {\n+\t\tif (populated_zone(zone) && ' +
      'managed_zone(zone)) {\n', '=> k.populated_zone(...args) && k.managed_zone(...args)'],
    ['or not', '-\t\tif (!populated_zone(zone))\n+\t\tif (!populated_zone(zone) || ' +
      '!managed_zone(zone))\n', '=> k.populated_zone(...args) && k.managed_zone(...args)'],
    ['no more', '-\t\tif (populated_zone(zone) && managed_zone(zone)) {\n' +
      '+\t\tif (managed_zone(zone)) {\n', 'populated_zone: () => true'],
  ])('a condition that gets a part: %s', async (_what, lines, code) => {
    expect(await written('static int build_zonerefs_node(pg_data_t *pgdat)', lines))
      .toContain(code);
  });

  test('anything else: the model\'s body, the hunk at its place', async () => {
    const text = await written('int online_pages(unsigned long pfn)',
      ' \tret = memory_notify(MEM_GOING_ONLINE, &arg);\n+\tif (ret == 3)\n+\t\tret = 4;\n');
    expect(text).toMatch(/replaces: \{\n {4}online_pages: function\* online_pages\(k, /);
    expect(text).toMatch(/\/\/ \| \+\tif|\/\/ \| \+ +if \(ret == 3\)/);
    expect(text).toContain("from 'mmreplay';");
  });

  test('a call put in behind a label of errors, beside one of both ways: no verb', async () => {
    const behind = (label: string): Promise<MailedPatch> => first(inHunk(
      'int offline_pages(unsigned long pfn)',
      ` ${label}:\n+\tlru_cache_enable();\n \tzone_pcp_enable(zone);\n`));
    expect(isComplete(await behind('failed_removal_pcplists_disabled'), 'v6.12')).toBe(false);
    expect(isComplete(await behind('out_unlock'), 'v6.12')).toBe(true);
  });

  test('a commit that the model has a switch for is that switch', async () => {
    const text = skeletonText({ id: 'a/b', base: 'v6.6', mail: await first(
      `commit 001002e73712${'0'.repeat(28)}\nAuthor: A <a@b>\n` +
      'Date:   Mon Nov 20 00:00:00 2023\n\n' +
      `    mm: lock\n\n${inHunk('int online_pages(int x)', '-\told;\n+\tnew;\n')}`) });
    expect(text).toContain("  config: {\n    hotplug_lock: \"block\",");
    expect(text).not.toContain('replaces');
  });
});

test('no byte of a mail becomes code: random mails, one statement each', async () => {
  const bits = ['*/', '\u2028', '\u2029', '\r', '\n', '`${x()}`', "');x();('", '"', '\\', '//',
    '/*', '\u0085', '\t', '\0', 'x()', '*/ x(); /*', '}});x();({', 'import "y";', '<', '@@', ' '];
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const noise = (): string => Array.from({ length: random(5) + 1 }, () => bits[random(bits.length)])
    .join('');
  const entry = versionTable('v5.17').get('online_pages');
  const model = entry === undefined ? undefined : wholeBody(entry);
  let written = 0;
  for (let round = 0; round < 3000; round += 1) {
    const text = `From: ${noise()} <a@b>\nSubject: ${noise()}\nDate: ${noise()}\n` +
      `Message-ID: <${noise()}>\n\n${noise()}\nLink: https://x/${noise()}\n---\n` +
      `--- a/mm/${noise()}x.c\n+++ b/mm/${noise()}x.c\n` +
      `@@ -1,2 +1,2 @@ int ${['online_pages', noise()][random(2)]}(int ${noise()})\n` +
      ` \tone;\n-\ttwo(${noise()});\n+\tthree(${noise()});\n`;
    let found: readonly MailedPatch[];
    try {
      found = await all(text);
    } catch {
      continue;
    }
    for (const patch of found) {
      written += 1;
      const skeleton = skeletonText({ id: 'a/b', base: 'v5.17', mail: patch });
      expect(notASkeleton(skeleton, [...model?.helpers ?? [], model?.text ?? ''])).toBeUndefined();
    }
  }
  expect(written).toBeGreaterThan(100);
});

test.each([
  ["import 'x';\nexport default definePatch({});\n", 'imports x'],
  ["import { a } from 'mmreplay';\nx();\nexport default definePatch({});\n", 'other statements'],
  ["import { a } from 'mmreplay';\nexport default definePatch({ a: x() });\n", 'calls x'],
  ["import { a } from 'mmreplay';\nexport default definePatch({ a: `${x.y()}` });\n", 'calls'],
  ['export default 1 +;', 'does not parse'],
])('what is no skeleton is not written: %s', (text, why) => {
  expect(notASkeleton(text)).toContain(why);
});

test.each([':', '0,', '"a":1 ', ':\n '])('an address of a megabyte of %j is cut, and soon read',
  async (part) => {
    const begin = performance.now();
    const sample = new URL('samples/build_zonerefs_node.mbox', import.meta.url);
    const patch = readFileSync(sample, 'utf8');
    const mail = patch.replace(/^From: .*$/m, `From: ${part.repeat(1e6 / part.length)}`);
    const { patches } = await readMailedPatches(Buffer.from(mail));
    expect(patches).toHaveLength((await readMailedPatches(Buffer.from(patch))).patches.length);
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

