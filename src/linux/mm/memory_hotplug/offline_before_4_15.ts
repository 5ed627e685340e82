/** mm/memory_hotplug.c: offline_pages() gave up by itself, to v4.14. */
import type { Difference, Locals } from '../../base/difference.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import type { Zone } from '../../include/mmzone.js';
import { mightSleep } from '../../base/wait.js';
import { EAGAIN, EBUSY } from '../../include/errno.js';
import { offline_before_5_11 } from './offline_before_5_13.js';

/** What memory_subsys_offline() gave it, ns: 120 s. */
const TIMEOUT_NS = 120e9;

/** So many passes may fail to take pages off their lists. */
const RETRY_MAX = 5;

/** Why no further pass is made, a negative errno; 0: one is. */
function givesUp(k: Kernel, local: Locals): number {
  if (!k.config.offline_gives_up) return 0;
  if (local.refused !== undefined) return local.refused;
  const now_ns = k.ktime_get();
  local.expires ??= now_ns + TIMEOUT_NS;
  return now_ns > local.expires ? -EAGAIN : 0;
}

function* drain(k: Kernel, zone: Zone): Preempt<void> {
  yield* k.lru_add_drain_all();
  yield* k.drain_all_pages(zone);
}

/**
 * Lists are emptied when a pass has moved pages, and before the last look; pages that are not free
 * then, the fifth page that cannot be taken off its list, and two minutes end it.
 */
export const offline_before_4_15: Difference = {
  ...offline_before_5_11,
  around: {
    offline_pages: {
      * cond_resched(next, k, { caller: [, , zone], local }) {
        yield* next();
        if (local.drain === 1 || !k.config.offline_gives_up) yield* drain(k, zone);
      },
      scan_movable_pages(next, k, { local }) {
        const error = givesUp(k, local);
        return error === 0 ? next() : error;
      },
      * do_migrate_range(next, k, { args: [start, end], local }) {
        if (k.range_stops_migration(start, end)) local.failed = (local.failed ?? 0) + 1;
        if (local.failed === RETRY_MAX) local.refused = -EBUSY;
        local.drain = 1;
        yield* next();
      },
      * dissolve_free_hugetlb_folios(next, k, { caller: [, , zone] }) {
        if (k.config.offline_gives_up) yield* drain(k, zone);
        return yield* next();
      },
      * test_pages_isolated(next, _k, { local }) {
        const ret = yield* mightSleep(next());
        if (ret !== 0) local.refused = -EBUSY;
        return ret;
      },
    },
  },
};
