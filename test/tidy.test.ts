import { describe, expect, test } from 'vitest';
import { packageRoot } from '../src/base/package_root.js';
import { importTable } from '../src/docs/import_table.js';
import { broken } from './tidy/broken.js';
import { rules } from './tidy/rules.js';
import { readSourceFiles } from './tidy/source_files.js';
import { readdirSync } from 'node:fs';

const root = packageRoot();
const files = [
  ...readSourceFiles(root, ['src', 'policies', 'test'], ['.ts', '.md', '.sh']),
  ...readSourceFiles(root, ['traces'], ['.md']),
].filter((file) => !file.path.startsWith('test/tidy/broken'));

describe('the tree is tidy', () => {
  test.each(rules.map((rule) => [rule.id, rule] as const))('%s', (_id, rule) => {
    expect(rule.check(files)).toEqual([]);
  });

  test('every rule has a file that breaks it', () => {
    expect(Object.keys(broken).sort()).toEqual(rules.map((rule) => rule.id).sort());
  });

  const cases = rules.flatMap((rule) =>
    (rule.id.startsWith('no file imports itself')
      ? [[rule.id, 'a cycle', rule, broken[rule.id] ?? []] as const]
      : (broken[rule.id] ?? []).map((file) => [rule.id, file.path, rule, [file]] as const)));
  test.each(cases)('%s: %s that breaks the rule is caught', (_id, path, rule, wrong) => {
    const problems = rule.check(wrong);
    expect(problems.length).toBeGreaterThan(0);
    if (wrong.length === 1) expect(problems[0]).toContain(`${path}:`);
  });

  test('enough files are read for the rules to mean something', () => {
    expect(files.filter((file) => file.path.startsWith('src/mm/')).length).toBeGreaterThan(30);
    expect(files.filter((file) => file.path.startsWith('policies/')).length).toBeGreaterThan(10);
  });

  test('every folder of src has its row in the import table', () => {
    const folders = readdirSync(`${root}src`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    const rows = importTable.map((rule) => rule.folder);
    expect(folders.filter((folder) => !rows.includes(folder))).toEqual([]);
  });
});
