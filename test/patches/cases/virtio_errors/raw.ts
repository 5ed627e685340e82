import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'virtio_errors/raw',
  subject: 'virtio-mem: convert most offline_and_remove_memory() errors to -EBUSY',
  author: 'David Hildenbrand, 2023-07-13',
  link: '',
  base: 'v6.12',
  doc: 'Taken back: errors are passed on as they are.',
  substitutes: {
    virtio_mem_bbm_offline_remove_and_unplug_bb: {
      virtio_mem_offline_and_remove_memory: (k, _vm, addr, size) =>
        k.offline_and_remove_memory(addr / 4096, size / 4096),
    },
  },
});
