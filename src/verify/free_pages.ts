/**
 * Free pages of the zones at each snapshot of a page-level recording: the model's against the
 * recorded ones, with the difference named. What stays without a name is a disagreement.
 */
import type { FreeDifference, FreePart } from '../replay/pages/free_balance.js';
import { zoneNames, type Trace } from '../trace/trace.js';
import type { FactSheet, Held } from './facts.js';

function causeText({ cause, most }: FreePart, one: FreeDifference): string {
  const { counted = 0, traced = 0 } = one.allocations ?? {};
  const unseen = `${counted - traced} allocations have no event`;
  switch (cause) {
    case 'lists': return 'moved between free and per-cpu lists while nothing was traced';
    case 'counter':
      return `kept back from the counter by CPUs, then or at the start: ${most ?? 0} at most`;
    case 'in_use': return `taken into use or freed while nothing was traced: ${unseen}`;
    case 'compacted':
      return `compaction moved others there, of which there is no event: ${most ?? 0} at most`;
    default: return 'unexplained';
  }
}

/** Per-cpu lists, when all of it was traced: of each CPU, where it is the model that decides. */
function holdLists(facts: FactSheet, place: Omit<Held, 'field'>, one: FreeDifference): void {
  if (one.listsUnexplained === undefined || one.lists === undefined) return;
  const { recorded, model } = one.lists;
  if (one.followed) {
    facts.hold({ ...place, field: 'lists_unexplained' }, 0, one.listsUnexplained, one.causes);
  } else {
    // The lists of a CPU that is offline are not printed: empty.
    const shown = model.map((_, cpu) => recorded[cpu] ?? 0);
    facts.hold({ ...place, field: 'lists' }, shown.join('/'), model.join('/'), one.causes);
  }
}

/** Pages that nothing explains; where not all was traced nobody knows what is explained. */
function holdFree(facts: FactSheet, place: Omit<Held, 'field'>, one: FreeDifference): void {
  const held = { ...place, field: 'free_unexplained' };
  if (one.parts.some(({ cause }) => cause === 'in_use' || cause === 'lists')) {
    facts.doubt('free pages at a snapshot before which not all was traced', held, one.recorded,
      one.model);
    return;
  }
  const unexplained = one.parts.filter(({ cause }) => cause === 'unexplained')
    .reduce((sum, { pages }) => sum + pages, 0);
  facts.hold(held, 0, unexplained, one.causes);
}

/** Holds them; `stepOf` is the step that a row belongs to. */
export function holdFreePages(
  facts: FactSheet, trace: Trace, differences: readonly FreeDifference[],
  stepOf: (row: number) => number,
): void {
  const [first] = differences;
  const begin = first === undefined ? -1 : snapshotEnd(trace, first.row);
  for (const one of differences) {
    // The first snapshot is where the model has its numbers from.
    if (one.row < begin) continue;
    const step = stepOf(one.row);
    const { nid, row } = one;
    const zone = zoneNames[one.zone] ?? '';
    const place = { step, row, subject: { kind: 'free_pages', nid, zone } } as const;
    holdFree(facts, place, one);
    holdLists(facts, place, one);
    facts.freePages({
      step, zone: `${nid}/${zone}`, snapshot: one.recorded, model: one.model,
      parts: one.parts.map((part) => ({ pages: part.pages, cause: causeText(part, one) })),
    });
  }
}

/** The row behind the nr_free_pages rows that begin at `row`. */
function snapshotEnd(trace: Trace, row: number): number {
  let end = row;
  while (end < trace.length && trace.event(end) === 'nr_free_pages') end += 1;
  return end;
}
