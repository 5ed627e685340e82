/**
 * A patch inside of something else: a reply to a reply, a text signed in the clear, a file in gzip;
 * and what is no patch of a known function.
 *
 * Expect: the patch that was wrapped is found, and where it cannot be known nothing is guessed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { mailedOf } from '../../src/cli/program/mail_file.js';
import type { MailedPatch } from '../../src/patch/mail/read.js';

const headers = 'From: Jane Doe <jane@example.org>\nSubject: [PATCH] mm: list it\n' +
  'Date: Thu, 7 Apr 2022 14:00:00 +0200\nMessage-ID: <1@example.org>\n';
const heading = ' static int build_zonerefs_node(pg_data_t *pgdat, struct zoneref *x)';
const patch = `Why.
---
--- a/mm/page_alloc.c
+++ b/mm/page_alloc.c
@@ -10,3 +10,3 @@${heading}
 \tone = 1;
-\t\tif (managed_zone(zone)) {
+\t\tif (populated_zone(zone)) {
 \ttwo = 2;
`;

async function first(content: string | Buffer, name = 't.mbox'): Promise<MailedPatch | undefined> {
  const path = join(mkdtempSync(join(tmpdir(), 'mmreplay-mail-')), name);
  writeFileSync(path, content);
  try {
    return (await mailedOf(path)).patches[0];
  } finally {
    rmSync(dirname(path), { recursive: true });
  }
}

const quoted = patch.replaceAll(/^/gm, '>> ');
const dashed = patch.replaceAll(/^-/gm, '- -');

test.each([
  ['a reply to a reply', `${headers}\nYes.\n\n> I see.\n>\n${quoted}\n> Why?\n`],
  ['a text signed in the clear', `${headers}\n-----BEGIN PGP SIGNED MESSAGE-----\n` +
    `Hash: SHA256\n\n${dashed}-----BEGIN PGP SIGNATURE-----\n\nAbc=\n` +
    '-----END PGP SIGNATURE-----\n'],
  ['a mailbox in gzip', gzipSync(`${headers}\n${patch}`)],
])('%s', async (_form, content) => {
  expect((await first(content))?.touched).toMatchObject([{ name: 'build_zonerefs_node',
    lines: ['-\t\tif (managed_zone(zone)) {', '+\t\tif (populated_zone(zone)) {'] }]);
});

/** Expect: both functions called managed_zone() in some release, so neither is said to be meant. */
test('a hunk without a heading, which may be of two functions', async () => {
  const found = await first(`${headers}\n${patch.replace(heading, '')}`);
  expect([found?.touched, found?.notes]).toEqual([[], ['a change of mm/page_alloc.c without a ' +
    'heading is of a function that is not named (build_zonerefs_node(), wake_all_kswapds()?)']]);
});

test('what a merge changed against both of its parents is no diff of one', async () => {
  const found = await first(
    `${headers}\n${patch.replace('@@ ', '@@@ ').replace(' @@', ' @@@')}`);
  expect([found?.touched, found?.notes])
    .toEqual([[], ['a combined diff of a merge is left out']]);
});

/** Expect: refused by what it would unpack to, 16 MiB of one byte in 16 KiB. */
test('a bomb in gzip', async () => {
  await expect(first(gzipSync(Buffer.alloc(2 ** 24)))).rejects.toThrow(
    'it has more than 8388608 bytes when it is unpacked, expected mails of that size at most');
});
