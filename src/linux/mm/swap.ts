/** mm/swap.c: per-cpu caches of pages on their way to the LRU lists. */
import type { Kernel, Preempt } from '../base/kernel.js';

/** @kernel mm/swap.c v7.3 reduced: pages in LRU caches are not told from pages on LRU lists */
export function* lru_add_drain_all(_k: Kernel): Preempt<void> {
  yield 'lru_add_drain_all';
}

/**
 * From here on no CPU keeps pages back from the LRU lists, until all who said so have enabled it.
 * @kernel mm/swap.c v7.3 reduced: as lru_add_drain_all; only counted
 */
export function* lru_cache_disable(k: Kernel): Preempt<void> {
  k.state.lru_disable_count += 1;
  yield* k.lru_add_drain_all();
}

/** @kernel mm/swap.c v7.3 full */
export function lru_cache_enable(k: Kernel): void {
  k.state.lru_disable_count -= 1;
}
