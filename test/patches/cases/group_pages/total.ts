import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'group_pages/total',
  subject: 'dax/kmem: Pass valid argument to memory_group_register_static',
  author: 'Tarun Sahu, 2023-06-21',
  link: '',
  base: 'v6.6',
  doc: 'Taken back: the group is told bytes where it wants pages.',
  around: {
    dev_dax_kmem_probe: {
      memory_group_register_static: (next, _k, { args: [nid, pages] }) => next(nid, pages * 4096),
    },
  },
});
