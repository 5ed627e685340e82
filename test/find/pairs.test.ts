/** src/find/PAIRS.md: the tables are made by `npm run find:pairs`, the reasons below by hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { shippedPairs } from '../../src/find/pairs/shipped.js';

const text = readFileSync(join(packageRoot(), 'src/find/PAIRS.md'), 'utf8');
const [tables = '', reasons = ''] = text.split('\n## Why some are told apart by nothing\n');

/** Pairs that the part of a question leaves, as `a and b`. */
function left(question: string): readonly string[] {
  const part = tables.split(`\n## ${question}\n`)[1]?.split('<!-- end of')[0] ?? '';
  return /^Told apart by nothing: (.+)\.$/m.exec(part)?.[1]?.split('; ') ?? [];
}

test('every pair that nothing tells apart has its reason, and no other pair has one', () => {
  const wanted = shippedPairs().flatMap(({ question }) =>
    left(question).map((pair) => `${question}: ${pair}`));
  expect(wanted.length).toBeGreaterThan(4);
  const rows = reasons.split('\n').filter((line) => /^\| \w+ \| .* and /.test(line));
  const given = rows.flatMap((line) => {
    const [question = '', pairs = ''] = line.replace(/^\| /, '').split(' | ');
    return pairs.split('; ').map((pair) => `${question}: ${pair}`);
  });
  expect([...given].sort()).toEqual([...wanted].sort());
});

test('no pair that a shipped trace tells apart is left without a table', () => {
  expect(shippedPairs().filter(({ question }) => !tables.includes(`\n## ${question}\n`))
    .map(({ question }) => question)).toEqual([]);
  expect(tables).not.toContain('| not found |');
});
