import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { generatedFiles } from '../../src/docs/generated.js';
import { commandNames } from '../../src/cli/program/commands.js';
import { readTags, tagsOf } from '../../src/docs/kernel_tags.js';
import { markdownTable, withPart } from '../../src/base/markers.js';
import { functionTags } from '../../src/linux/function_tag.js';
import { baseTable } from '../../src/patch/table.js';
import { wrongCommands, wrongScripts } from './told_commands.js';

const root = packageRoot();

describe('what is made from the code is as the code is', () => {
  test('every generated file is current: `npm run docs` would change nothing', async () => {
    for (const { path, text } of await generatedFiles(root)) {
      expect(readFileSync(`${root}${path}`, 'utf8'), path).toBe(text);
    }
  });

  test('every function of the table has its tag, and every tag its function', () => {
    expect(Object.keys(functionTags()).sort()).toEqual([...baseTable().keys()].sort());
  });

  test('no function is without a tag that can be read', () => {
    expect(readTags(root).untagged).toEqual([]);
  });
});

describe('what the documents tell to type', () => {
  test('is a command with options that it has, and each command is told of', async () => {
    expect(await wrongCommands()).toEqual({ wrong: [], told: [...commandNames()] });
  });

  test('is a script of package.json, and each script is told of', () => {
    expect(wrongScripts()).toEqual({ wrong: [], untold: [] });
  });
});

describe('@kernel', () => {
  const source = (doc: string): string =>
    `/**\n${doc} */\nexport function* online_pages(\n  k: Kernel, pfn: number,\n` +
    '): Preempt<number> {}\n';

  test('is read with what is left out, over several lines', () => {
    const doc = ' * Brings pages online.\n *\n * @kernel mm/memory_hotplug.c v6.12 reduced: no ' +
      'shuffling,\n *   no writeback limit\n';
    expect(tagsOf(source(doc), 'src/linux/memory_hotplug.ts')).toEqual({
      tags: [{
        name: 'online_pages', file: 'src/linux/memory_hotplug.ts',
        kernelFile: 'mm/memory_hotplug.c', version: 'v6.12', fidelity: 'reduced',
        why: 'no shuffling, no writeback limit',
      }],
      untagged: [],
    });
  });

  test('is missed when it is not there, and not asked of a function without k', () => {
    expect(tagsOf(source(' * Brings pages online.\n'), 'a.ts').untagged).toEqual(
      [{ name: 'online_pages', file: 'a.ts', line: 4 }]);
    expect(tagsOf('export function size(pages: number): number {}\n', 'a.ts'))
      .toEqual({ tags: [], untagged: [] });
  });
});

describe('a generated part', () => {
  const text = 'before\n<!-- generated: a -->\nold\n<!-- end of a -->\nafter\n';

  test('is replaced between its two lines', () => {
    const once = withPart(text, 'a', 'new\n');
    expect(once).toBe('before\n<!-- generated: a -->\n\nnew\n\n<!-- end of a -->\nafter\n');
    expect(withPart(once, 'a', 'new')).toBe(once);
  });

  test('without its two lines is an error', () => {
    expect(() => withPart(text, 'b', 'new')).toThrow('no part b');
  });

  test('that is a table keeps its cells apart', () => {
    expect(markdownTable(['a', 'b'], [['x|y', 'z']]))
      .toBe('| a | b |\n| --- | --- |\n| x\\|y | z |\n');
  });
});

test('the README has the exit statuses of every command', () => {
  const readme = readFileSync(`${root}README.md`, 'utf8');
  const table = /^\| command \| 0 \| 1 \| 2 \|\n(\|.*\n)+/m.exec(readme)?.[0] ?? '';
  expect(commandNames().filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
});
