import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

  test('gets this very program when it imports mmreplay', async () => {
    const path = policy('fix.ts',
      "import { definePatch, KernelBug } from 'mmreplay';\n" +
      `export default definePatch({ id: 'mine/fix', ${fields},\n` +
      '  adds: { state: () => ({ KernelBug }) } });\n');
    const patch = await loadPolicyFile(path);
    expect(patch.adds?.state?.({} as never)).toEqual({ KernelBug });
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
