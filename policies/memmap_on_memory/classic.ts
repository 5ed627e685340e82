import { asIn, definePatch } from 'mmreplay';

/** The memmap of hot-added memory comes from memory that is already there. */
export default definePatch({
  id: 'memmap_on_memory/classic',
  subject: '[Patch](memory hotplug) Hot-add with sparsemem-vmemmap',
  author: 'Yasunori Goto, 2007-08-17',
  link: 'https://lore.kernel.org/r/20070817155908.7D91.Y-GOTO@jp.fujitsu.com',
  released: 'v2.6.24 - v5.12',
  base: 'v6.1',
  doc: 'Each section that is added takes 512 free pages, unmovable, at the time of the add. ' +
    'Raised: a machine that gets memory because it is short of it can fail to add it; memory ' +
    'that is not online yet costs already; a new node has its memmap on another node; with ' +
    'everything movable the memmap eats the kernel zones.',
  config: asIn('v5.12', 'memmap_on_memory'),
  replaces: { mhp_supports_memmap_on_memory: () => false },
  claims: [
    { text: 'The present pages of a zone are those of its online blocks.', holds: 'M2' },
    { text: 'A block that failed to change is as it was.', holds: 'M8' },
  ],
});
