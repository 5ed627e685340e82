import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { KernelBug } from '../../src/linux/base/fault.js';
import { loadPolicyFile } from '../../src/patch/load.js';
import { baseSeries, parseSeries } from '../../src/patch/series.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const fields = "subject: 's', author: 'a', link: 'l', base: 'v6.1', doc: 'd'";

function policy(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => 'no error', (error: Error) => error.message);
}

describe('a policy file from anywhere', () => {
  test.each(['fix.ts', 'fix.mts', 'fix.js', 'fix.mjs'])('%s is loaded as it is', async (name) => {
    const path = policy(name,
      `import { definePatch } from 'mmreplay';\n` +
      `export default definePatch({ id: 'mine/fix', ${fields} });\n`);
    expect((await loadPolicyFile(path)).id).toBe('mine/fix');
  });

  /* Expect: no folder that others can write, or that another process reads meanwhile, has it. */
  test('what the compiler makes of it is kept nowhere', async () => {
    await loadPolicyFile(policy('kept_nowhere.ts',
      `import { definePatch } from 'mmreplay';\n` +
      `export default definePatch({ id: 'mine/fix', ${fields} });\n`));
    const caches = [join(tmpdir(), 'jiti'), join(packageRoot(), 'node_modules/.cache/jiti')];
    expect(caches.filter((one) => existsSync(one)).flatMap((one) => readdirSync(one))
      .filter((name) => name.includes('kept_nowhere'))).toEqual([]);
  });

  /*  fix.js ---- helper.js / helper.cjs ----> the loader's own words, or code behind a field
   *  Expect: it is refused before anything of it runs, and where it stands is said. */
  test.each([
    ['exports.default = module.constructor;', '', /fix\.js:1: it uses module/],
    ['const load = require; exports.default = load("f" + "s");', '', /fix\.js:1: it uses require/],
    ['exports.default = (() => arguments[1]("f" + "s"))();', '', /fix\.js:1: it uses arguments/],
    ['import("f" + "s").then((fs) => fs.rmSync("x"));', '', /fix\.js:1: it uses import\(\)/],
    ['require("./helper.cjs");', 'const r = require; r("f" + "s");',
      /helper\.cjs:1: it uses require/],
    ['require("./helper");', '__filename;', /helper\.cjs:1: it uses __filename/],
    ['exports.default = { toString: process.exit };', '', /fix\.js:1:\d+: it uses process/],
    ['exports.default = { wraps: { online_pages: Object.assign(() => 0, { toString() {} }) } };',
      '', /a function of it has fields that are computed/],
    [`exports.default = { replaces: { online_pages: new Proxy(() => 0, {}) } };`, '',
      /a function of it has fields that are computed/],
  ])('has no way to other modules: %s', async (text, helper, said) => {
    const path = policy('fix.js', text);
    policy('helper.cjs', helper);
    expect(await messageOf(loadPolicyFile(path))).toMatch(said);
  });

  test('gets this very program when it imports mmreplay', async () => {
    const path = policy('fix.ts',
      "import { definePatch, KernelBug } from 'mmreplay';\n" +
      `export default definePatch({ id: 'mine/fix', ${fields},\n` +
      '  adds: { state: () => ({ KernelBug }) } });\n');
    const patch = await loadPolicyFile(path);
    expect(patch.adds?.state?.({} as never)).toEqual({ KernelBug });
  });

  /** Expect: told with its place, and the file that it would write is not there. */
  test.each([
    "import { writeFileSync } from 'node:fs'; writeFileSync('OUT', '');",
    "void import('fs').then((fs) => fs.writeFileSync('OUT', ''));",
  ])('%s: nothing of it runs', async (text) => {
    const out = join(folder, 'out');
    const path = policy('fix.ts', `${text.replace('OUT', out)}\nexport default 1;\n`);
    expect(await messageOf(loadPolicyFile(path)))
      .toMatch(/fix\.ts:1:\d+: it imports (?:node:)?fs, and nothing of the host is a policy's/);
    expect(existsSync(out)).toBe(false);
  });

  test('may import files beside it', async () => {
    policy('shared.ts', 'export const id: string = "mine/shared";\n');
    const path = policy('fix.ts',
      `import { id } from './shared.js';\nexport default { id, ${fields} };\n`);
    expect((await loadPolicyFile(path)).id).toBe('mine/shared');
  });

  test('that does not parse is named with line and column', async () => {
    const path = policy('fix.ts', `export default {\n  id: 'a' b,\n};\n`);
    expect(await messageOf(loadPolicyFile(path))).toBe(
      `${path}:2:11: Unexpected token, expected ","`);
  });

  test.each([
    ['an async function', `export default { ${fields}, id: 'a/b',\n  x: async () => 1 };`,
      /fix\.ts:2: a policy has no async function/],
    ['brackets', `export default ${'['.repeat(300)}${']'.repeat(300)};`,
      /fix\.ts:1: is nested deeper than 200 times/],
    ['other nesting', `export default ${'!'.repeat(20_000)}1;`,
      /fix\.ts: is nested too deeply to be parsed/],
    ['bytes', `// ${'x'.repeat(2 ** 20)}`, /fix\.ts: has 10485\d\d bytes, expected up to 1048576/],
    ['letters', `export default { ${fields}, id: 'x'.repeat(1e6) };`,
      /fix\.ts:1: the field id has 1000000 letters, expected up to 100/],
  ])('that has too many of %s is refused in time', async (_, text, message) => {
    expect(await messageOf(loadPolicyFile(policy('fix.ts', text)))).toMatch(message);
  });

  test('is read once: what was checked is what runs', async () => {
    const path = policy('fix.js', 'let asked = 0;\nexport default { '
      + `${fields}, get id() { asked += 1; return 'mine/fix' + asked; } };\n`);
    const patch = await loadPolicyFile(path);
    expect([patch.id, patch.id]).toEqual(['mine/fix1', 'mine/fix1']);
  });

  test('that throws is named with the line', async () => {
    const path = policy('fix.ts',
      `const a: number = 1;\n\nif (a === 1) throw new Error('not today');\nexport default {};\n`);
    expect(await messageOf(loadPolicyFile(path))).toMatch(
      new RegExp(`^${path}:3:\\d+: not today$`));
  });

  test('that imports what is not there says so', async () => {
    const path = policy('fix.ts', "import { x } from './missing.js';\nexport default x;\n");
    expect(await messageOf(loadPolicyFile(path))).toBe(
      `${path}:1:19: it imports ./missing.js, which cannot be found\n` +
      "  a policy needs only  import { definePatch } from 'mmreplay'");
  });

  test.each([
    ['export const x = 1;', 'it does not export a policy'],
    [`export default { id: 'a/b', ${fields}, replace: {} };`,
      'a policy has no field replace; did you mean replaces?'],
    ["export default { id: 'a/b' };", 'the field subject is missing, or is not a text'],
    [`export default { id: 'a b', ${fields} };`, "the id 'a b' is not of the form"],
    [`export default { id: 'a/b', ${fields}, replaces: { online_pages: 3 } };`,
      'replaces.online_pages is not a function'],
    [`export default { id: 'a/b', ${fields}, substitutes: { online_pages: 'x' } };`,
      'substitutes.online_pages is not of the form'],
    [`export default { id: 'a/b', ${fields}, substitutes: { online_pages: { a: 1 } } };`,
      'substitutes.online_pages.a is neither'],
  ])('%s is refused', async (text, message) => {
    const path = policy('fix.ts', text);
    const said = await messageOf(loadPolicyFile(path));
    expect(said.replace(/^(.*?):\d+:/, '$1:')).toContain(`${path}: ${message}`);
  });

  test('that is not there is named', async () => {
    expect(await messageOf(loadPolicyFile('./nowhere.ts'))).toBe(
      './nowhere.ts: there is no such policy file');
  });
});

describe('-p', () => {
  test('base is the kernel without a patch', async () => {
    expect(await parseSeries('base')).toBe(baseSeries);
  });

  test('a+b is both, whatever they come after first', async () => {
    const first = policy('first.ts', `export default { id: 'mine/first', ${fields} };\n`);
    const second = policy('second.ts',
      `export default { id: 'mine/second', ${fields}, after: ['mine/first'] };\n`);
    const series = await parseSeries(`${second}+${first}`);
    expect(series.id).toBe('mine/first+mine/second');
    expect(series.argument).toBe(`${second}+${first}`);
    expect((await parseSeries(`try_offline_node/merged+${first}`)).id)
      .toBe('try_offline_node/merged+mine/first');
  });

  test('a later patch brings along what it is made on, and has its own name', async () => {
    const later = 'memmap_on_memory/account_at_add_block';
    const series = await parseSeries(later);
    expect(series.id).toBe(later);
    expect(series.patches.map((patch) => patch.id))
      .toEqual(['memmap_on_memory/account_at_add', later]);
    expect((await parseSeries(`${later}+memmap_on_memory/account_at_add`)).id)
      .toBe(`memmap_on_memory/account_at_add+${later}`);
  });

  test('patches that come after each other cannot be put in order', async () => {
    const first = policy('first.ts',
      `export default { id: 'mine/first', ${fields}, after: ['mine/second'] };\n`);
    const second = policy('second.ts',
      `export default { id: 'mine/second', ${fields}, after: ['mine/first'] };\n`);
    expect(await messageOf(parseSeries(`${first}+${second}`))).toBe(
      'these patches cannot be put in order: mine/first after mine/second after mine/first');
  });

  test('an unknown id is answered with the nearest ones', async () => {
    expect(await messageOf(parseSeries('zonelists/populatd_zone'))).toMatch(
      /^there is no policy zonelists\/populatd_zone; did you mean zonelists\/populated_zone/);
    expect(await messageOf(parseSeries('zonelists/managed_zone+'))).toBe(
      '-p zonelists/managed_zone+: a policy is missing beside a +');
  });
});
