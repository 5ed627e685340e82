/**
 * Small mistakes in shipped policies, of every kind: none is taken for what the kernel does without
 * a word.
 *
 *     policy that differs from its base --> a mistake --> refused | stopped | differs | told why
 *
 * Expect: no run is as the base and silent about it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { Random } from '../../src/base/random.js';
import { editKinds, editOf } from '../../src/fuzz/policy_edits.js';
import { heldOf } from '../../src/fuzz/policy_edits_held.js';
import { compileAll } from '../../src/patch/check/types.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const policies = [
  ['zonelists/populated_zone', 'zonelists-S1-xen-grows'],
  ['memmap_holes/v1', 'memmap_holes-E1-q35-4000M'],
] as const;

test('eight mistakes', async () => {
  const random = new Random(3);
  const cases = policies.flatMap(([id, trace], policy) => editKinds.flatMap((kind) => {
    const text = readFileSync(join(packageRoot(), 'policies', `${id}.ts`), 'utf8');
    const edit = editOf(text, kind, random);
    if (edit === undefined) return [];
    const path = join(folder, `${policy}-${kind.replace(' ', '_')}.ts`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, edit.text);
    return [{ path, trace: join(packageRoot(), 'traces', trace, 'trace.csv'), told: edit.told }];
  }));
  expect(cases.length).toBeGreaterThan(5);
  compileAll(cases.map(({ path }) => path));
  const silent = [];
  for (const { path, trace, told } of cases) {
    const { what } = await heldOf(trace, path);
    if (what === 'silent') silent.push(told);
  }
  expect(silent).toEqual([]);
});

test('what a mistake is', () => {
  const text = "import { definePatch } from 'mmreplay';\n" +
    "export default definePatch({ id: 'a/b',\n" +
    '  config: { zone_test_spans: true }, replaces: { online_pages: (k, a) => k.x(1, a) } });\n';
  const told = editKinds.map((kind) => editOf(text, kind, new Random(1))?.told);
  expect(told).toEqual([
    expect.stringMatching(/^line 3: (?:zone_test_spans|online_pages) -> \w+$/),
    expect.stringMatching(/ -> nothing$/),
    expect.stringMatching(/^line 3: (?:k, a -> a, k|1, a -> a, 1)$/),
    expect.stringMatching(/^line 3: (?:1 -> [02]|true -> false)$/),
  ]);
});
