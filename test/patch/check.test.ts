/**
 * Policies that must not run, each with what is wrong in its file and line.
 *
 *     policy file --> loaded --> names and types --> ids, frames, claims --> replay
 *                        \________ file:line: what is wrong, exit status 2 ____/
 *
 * Expect: nothing of the kind below ever reaches a replay.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { written } from '../../src/patch/check/idioms.js';
import { nameProblems } from '../../src/patch/check/names.js';
import { checkUserPolicies } from '../../src/patch/check/series.js';
import { compileAll } from '../../src/patch/check/types.js';
import type { Patch } from '../../src/patch/define.js';
import { loadPolicyFile } from '../../src/patch/load.js';
import { parseSeries } from '../../src/patch/series.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const imports = "import { definePatch } from 'mmreplay';\n";

function fix(body: string, head = imports, path = join(folder, 'fix.ts')): string {
  writeFileSync(path, `${head}export default definePatch({\n` +
    "  id: 'mine/fix', subject: '', author: '', link: '', base: 'v5.17', doc: '',\n" +
    `  ${body}\n});\n`);
  return path;
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => 'no error', (error: Error) => error.message);
}

async function checked(path: string): Promise<unknown> {
  const series = await parseSeries(path);
  return checkUserPolicies([series], ['Z1', 'P8']);
}

const refused: readonly (readonly [what: string, body: string, line: number, said: string])[] = [
  ['a switch that is none', 'config: { zone_test_span: true },', 4, 'did you mean zone_test_spans'],
  ['a switch of another kind', "config: { zone_test_spans: 'yes' },", 4, 'expected a boolean'],
  ['a value that a switch never has', "config: { bottom_up_from: 'middle' },", 4, 'memory'],
  ['a function that is none', 'replaces: { online_pagse: () => 0 },', 4, 'mean online_page'],
  ['a callee that is none', "substitutes: { build_zonerefs_node: { manged_zone: 'x' } },", 4,
    'did you mean managed_zone'],
  ['a target that is none',
    "substitutes: { build_zonerefs_node: { managed_zone: 'populated' } },", 4,
    'did you mean populated_zone'],
  ['a plain function where one may sleep', 'replaces: { offline_pages: () => -16 },', 4, 'sleep'],
  ['a generator where none is called', 'replaces: { * managed_zone() { return true; } },', 4,
    'no generator'],
  ['too many arguments', 'replaces: { managed_zone: (_k, _z, _a, _b) => true },', 4, 'arguments'],
  ['a field of a zone', 'replaces: { managed_zone: (_k, zone) => zone.spaned_pages > 0 },', 4,
    'spanned_pages'],
  ['a macro of C', 'replaces: { managed_zone: (k, zone) => k.node_online(zone.nid) },', 4,
    "on type 'Kernel'; write  k.state.node_states.online.has(nid)"],
  ['a lock', 'replaces: { managed_zone: () => { spin_lock(); return true; } },', 4,
    'leave it out: nothing else runs'],
  ['a result of another type', "replaces: { managed_zone: () => 'yes' },", 4, 'boolean'],
  ['a frame', 'wraps: { online_pages: (next) => (k, ...args) => next(k, ...args) },', 4, 'frame'],
  ['a Map that is indexed', 'wraps: { align_zone_movable_pfns: (next) => (k) => {\n' +
    '    next(k);\n    k.state.boot.zone_movable_pfn[0] = 1;\n  } },', 6,
    'has no index signature'],
  ['nothing', '', 2, 'changes nothing'],
  ['a call that never begins', 'around: { offline_pages: { * test_pages_isolated(next, k) {\n' +
    '    k.drain_all_pages();\n    return next();\n  } } },', 5, 'drain_all_pages() may sleep'],
  ['a wrapped call that never begins', 'wraps: { offline_pages: (next) => function* (k, ...a) {\n' +
    '    next(k, ...a);\n    return 0;\n  } },', 5, 'offline_pages() may sleep'],
  ['a yield without its star', 'wraps: { offline_pages: (next) => function* (k, ...a) {\n' +
    '    yield next(k, ...a);\n    return 0;\n  } },', 5, 'yield*'],
  ['a generator that is compared', 'around: { offline_pages: { * memory_notify(next, k) {\n' +
    '    if (k.drain_all_pages()) return 0;\n    return yield* next();\n  } } },',
  5, 'never begins'],
  ['a generator that is kept', 'around: { offline_pages: { * memory_notify(next, k) {\n' +
    '    const error = k.drain_all_pages();\n    return error ? 0 : yield* next();\n  } } },',
  5, 'never begins'],
  ['arguments of any type', 'wraps: { online_pages: (next) => function* (k, ...a: any[]) {\n' +
    "    k.pr_info('x');\n" + '    return yield* next(k, ...a);\n  } },',
  6, 'arguments without types'],
  ['versions that are none', "released: 'since 6.13',\n  config: { zone_test_spans: false },",
    4, "expected versions as 'v6.13 -'"],
  ['a neighbour that is none', "after: ['zonelists/al_zones'],\n  config: " +
    '{ zone_test_spans: false },', 4, 'did you mean zonelists/all_zones'],
  ['an invariant that is none', "config: { zone_test_spans: false },\n  " +
    "claims: [{ text: '', holds: 'Z99' }],", 5, 'Z99'],
  ['a field of a claim', "config: { zone_test_spans: false },\n  " +
    "claims: [{ text: '', hold: 'Z1' }],", 5, 'hold'],
];

describe('a policy of the user is refused for', () => {
  let all: string;
  const pathOf = (index: number): string => join(all, `${index}`, 'fix.ts');
  // The compiler reads the whole model, once for all of them.
  beforeAll(() => {
    all = mkdtempSync(join(tmpdir(), 'mmreplay-'));
    for (const [index, [, body]] of refused.entries()) {
      mkdirSync(join(all, `${index}`));
      fix(body, imports, pathOf(index));
    }
    compileAll(refused.map((_, index) => pathOf(index)));
  });
  afterAll(() => rmSync(all, { recursive: true }));

  test.each([...refused.entries()])('%i: %j', async (index, [, , line, said]) => {
    const path = pathOf(index);
    const message = await messageOf(checked(path));
    expect(message).toMatch(new RegExp(`^${path}:${line}:`));
    expect(message).toContain(said);
  });

  test('a name that is not exported', async () => {
    const path = fix('replaces: { managed_zone: () => ZONE_NORMAL > 1 },',
      "import { ZONE_NORMALS as ZONE_NORMAL, definePatch } from 'mmreplay';\n");
    expect(await messageOf(loadPolicyFile(path))).toMatch(
      new RegExp(`^${path}:1: 'mmreplay' exports no ZONE_NORMALS; did you mean ZONE_NORMAL`));
  });

  test('a field, also where there is no compiler', () => {
    const path = fix('replaces: { managed_zone: (k, zone) => k.config.x || zone.spaned_pages },');
    const patch = { id: 'mine/fix', base: 'v5.17' } as Patch;
    expect(nameProblems(patch, path, false)).toEqual([
      expect.stringMatching(/fix\.ts:4: k\.config has no x/),
      expect.stringMatching(/fix\.ts:4: struct Zone of the model has no spaned_pages; did/),
    ]);
  });
});

/** Expect: so is whatever is advised for a macro of C. */
test('a policy that is right is loaded', async () => {
  const lines = written.map((text) => (text.startsWith('for ') ? `${text} k.NODE_DATA(nid);`
    : `void (${text});`));
  const path = fix('substitutes: { build_zonerefs_node: {\n' +
    "    managed_zone: (_k, zone) => zone.spanned_pages > 0 } },\n  claims: [{ text: '', " +
    "holds: 'Z1' }],\n  adds: { functions: {\n    mine_all: (k: Kernel, zone: Zone, " +
    `pgdat: Pgdat, nid: number, pfn: number) => {\n${lines.join('\n')}\n    },\n  } },`,
  "import { definePatch, type Kernel, type Pgdat, type Zone } from 'mmreplay';\n");
  expect(await messageOf(checked(path))).toBe('no error');
});

test('two files with one id are two policies', async () => {
  const path = fix('config: { zone_test_spans: false },');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('mine/fix', 'zonelists/all_zones'));
  const series = [await parseSeries('zonelists/all_zones'), await parseSeries(path)];
  expect(() => checkUserPolicies(series, [])).toThrow(
    `${path}:3: two policies with the id zonelists/all_zones`);
});
