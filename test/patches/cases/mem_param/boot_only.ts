import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'mem_param/boot_only',
  subject: '[PATCH v3] mm/hotplug: Only respect mem= parameter during boot stage',
  author: 'Baoquan He, 2020-02-04',
  link: 'https://lore.kernel.org/r/20200204050643.20925-1-bhe@redhat.com',
  released: 'v5.7 -',
  base: 'v5.4',
  doc: 'mem= bounds what is added while the system boots; a DIMM that comes later is wanted.',
  wraps: {
    register_memory_resource: (next) => (k, start, nr_pages) => {
      const { boot, system_state } = k.state;
      const kept = boot.max_mem_size;
      if (system_state === 'running') boot.max_mem_size = Infinity;
      const error = next(k, start, nr_pages);
      boot.max_mem_size = kept;
      return error;
    },
  },
});
