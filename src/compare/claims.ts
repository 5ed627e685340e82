/** What the authors of patches claim, held against what was seen. */
import { ABSENT } from '../observe/observation.js';
import type { Trace } from '../trace/trace.js';
import { type ClaimResult, OF_TRACE } from './comparison.js';
import type { Events } from './events.js';
import type { ModelRun, RunClaim } from './run.js';
import type { InvariantNote } from './verdict/finding.js';

/** Row at which the claim was first broken; undefined: it holds. */
function brokenAt(run: ModelRun, claim: RunClaim): number | undefined {
  const equals = claim.holds.indexOf(' = ');
  if (equals < 0) {
    return run.log.list.find((one) => one.kind === 'invariant' && one.subject === claim.holds &&
      one.value !== ABSENT)?.row;
  }
  const subject = claim.holds.slice(0, equals);
  const wanted = claim.holds.slice(equals + 3);
  const last = run.log.list.findLast((one) => one.subject === subject);
  if (last === undefined) return undefined;
  return `${last.value}` === wanted ? undefined : last.row;
}

/** What the invariants say and do, by id. */
type Notes = ReadonlyMap<string, Pick<InvariantNote, 'harm'>>;

/**
 * Could it have been broken? Of a probe's value: was it ever seen? An invariant that forbids
 * endless calls says nothing of one that no kernel could have ended yet.
 */
function isExercised(run: ModelRun, holds: string, invariants: Notes): boolean {
  const isOfEnds = invariants.get(holds)?.harm === 'loop';
  if (isOfEnds && run.refusals.some(({ ret }) => ret === undefined)) return false;
  const equals = holds.indexOf(' = ');
  if (equals < 0) return run.exercised.includes(holds);
  return run.log.list.some(({ subject }) => subject === holds.slice(0, equals));
}

/** The run has left the recorded course by this row (by its end, without one). */
function hasLeft({ held }: ModelRun, row: number | undefined): boolean {
  const first = held?.disagree[0]?.row;
  return first !== undefined && (row === undefined || first <= row);
}

/**
 * All claims that are made of this trace. `paced`: calls go as far as recorded rows say, which are
 * those of the recorded kernel.
 */
export function claimResults(
  runs: readonly ModelRun[], offset: number, trace: string, events: Events, invariants: Notes,
  paced = false,
): readonly ClaimResult[] {
  return runs.flatMap((run, index) => run.claims
    .filter((claim) => claim.on === undefined || claim.on.includes(trace))
    .map((claim): ClaimResult => {
      const { patch, text, holds } = claim;
      const result = { run: index + offset, patch, text, holds };
      const row = brokenAt(run, claim);
      if (paced && hasLeft(run, row)) {
        return { ...result, result: 'unknown' };
      }
      if (row !== undefined) return { ...result, result: 'broken', where: events.ref(row) };
      if (run.untested.includes(patch) || run.stopped !== undefined) {
        return { ...result, result: 'untested' };
      }
      return { ...result, result: isExercised(run, holds, invariants) ? 'held' : 'not exercised' };
    }));
}

/** What the trace expects is claimed of every run. */
export function claimedByTrace(
  { header }: Trace, runs: readonly ModelRun[],
): readonly ModelRun[] {
  const claims = (header.expects ?? []).map(({ name, text }) =>
    ({ patch: OF_TRACE, text, holds: name, on: undefined }));
  return claims.length === 0 ? runs
    : runs.map((run) => ({ ...run, claims: [...run.claims, ...claims] }));
}
