import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'block_size/bare_metal',
  subject: '[PATCH v3] x86/mm: use max memory block size on bare metal',
  author: 'Daniel Jordan, 2020-07-14',
  link: 'https://lore.kernel.org/r/20200714205450.945834-1-daniel.m.jordan@oracle.com',
  released: 'v5.9 -',
  base: 'v5.8',
  doc: 'Without a hypervisor the size is 2 GiB whatever the end of memory is.',
  replaces: { probe_memory_block_size: () => 2 ** 31 },
});
