/**
 * Static functions of the kernel that the model has not, and who calls them.
 *
 *     free_area_init_node() -> alloc_node_mem_map()     no other function of the kernel calls it
 *
 * Expect: what stands in the table is a function of the model, and what it speaks of is none.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CALLERS_FILE, MOST_CALLERS, callersInModel, type Callers } from
  '../../src/linux/history/callers.js';
import { functionTags } from '../../src/linux/function_tag.js';
import { namedInHunk } from '../../src/patch/mail/unnamed.js';

const table = JSON.parse(readFileSync(CALLERS_FILE, 'utf8')) as Callers;
const tags = functionTags();

test('each stands for functions of the model, and is none itself', () => {
  expect(Object.keys(table).length).toBeGreaterThan(100);
  expect(Object.keys(table).filter((name) => Object.hasOwn(tags, name))).toEqual([]);
  const callers = Object.values(table);
  expect(callers.flat().filter((name) => !Object.hasOwn(tags, name))).toEqual([]);
  expect(callers.filter(({ length }) => length === 0 || length > MOST_CALLERS)).toEqual([]);
});

test('a patch of it is a patch of what alone calls it', () => {
  expect(callersInModel('alloc_node_mem_map')).toEqual(['free_area_init_node']);
  expect(namedInHunk('alloc_node_mem_map', false, [], 'mm/mm_init.c')).toEqual({
    model: 'free_area_init_node',
    note: 'the model has no alloc_node_mem_map(): what it has of it is in free_area_init_node(), ' +
      'which alone calls it' });
});

test('where several call it they are named, and none is taken', () => {
  const named = namedInHunk('unreserve_highatomic_pageblock', false, [], 'mm/page_alloc.c');
  expect(named.model).toBeUndefined();
  expect(named.note).toContain('__alloc_pages_slowpath(), should_reclaim_retry()');
});

test('what nobody calls in the model, or has no such name, is not there', () => {
  expect(callersInModel('cma_alloc')).toEqual([]);
  expect(namedInHunk('cma_alloc', false, [], 'mm/cma.c')).toEqual(
    { model: undefined, note: undefined });
});
