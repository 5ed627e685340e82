/** Calls that failed, each once for each reason, with the runs in which they did not. */
import { retText } from '../observe/result_text.js';
import type { Refusal } from './comparison.js';
import type { Events } from './events.js';
import type { CallRefusal } from '../observe/refusal.js';
import type { ModelRun } from './run.js';
import type { RunIndex } from './document_parts.js';

/** The result of a call that waits, as the trace ends, for a page that nobody frees. */
export const NOT_OVER = 'not over when the trace ends';

interface Same {
  readonly refusal: CallRefusal;
  readonly runs: RunIndex[];
}

/** `results`: of each run, what each input returned, by row. */
export function refusalsOf(
  runs: readonly ModelRun[], offset: number, events: Events,
  results: readonly ReadonlyMap<number, string>[],
): readonly Refusal[] {
  const same = new Map<string, Same>();
  runs.forEach(({ refusals }, index) => {
    for (const refusal of refusals) {
      const { row, ret, fn, page } = refusal;
      const key = [row, ret, fn, page?.pfn, page?.what].join('\t');
      const one = same.get(key) ?? { refusal, runs: [] };
      one.runs.push(index + offset);
      same.set(key, one);
    }
  });
  const succeeds = (row: number): RunIndex[] => results.flatMap((byRow, index) => (
    /^\d/.test(byRow.get(row) ?? '') ? [index + offset] : []));
  return [...same.values()].sort((a, b) => a.refusal.row - b.refusal.row)
    .map(({ refusal: { row, ret, fn, why, page }, runs: refused }): Refusal => ({
      event: events.ref(row), result: ret === undefined ? NOT_OVER : retText(ret),
      runs: refused, fn, why,
      ...(page === undefined ? {} : { page }), otherwise: succeeds(row),
    }));
}
