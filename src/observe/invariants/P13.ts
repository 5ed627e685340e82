import type { Invariant } from '../invariant.js';

const invariant: Invariant = {
  id: 'P13',
  broken: 'LRU caches left off',
  doc: 'The per-cpu caches before the LRU lists are off only while somebody takes memory offline ' +
    'or allocates a range.',
  functions: ['offline_pages', '__alloc_contig_migrate_range', 'lru_cache_disable'],
  begin(k) {
    let running = 0;
    let wasOff = false;
    return {
      entered(fn) {
        if (fn === 'lru_cache_disable') wasOff = true;
        else running += 1;
      },
      left(fn) {
        if (fn !== 'lru_cache_disable') running -= 1;
      },
      // Up to v5.12 an offline leaves them on.
      isExercised: () => wasOff,
      * violations() {
        const { lru_disable_count } = k.state;
        if (lru_disable_count > running) {
          yield 'the caches before the LRU lists stay off, for good: ' +
            `lru_disable_count is ${lru_disable_count}`;
        } else if (lru_disable_count < 0) {
          yield `lru_disable_count is ${lru_disable_count}: more often enabled than disabled`;
        }
      },
    };
  },
};
export default invariant;
