import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../src/base/package_root.js';
import { importTable } from '../src/docs/import_table.js';
import { broken } from './tidy/broken.js';
import { rules } from './tidy/rules.js';
import { readSourceFiles, type SourceFile } from './tidy/source_files.js';

const root = packageRoot();
const files = [
  ...readSourceFiles(root, ['src', 'policies', 'test'], ['.ts', '.tsx', '.md', '.sh']),
  ...readSourceFiles(root, ['traces'], ['.md']),
].filter((file) => !file.path.startsWith('test/tidy/broken'));

describe('the tree is tidy', () => {
  test.each(rules.map((rule) => [rule.id, rule] as const))('%s', (_id, rule) => {
    expect(rule.check(files)).toEqual([]);
  });

  test('every rule has a file that breaks it', () => {
    expect(Object.keys(broken).sort()).toEqual(rules.map((rule) => rule.id).sort());
  });

  interface Case {
    readonly rule: (typeof rules)[number];
    readonly what: string;
    readonly wrong: readonly SourceFile[];
  }
  const cases = rules.flatMap((rule): readonly Case[] => {
    const wrong = broken[rule.id] ?? [];
    return rule.together === true
      ? [{ rule, what: 'a pair', wrong }]
      : wrong.map((file) => ({ rule, what: file.path, wrong: [file] }));
  });
  test.each(cases)('$what that breaks "$rule.id" is caught', ({ rule, what, wrong }) => {
    const problems = rule.check(wrong);
    expect(problems.length).toBeGreaterThan(0);
    if (wrong.length === 1) expect(problems[0]).toContain(`${what}:`);
  });

  test('enough files are read for the rules to mean something', () => {
    expect(files.filter((file) => file.path.startsWith('src/linux/')).length).toBeGreaterThan(30);
    expect(files.filter((file) => file.path.startsWith('policies/')).length).toBeGreaterThan(10);
  });

  test('every folder of src has its row in the import table', () => {
    const folders = readdirSync(`${root}src`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    const rows = importTable.map((rule) => rule.folder);
    expect(folders.filter((folder) => !rows.includes(folder))).toEqual([]);
  });
});
