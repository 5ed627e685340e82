import { EBUSY, definePatch } from 'mmreplay';

export default definePatch({
  id: 'virtio_retry/merged',
  subject: '[PATCH v1 3/4] virtio-mem: keep retrying on offline_and_remove_memory() errors in ' +
    'Sub Block Mode (SBM)',
  author: 'David Hildenbrand, 2023-07-13',
  link: 'https://lore.kernel.org/r/20230713145551.2824980-4-david@redhat.com',
  released: 'v6.6 -',
  base: 'v6.1',
  doc: 'A memory block without plugged subblocks that could not be removed is tried again.',
  wraps: {
    virtio_mem_sbm_try_remove_unplugged_mb: (next) => function* (k, vm, mb_id) {
      const error = yield* next(k, vm, mb_id);
      if (error !== 0) vm.have_unplugged_mb = true;
      return error;
    },
    virtio_mem_offline_and_remove_memory: (next) => function* (k, vm, addr, size) {
      return (yield* next(k, vm, addr, size)) === 0 ? 0 : -EBUSY;
    },
  },
});
