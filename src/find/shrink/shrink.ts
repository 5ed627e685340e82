/** The smallest case that still shows what was found, for the same reason. */
import type { Case } from '../case.js';
import type { Found, Reason } from '../difference.js';
import { impossibleInCase, shownAgain, type Instruments } from '../evaluate.js';
import { shrinkRows } from './rows.js';
import { shrinkScenario } from './scenario.js';
import type { Sides } from '../sides.js';
import type { Test } from './still_shows.js';

export interface Shrunk {
  readonly case: Case;
  readonly found: Found;
  /** Cases that were tried; each is replayed once for each side. */
  readonly tests: number;
}

/** What has to be looked at to see this reason again, and nothing else. */
function instrumentsFor({ kind, id }: Reason, { probes, invariants }: Instruments): Instruments {
  if (kind === 'violates') {
    return { probes: probes.filter((one) => one.kind === 'fault'),
      invariants: invariants.filter((one) => one.id === id) };
  }
  if (kind === 'fault') {
    return { probes: probes.filter((one) => one.kind === 'fault'), invariants: [] };
  }
  return { probes, invariants };
}

/** `first`: what the case shows as it is. */
export function shrinkCase(
  given: Case, first: Found, sides: Sides, all: Instruments,
): Shrunk {
  const instruments = instrumentsFor(first.reason, all);
  // A recording can have pages that its kernel got by no event: what is left of it may, too.
  const impossible = impossibleInCase(given, sides);
  const allowed = impossible === 'callers' ? 'all' : impossible;
  let tests = 0;
  let last = first;
  const test: Test<Case> = (one) => {
    tests += 1;
    const found = shownAgain(one, first, sides, instruments, allowed);
    if (found !== undefined) last = found;
    return found;
  };
  const smallest = given.kind === 'rows' ? shrinkRows(given, first, test)
    : shrinkScenario(given, test);
  // Said with all that can be seen of it.
  const shown = shownAgain(smallest, first, sides, all, allowed);
  return { case: smallest, found: shown ?? last, tests };
}
