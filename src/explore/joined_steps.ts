/**
 * Steps of a task that frees a page which may as well be one with the step after them: whatever
 * others do in between they could have done before. (Right movers, as Lipton's reduction has
 * them.)
 */
import type { PcpLists } from '../linux/mm/pages/zone_pages.js';
import { pagesOf } from './page_step.js';
import type { PageTask } from './window.js';

type Steps = Pick<PageTask, 'steps'>;

/** The task, or what of it is left, changes sizes of lists. */
export function writes({ steps }: Steps): boolean {
  return steps.some(({ what }) => what === 'write');
}

/**
 * The task is about to count a page on a list that is not empty. Nobody sees a difference: who
 * reads the count drains the CPU, who drains it waits.
 */
export function isCounting(task: Steps, lists: readonly PcpLists[]): boolean {
  return task.steps.every(({ cpu }) => (lists[cpu]?.count ?? 0) > 0);
}

/**
 * The task stands between finding its list full and reading `batch` (pcp_batch, before v5.9). It
 * has put its page on the list, which no test takes for free where it was or where it is, and has
 * read `high`. Others can tell, or matter to it, if they write `high` or `batch`; if the list was
 * empty before, so that a drain had passed it over; or if they use the same CPU, whose lists the
 * task has locked. Of a policy that writes sizes it is known only when it does: see
 * `World.joinedTooMuch`.
 */
export function isFlushing(
  task: Steps, others: readonly Steps[], lists: readonly PcpLists[],
): boolean {
  if (others.some(writes)) return false;
  return task.steps.every((step) => {
    const { cpu } = step;
    const pcp = lists[cpu];
    return pcp?.locked === true && pcp.count > pagesOf(step) &&
      !others.some(({ steps }) => steps.some((step) => step.cpu === cpu));
  });
}
