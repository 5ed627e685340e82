/** What is said where the kernel's function became another one, and the model's did not. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { functionTags } from '../../src/linux/function_tag.js';
import { TEXTS_FILE, textChanges, type Texts } from '../../src/linux/history/texts.js';
import { modelChanges, untoldText } from '../../src/patch/untold_texts.js';

describe('texts of the kernel\'s functions', () => {
  /** Expect: the table is of functions that the model has, a letter for each release. */
  test('the table', () => {
    const { releases, functions } = JSON.parse(readFileSync(TEXTS_FILE, 'utf8')) as Texts;
    const names = Object.keys(functions);
    expect(names.length).toBeGreaterThan(250);
    expect(names.filter((name) => functionTags()[name] === undefined)).toEqual([]);
    expect(names.filter((name) => functions[name]?.length !== releases.length)).toEqual([]);
  });
  /** v5.1 hands pages over in blocks, and nobody read its text: v5.2 was. */
  test('a change that the model does not make', () => {
    expect(textChanges('online_pages_range')).toContainEqual({ after: 'v5.0', by: 'v5.2' });
    expect(untoldText('online_pages_range', 'v5.0')).toMatch(/from v5\.1 to v5\.2 on/);
    expect(untoldText('online_pages_range', 'v7.2')).toBeUndefined();
  });
  /** Surplus pages come node by node from v6.11 to v6.13, and a switch says so. */
  test('a change that a switch makes', () => {
    expect(textChanges('gather_surplus_pages').map(({ by }) => by)).toContain('v6.11');
    expect(modelChanges('gather_surplus_pages')).toContain('v6.10');
    expect(untoldText('gather_surplus_pages', 'v6.10')).toBeUndefined();
    expect(untoldText('pfn_to_online_page', 'v5.10')).toBeUndefined();
  });
});
