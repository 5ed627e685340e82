/** Watermarks of a zoneinfo row. */
import type { WordsOf } from './row_words.js';

/**
 * /proc/zoneinfo adds the boost, which allocations and kswapd decide, to each watermark. Takes it
 * out again: what is held against the model are the watermarks themselves.
 */
export function withoutBoost(zone: WordsOf<'zoneinfo'>): WordsOf<'zoneinfo'> {
  const { boost = 0, min, low, high } = zone;
  if (boost === 0) return zone;
  const own = Object.entries({ min, low, high })
    .flatMap(([key, pages]) => (pages === undefined ? [] : [[key, pages - boost]]));
  return { ...zone, ...Object.fromEntries(own) as WordsOf<'zoneinfo'> };
}
