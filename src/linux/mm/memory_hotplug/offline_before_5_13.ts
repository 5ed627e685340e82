/** mm/memory_hotplug.c: what offline_pages() did about pages that rest elsewhere, to v5.12. */
import type { Difference } from '../../base/difference.js';
import { mightSleep } from '../../base/wait.js';

/**
 * To v5.12 each pass empties the LRU caches. To v5.0 each pass empties the per-cpu lists as well,
 * in v5.9 and v5.10 each failed test does.
 */
export const offline_before_5_13: Difference = {
  substitutes: { offline_pages: { * lru_cache_disable() {}, lru_cache_enable() {} } },
  around: {
    offline_pages: {
      * cond_resched(next, k, { caller: [, , zone] }) {
        yield* next();
        yield* k.lru_add_drain_all();
        if (k.config.offline_drain_each_pass) yield* k.drain_all_pages(zone);
      },
      * test_pages_isolated(next, k, { caller: [, , zone] }) {
        const ret = yield* mightSleep(next());
        if (ret !== 0 && k.config.offline_drain_after_failed_test) yield* k.drain_all_pages(zone);
        return ret;
      },
    },
  },
};

/** To v5.10 per-cpu lists stay on as well. */
export const offline_before_5_11: Difference = {
  ...offline_before_5_13,
  substitutes: {
    offline_pages: {
      ...offline_before_5_13.substitutes?.offline_pages,
      * zone_pcp_disable() {}, zone_pcp_enable() {},
    },
  },
};
