/** Which changed function ran last before a divergence. */
import type { Cause } from './comparison.js';
import type { Events } from './events.js';
import type { ModelRun } from './run.js';
import type { RunIndex } from './document_parts.js';

/** Of each run that differs from the first group, what its patches had run up to this row. */
export function causesAt(
  events: Events, runs: readonly ModelRun[], offset: number, row: number,
  differing: readonly RunIndex[],
): readonly Cause[] {
  return differing.flatMap((run) => {
    const calls = runs[run - offset]?.patchedCalls ?? [];
    const last = calls.findLast((call) => call.row <= row);
    if (last === undefined) return [];
    return [{ run, fn: last.fn, patch: last.patch, event: events.ref(last.row) }];
  });
}
