import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'xen_blocks/whole',
  subject: 'xen/balloon: add whole memory blocks',
  author: 'derived, never posted',
  link: '',
  base: 'v6.12',
  doc: 'What is added is as large as memory blocks are, where they are larger than sections.',
  around: {
    reserve_additional_memory: {
      additional_memory_resource(next, k, { local }) {
        const size = k.machine.pages_per_block;
        local.start = Math.ceil(next() / size) * size;
        return local.start;
      },
      register_memory_resource: (next, k, { args: [start] }) =>
        next(start, k.machine.pages_per_block),
      * add_memory_resource(next, k, { args: [nid, start, , flags, type] }) {
        return yield* next(nid, start, k.machine.pages_per_block, flags, type);
      },
    },
  },
});
