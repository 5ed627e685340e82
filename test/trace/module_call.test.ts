/** What a module asked for, when its own word for it (`kind5`) says nothing. */
import { describe, expect, it } from 'vitest';
import { requestWords } from '../../src/trace/module_call.js';
import type { TraceRow } from '../../src/trace/trace.js';
import { verify } from '../../src/verify/verify.js';
import { traceOf } from '../replay/rig.js';

type Row = Omit<TraceRow, 'time_ns'>;

const request = { event: 'alloc_pages', task: 'sh', nid: 0, nr_pages: 1, order: 0 } as const;
/** `alloc 0 KIND 0 1`, which got page 0x100 of DMA. */
function call(gfp: string, ...between: readonly Row[]): readonly Row[] {
  return [
    { ...request, phase: 'B', args: `gfp=${gfp}` }, ...between,
    { ...request, phase: 'E', ret: 1, pfn: 0x100, args: `gfp=${gfp} served=0/DMA=1` },
  ];
}
const page = (pfn: number, gfp_flags: string): Row => ({
  event: 'mm_page_alloc', task: 'sh-7', pfn, order: 0, migratetype: 1,
  args: `gfp_flags=${gfp_flags}`,
});

/** The words of the first call of the trace. */
function words(rows: readonly Row[]): string | undefined {
  const trace = traceOf(rows);
  const row = Array.from({ length: trace.length }, (_, at) => at)
    .find((at) => trace.event(at) === 'alloc_pages') ?? NaN;
  return requestWords(trace, row);
}

/*
 *   alloc kind5 ── mm_page_alloc 0x77 GFP_KERNEL ── mm_page_alloc 0x100 GFP_DMA ── first pfn 0x100
 * Expect: the request had the flags of 0x100, which the call says it got first.
 */
describe('a request of a kind that only the module knows', () => {
  it('had the flags of the page that came of it', () => {
    const others = [page(0x77, 'GFP_KERNEL'), page(0x100, 'GFP_DMA|__GFP_ZERO')];
    expect(words(call('kind5', ...others))).toBe('GFP_DMA+__GFP_ZERO');
    expect(words(call('GFP_KERNEL+__GFP_THISNODE', ...others)))
      .toBe('GFP_KERNEL+__GFP_THISNODE');
    expect(words(call('kind5', page(0x77, 'GFP_KERNEL')))).toBeUndefined();
  });

  it('is not made, and no fact, where nobody tells', () => {
    const disagreeing = (gfp: string): readonly string[] =>
      verify(traceOf(call(gfp)), { version: 'v7.3', series: [], name: 'x' }).disagree
        .map(({ field, modelled }) => `${field} ${modelled}`);
    expect(disagreeing('kind5')).toEqual([]);
    expect(disagreeing('GFP_KERNEL')).toEqual(['served 0/DMA32=1']);
  });
});
