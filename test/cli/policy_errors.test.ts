import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { mmreplay, type Ran } from './command.js';

const trace = join(packageRoot(), 'traces/zonelists-S2-dimm/trace.csv');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function runWith(...policies: readonly string[]): Ran {
  return mmreplay(['run', trace, ...policies.flatMap((policy) => ['-p', policy])], folder);
}

function fix(body: string): string {
  writeFileSync(join(folder, 'fix.ts'),
    "import { definePatch } from 'mmreplay';\n\nexport default definePatch({\n" +
    "  id: 'mine/fix', subject: '', author: '', link: '', base: 'v5.17', doc: '',\n" +
    `${body}\n});\n`);
  return './fix.ts';
}

test('a policy that is not there: the nearest ones, status 2', () => {
  const { status, stdout, stderr } = runWith('zonelists/manged_zone');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    /^error: there is no policy zonelists\/manged_zone; did you mean zonelists\/managed_zone/);
});

test('a folder, or what is no TypeScript: what a policy file is, status 2', () => {
  writeFileSync(join(folder, 'fix.patch'), 'diff --git a/mm/page_alloc.c b/mm/page_alloc.c\n');
  mkdirSync(join(folder, 'fixes.ts'));
  for (const path of ['./fix.patch', './fixes.ts']) {
    expect(runWith(path)).toEqual({ status: 2, stdout: '',
      stderr: `error: ${path}: is no policy file, expected one that ends in .ts or .js\n` });
  }
});

test('two policies that clash: both, the function and what to write, status 2', () => {
  const { status, stdout, stderr } = runWith('zonelists/populated_zone+zonelists/all_zones');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(
    'zonelists/all_zones does not apply on v6.1 + zonelists/populated_zone\n' +
    '  both change build_zonerefs_node() in mm/page_alloc.c\n');
  expect(stderr).toContain("say  after: ['zonelists/populated_zone']\n");
});

test('a file of mine that does not parse: file, line and column, status 2', () => {
  const { status, stdout, stderr } = runWith(fix('  replaces: { online_pages( },'));
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^\.\/fix\.ts:5:29: Unexpected token/);
});

test('a function that the kernel does not have: the nearest one, status 2', () => {
  const { status, stderr } = runWith(fix('  replaces: { build_zonerefs_nod: () => [] },'));
  expect(status).toBe(2);
  expect(stderr).toContain(
    './fix.ts:5: the model has no kernel function build_zonerefs_nod(); ' +
    'did you mean build_zonerefs_node');
});

test('a policy that throws while it runs: the place in its file, and all other runs', () => {
  const path = fix('  replaces: { build_zonerefs_node(k, pgdat) {\n' +
    '    return (pgdat as never as { a: { b: [] } }).a.b;\n  } },');
  const { status, stdout, stderr } = runWith(path, 'zonelists/managed_zone');
  expect(status).toBe(2);
  expect(stderr).toMatch(
    /fix\.ts:6:\d+: TypeError: .*\n  mine\/fix was stopped on .*trace\.csv\n$/);
  expect(stdout).toMatch(/mine\/fix .*stopped/);
  expect(stdout).toContain('managed_zone');
});

/** What a policy does when memory goes online, without a type that would forbid it. */
function onOnline(code: string): string {
  return fix(`  wraps: { online_pages: (next: $) => (k: $, ...args: $[]) => {
    ${code}
    return next(k, ...args); } },`.replaceAll('$', 'any'));
}

const escapes: readonly (readonly [what: string, code: string, said: RegExp])[] = [
  ['goes round for ever', 'for (;;) { k.state.log.length; }', /did not come to an end within 2 s/],
  ['puts something off', "(globalThis as any)['setTimeout'](() => {}, 1);",
    /^\.\/fix\.ts:6:\d+: it uses setTimeout/],
  ['ends the process', "(globalThis as any)['process'].exit(0);", /it uses process/],
  ['changes what others use', 'Array.prototype.map = (() => []) as any;',
    /^\.\/fix\.ts:6: it changes Array\.prototype\.map/],
  ['adds to what others use', "(globalThis as any).kept = k;", /it changes globalThis\.kept/],
  ['throws what cannot be read', 'throw new Proxy(new Error(), { get() { throw 1; } });',
    /^\.\/fix\.ts: it throws what cannot be read/],
  ['throws what has no end to read',
    "throw Object.defineProperty(new Error(), 'stack', { get() { for (;;); } });",
    /did not come to an end within 2 s/],
  ['gives something else', 'if (k) return NaN;', /^\.\/fix\.ts:5: online_pages\(\) may sleep/],
];

/** Expect: one command is given them all; each is told of, and the run of no other is touched. */
test('what a policy does to others, or without end, ends its own run only', () => {
  const paths = escapes.map(([, code], at) => {
    const text = readFileSync(join(folder, onOnline(code)), 'utf8');
    writeFileSync(join(folder, `fix${at}.ts`), text.replace('mine/fix', `mine/fix${at}`));
    return `./fix${at}.ts`;
  });
  const { status, stdout, stderr } = mmreplay(['run', trace, trace, '--timeout', '2',
    ...[...paths, 'zonelists/all_zones'].flatMap((path) => ['-p', path]), '--full'], folder);
  expect(status).toBe(2);
  for (const [at, [what, , said]] of escapes.entries()) {
    const own = stderr.split('\n').filter((line) => line.includes(`fix${at}`)).join('\n');
    expect([what, own.replaceAll(`fix${at}.ts`, 'fix.ts')]).toEqual(
      [what, expect.stringMatching(new RegExp(said.source, 'm'))]);
    expect(stdout.match(new RegExp(`mine/fix${at} .*stopped`, 'g'))).toHaveLength(2);
  }
  expect(stdout.match(/all_zones/g)?.length ?? 0).toBeGreaterThan(2);
});

test.each([
  ['await new Promise(() => {});', /fix\.ts:9: a policy file has no await/],
  ['for (;;);', /does not come to an end/],
  ["(globalThis as any)['process'].exit(0);", /it uses process/],
  ["(globalThis as any)['setTimeout'](() => {}, 1);", /^\.\/fix\.ts:9:\d+: it uses setTimeout/],
  ["const r: any = eval('req' + 'uire'); r('f' + 's');", /^\.\/fix\.ts:9: it uses eval/],
  ['throw null;', /^\.\/fix\.ts:9: it throws null/],
  ['throw new Proxy(new Error(), { get() { throw 1; } });', /it throws what cannot be read/],
])('a file that does this as it is loaded is refused: %s', (code, said) => {
  const path = onOnline('k.pr_info("x");');
  writeFileSync(join(folder, 'fix.ts'), `${readFileSync(join(folder, 'fix.ts'), 'utf8')}${code}\n`);
  const { status, stdout, stderr } = runWith(path);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(said);
});
