import { expect, test } from 'vitest';
import { callsOfOthers } from '../../src/replay/calls.js';
import { traceOf } from '../../src/trace/build.js';
import type { TraceRow } from '../../src/trace/trace.js';

const block = { event: 'offline', pfn: 0x100000, nr_pages: 32768 } as const;

/** `a B`, `a E`, `b`: who does it, and the phase of the row. */
function rowsOf(words: string): readonly TraceRow[] {
  return words.split(', ').map((word, row) => {
    const [task = '', phase] = word.split(' ') as [string, ('B' | 'E')?];
    return { ...block, time_ns: row, task, ...(phase === undefined ? {} : { phase }) };
  });
}

/** `0-2 overlaps`: the rows of each call, in the order in which it is known how they end. */
function callsOf(words: string): readonly string[] {
  const trace = traceOf(rowsOf(words));
  return [...callsOfOthers(trace).values()].map(({ row, end, overlaps }) =>
    `${row}${end === undefined ? '' : `-${end}`}${overlaps ? ' overlaps' : ''}`);
}

/*
 *   a   |-----|        a   |----------|        a   |---------->
 *   b      |           a      |                b       |--->
 *
 * Expect: a call is interrupted by what another task begins meanwhile, and by nothing of its own;
 * the end of another's call begins nothing, and of two that are alike the last one ends first.
 */
test.each([
  ['a B, b, a E', ['1', '0-2 overlaps']],
  ['a B, a, a E', ['1', '0-2']],
  ['b B, a B, b E, a E', ['0-2 overlaps', '1-3']],
  ['a B, b B', ['0 overlaps', '1']],
  ['a B, a B, b, a E, a E', ['2', '1-3 overlaps', '0-4 overlaps']],
  ['a B, a B, a E, b, a E', ['1-2', '3', '0-4 overlaps']],
  ['a E, a', ['1']],
] as const)('%s', (words, calls) => {
  expect(callsOf(words)).toEqual(calls);
});
