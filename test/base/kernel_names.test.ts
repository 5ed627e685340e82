/** Functions under all of their names, wherever somebody writes one. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kernelNames, modelName, otherNames, renamedTo } from '../../src/base/kernel_names.js';
import { functionTags } from '../../src/linux/function_tag.js';
import { versions } from '../../src/linux/history/versions.js';
import { namedInModel } from '../../src/patch/mail/names.js';
import { recordedProbes } from '../../src/record/probe_list.js';
import { readTrace } from '../../src/trace/read.js';
import { mmreplay } from '../cli/command.js';

const isModel = (name: string): boolean => Object.hasOwn(functionTags(), name);

test('every name leads to a function of the model, which knows it', () => {
  for (const model of Object.keys(functionTags())) {
    for (const name of kernelNames(model)) expect(modelName(name, isModel)).toBeDefined();
    for (const other of otherNames(model)) {
      const [, release] = /(?:since|before) (v\d+\.\d+)$/.exec(other) ?? [];
      expect(versions.some(({ id }) => id === release), other).toBe(true);
    }
  }
  expect(otherNames('free_unref_page')).toEqual([
    'free_hot_cold_page() before v4.15', 'free_frozen_pages() since v6.14']);
  expect(modelName('no_such_function', isModel)).toBeUndefined();
});

test('the recorder looks for functions by names that the table has', () => {
  const several = recordedProbes().filter(({ names }) => names.length > 1);
  expect(several.length).toBeGreaterThan(1);
  for (const { names } of several) {
    const models = new Set(names.map((name) => modelName(name, isModel)));
    expect([names, models.size, models.has(undefined)]).toEqual([names, 1, false]);
  }
});

test('a mail, list and show know free_frozen_pages()', () => {
  expect(namedInModel('free_frozen_pages', false)).toEqual({
    model: 'free_unref_page', note: 'free_frozen_pages() is free_unref_page() in the model' });
  expect(mmreplay(['show', 'free_frozen_page_commit()']).stdout)
    .toMatch(/^free_unref_page_commit\(\) of mm\/page_alloc\.c[\s\S]*is +free_frozen_page_commit/);
  expect(mmreplay(['list', 'functions']).stdout)
    .toMatch(/^free_unref_page +.*free_frozen_pages\(\) since v6\.14/m);
});

test('a policy that names a function as its kernel does is told the model\'s name', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'names-')), 'mine.js');
  writeFileSync(file, "import { definePatch } from 'mmreplay';\nexport default definePatch({\n" +
    "  id: 'mine/mine', subject: 's', author: 'a', link: '', base: 'v7.3', doc: 'd',\n" +
    '  replaces: {\n    free_frozen_pages: (k) => {},\n  },\n});\n');
  const { status, stderr } = mmreplay(['run', 'traces/zonelists-S2-dimm', '-p', file]);
  expect(status).toBe(2);
  expect(stderr).toContain('free_frozen_pages() is free_unref_page() in the model: ' +
    'write free_unref_page');
});

test('probes that others set are calls under whichever name', async () => {
  // Expect: rows of alloc_contig_range and of its return; __remove_memory() is another function.
  const line = (rest: string): string => `  sh-94      [001] d..3.     8.015964: ${rest}\n`;
  const file = join(mkdtempSync(join(tmpdir(), 'names-')), 'trace.txt');
  writeFileSync(file, '# tracer: nop\n#\n' +
    line('mine: (alloc_contig_range_noprof+0x0/0x300) start_pfn=0x10000 end_pfn=0x10200') +
    line('back: (virtio_mem_fake_offline+0x40/0x90 <- alloc_contig_range_noprof) ret=0x0'));
  const { trace } = await readTrace(file);
  expect(Array.from({ length: trace.length }, (_, row) => trace.event(row)))
    .toContain('alloc_contig_range');
  expect(renamedTo('__remove_memory', (name) => name === 'try_remove_memory')).toBeUndefined();
});
