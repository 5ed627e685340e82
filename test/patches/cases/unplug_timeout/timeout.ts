import { ETIMEDOUT, definePatch, type Hrtimer } from 'mmreplay';

interface Timeout { timer: Hrtimer; over: boolean }
const ID = 'unplug_timeout/timeout';
const LIMIT_NS = 30e9;

export default definePatch({
  id: ID,
  subject: '[PATCH v1 3/5] mm/memory_hotplug: make offline_and_remove_memory() timeout instead ' +
    'of failing on fatal signals',
  author: 'David Hildenbrand, 2023-06-27',
  link: 'https://lore.kernel.org/r/20230627112220.229240-4-david@redhat.com',
  base: 'v6.1',
  doc: 'A driver\'s offline ends after 30 s, and no signal ends it. Raised by Michal Hocko: how ' +
    'long to wait is policy, which user space has with its signals.',
  adds: {
    state: (): Timeout => {
      const fn = (): void => { timeout.over = true; };
      const timeout: Timeout = { over: false, timer: { name: ID, fn } };
      return timeout;
    },
  },
  wraps: {
    offline_and_remove_memory: (next) => function* (k, start, nr_pages) {
      const timeout = k.state.added.get(ID) as Timeout;
      timeout.over = false;
      k.hrtimer_start(timeout.timer, LIMIT_NS);
      const error = yield* next(k, start, nr_pages);
      k.hrtimer_cancel(timeout.timer);
      return timeout.over && error !== 0 ? -ETIMEDOUT : error;
    },
  },
  substitutes: {
    offline_pages: {
      signal_pending: (k) => {
        const { timer, over } = k.state.added.get(ID) as Timeout;
        return over || (!k.hrtimer_active(timer) && k.signal_pending());
      },
    },
  },
});
