/**
 * What rows are for the tasks of an explored window, and which steps are alike.
 *
 *   writer 1: | percpu_pagelist_high_fraction = 8 |
 *   writer 2: | percpu_pagelist_high_fraction = 0 |
 *
 * Expect: who writes another value does not do the same, so that the two cannot change places;
 * two frees in one pageblock can, two in different ones cannot.
 */
import { describe, expect, test } from 'vitest';
import { otherSteps, pagesOf, pageStep, shapeOf } from '../../src/explore/page_step.js';
import { pageblock_nr_pages } from '../../src/linux/include/mmzone.js';
import { traceOf } from '../../src/trace/build.js';
import type { TraceRow } from '../../src/trace/trace.js';

const FIRST = 0x240000;
const FRACTION = 'file=/proc/sys/vm/percpu_pagelist_high_fraction';

const stepsOf = (...rows: Omit<TraceRow, 'time_ns'>[]): ReturnType<typeof otherSteps> => {
  const trace = traceOf(rows.map((row) => ({ ...row, time_ns: 1e9 })), {});
  return rows.flatMap((_, row) => pageStep(trace, row) ?? otherSteps(trace, row));
};

describe('tasks that do the same', () => {
  test('not: two values of a parameter', () => {
    const [eight, none, again] = stepsOf(
      { event: 'write_parameter', cpu: 1, args: `${FRACTION} value=8` },
      { event: 'write_parameter', cpu: 2, args: `${FRACTION} value=0` },
      { event: 'write_parameter', cpu: 3, args: `${FRACTION} value=8` }).map(shapeOf);
    expect(none).not.toBe(eight);
    expect(again).toBe(eight);
  });

  test('frees on two CPUs, in one pageblock and of one order', () => {
    const [one, beside, elsewhere, larger] = stepsOf(
      ...[[FIRST, 0], [FIRST + 2, 0], [FIRST + pageblock_nr_pages, 0], [FIRST + 4, 1]].map(
        ([pfn = 0, order = 0], cpu) => ({ event: 'mm_page_free', pfn, order, cpu } as const)),
    ).map(shapeOf);
    expect(beside).toBe(one);
    expect(elsewhere).not.toBe(one);
    expect(larger).not.toBe(one);
  });
});

test('a range has its pages, a free those of its order; other parameters are no step', () => {
  const steps = stepsOf(
    { event: 'alloc_contig_pages', pfn: FIRST, nr_pages: 3 * pageblock_nr_pages },
    { event: 'mm_page_free', pfn: FIRST, order: 3 },
    { event: 'write_parameter', args: 'file=/proc/sys/vm/compact_memory value=1' });
  expect(steps.map(pagesOf)).toEqual([3 * pageblock_nr_pages, 8]);
});

test('huge pages: one step for each that is taken, near its node', () => {
  const steps = stepsOf(
    { event: 'hugetlb_no_page', nid: 1, nr_pages: 2, cpu: 3 },
    { event: 'free_huge_folio', pfn: FIRST, cpu: 0 });
  const use = { what: 'huge_use', pfns: [], nid: 1, cpu: 3 };
  expect(steps).toEqual([use, use, { what: 'huge_free', pfns: [FIRST], cpu: 0 }]);
});
