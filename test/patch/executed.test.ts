/**
 * Lines of a policy that never ran are told.
 *
 *     file --> marks before each statement --> runs --> statements that nobody reached
 *
 * Expect: the text with its marks does what it did; a patch whose changed lines never ran is
 * untested, however often its function ran.
 */
import { expect, test } from 'vitest';
import type { Patch } from '../../src/patch/define.js';
import { ExecutedLines, marked, setExecutedLines, asWritten } from '../../src/patch/executed.js';
import { isNothingRun, notRun } from '../../src/patch/not_run.js';
import * as functions from '../../src/linux/functions.js';

/** The patch of a file's text, loaded as the program loads it. */
function loaded(text: string): { readonly patch: Patch; readonly lines: ExecutedLines } {
  const lines = new ExecutedLines();
  const code = marked(text, 'fix.ts', lines);
  const require = (): object => ({ $ran: lines.ran });
  const patch = new Function('require', `${code}; return patch;`)(require) as Patch;
  setExecutedLines(patch, lines);
  return { patch, lines };
}

const forms = `const patch = { id: 'a/b', wraps: { online_pages: (next) => (k, pfn) => {
  let sum = 0;
  for (let i = 0; i < 3; i += 1) if (i === pfn) continue; else sum += i;
  for (const one of [10]) sum += one;
  again: while (true) {
    do sum += 1; while (sum < 20);
    if (sum > 20) break again;
    else if (pfn === 7)
      sum += 1000;
    else { sum += 100; continue again; }
  }
  switch (pfn) { case 1: sum += 1; break; default: return -1; }
  return next(k, sum);
} } };`;

test('marks change nothing, and name what was not reached', () => {
  const { patch, lines } = loaded(forms);
  const run = (patch.wraps?.online_pages as unknown as (next: (k: null, n: number) => number) =>
    (k: null, pfn: number) => number)((_k, n) => n);
  expect(run(null, 1)).toBe(122);
  expect(notRun(patch, 'v5.17')).toEqual(
    [expect.stringMatching(/:9, 12 never ran: what stands there is untested$/)]);
  expect(run(null, 2)).toBe(-1);
  expect(notRun(patch, 'v5.17')).toEqual([expect.stringMatching(/:9 never ran/)]);
  lines.clear();
  expect(isNothingRun(patch, 'online_pages', 'v5.17')).toBe(true);
});

test('branches inside of a line are told where the rest of it ran', () => {
  const { patch } = loaded(`const patch = { id: 'a/b', wraps: { online_pages: (next) => (k, pfn) =>
    pfn > 3 ? (pfn, -16) : pfn > 2 && k.x(pfn) || next(k, pfn ?? 1) } };`);
  const call = (patch.wraps?.online_pages as unknown as (next: unknown) =>
    (k: unknown, pfn: number) => number)((_k: unknown, n: number) => n);
  const told = (): readonly string[] => notRun(patch, 'v5.17', { parts: true });
  expect(call({ x: () => 0 }, 2)).toBe(2);
  expect(told()).toEqual([expect.stringMatching(/:2 ran and never came to {2}pfn, -16 {2}there/)]);
  expect(call({}, 4)).toBe(-16);
  expect(told()).toEqual(
    [expect.stringMatching(/:2 ran and never came to {2}k\.x\(pfn\) {2}there/)]);
  expect(call({ x: () => 5 }, 3)).toBe(5);
  expect(told()).toEqual([]);
  expect(notRun(patch, 'v5.17')).toEqual([]);
  expect(isNothingRun(patch, 'online_pages', 'v5.17')).toBe(false);
});

test('in a new body the lines of the model are no change', () => {
  const body = functions.managed_zone.toString().replace(/^function /, '');
  expect(body).toContain('return');
  const { patch } = loaded(`const patch = { id: 'a/b', replaces: {
    ${body.replace('{', `{ if (zone === undefined) {
      zone.spanned_pages = 0; }`)} } };`);
  const call = patch.replaces?.managed_zone as unknown as (k: null, zone: object) => boolean;
  call(null, { managed_pages: 1 });
  expect(notRun(patch, 'v7.3')).toEqual([expect.stringMatching(/:3 never ran/)]);
  expect(isNothingRun(patch, 'managed_zone', 'v7.3')).toBe(false);
});

test('where a line of the model is gone, its neighbours have to run, and nothing else', () => {
  const body = functions.clear_hwpoisoned_pages.toString().replace(/^function /, '');
  expect(body).toContain('hwpoison.delete(pfn);');
  const { patch } = loaded(`const patch = { id: 'a/b', replaces: {
    ${body.replace('hwpoison.delete(pfn);', '')} } };`);
  expect(notRun(patch, 'v6.1')).toEqual([expect.stringMatching(/never ran/)]);
  const call = patch.replaces?.clear_hwpoisoned_pages as unknown as (
    k: object, start: number, nr: number) => void;
  const hwpoison = new Set([7]);
  // Neither of its early returns is taken.
  call({ state: { hwpoison }, config: {}, num_poisoned_pages_sub: () => undefined }, 0, 16);
  expect([...hwpoison]).toEqual([7]);
  expect(notRun(patch, 'v6.1')).toEqual([]);
});

test('nobody sees the marks', () => {
  const lines = new ExecutedLines();
  const code = marked('const f = (k) => { return k.x(); };', 'fix.ts', lines);
  expect(code).not.toContain('{ return');
  const branch = marked('const f = (k) => k.x() ? k.y(1) : 0;', 'fix.ts', new ExecutedLines());
  expect(asWritten(branch)).toContain('=> k.x() ? k.y(1) : 0;');
  expect(asWritten(code)).toContain('{ return k.x(); }');
});
