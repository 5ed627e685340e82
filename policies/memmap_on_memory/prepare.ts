import { asIn, definePatch, type Kernel, type MemoryBlock, type Preempt } from 'mmreplay';

/** Tells drivers of the memmap and of the rest of the block. */
function tell(k: Kernel, action: 'MEM_PREPARE_ONLINE' | 'MEM_FINISH_OFFLINE', block: MemoryBlock) {
  const { start_pfn, nr_pages, nr_vmemmap_pages: memmap } = block;
  return k.memory_notify(action, {
    altmap_start_pfn: start_pfn, altmap_nr_pages: memmap, start_pfn: start_pfn + memmap,
    nr_pages: nr_pages - memmap, status_change_nid: -1, status_change_nid_normal: -1,
  });
}

type Change = () => Preempt<number>;

/** Between the two notifiers the memory can be accessed. */
function* accessible(k: Kernel, block: MemoryBlock, change: Change): Preempt<number> {
  const refused = tell(k, 'MEM_PREPARE_ONLINE', block);
  if (refused !== 0) return refused;
  const error = yield* change();
  if (error !== 0) tell(k, 'MEM_FINISH_OFFLINE', block);
  return error;
}

/** Drivers make a block accessible before its memmap is touched, and may take it back after. */
export default definePatch({
  id: 'memmap_on_memory/prepare',
  subject: 'mm/memory_hotplug: introduce MEM_PREPARE_ONLINE/MEM_FINISH_OFFLINE notifiers',
  author: 'Sumanth Korikkar, 2024-01-08',
  link: 'https://git.kernel.org/linus/c5f1e2d18909',
  released: 'v6.8 - v6.18',
  base: 'v6.1',
  doc: 'On s390 standby memory is accessible only while it is online, so the memmap in it exists ' +
    'only between the two new notifiers; their range has both parts. The same release gives ' +
    'each block of a larger range its own altmap, for adding and for removing (6b8f0798b85a). ' +
    'Taken out again when s390 got files of its own to configure memory (300709fbefd1).',
  config: {
    ...asIn('v6.8', 'memmap_on_memory', 'hotplug_lock', 'hvo_excludes_altmap'),
    prepare_online: false,
  },
  wraps: {
    memory_block_online: (next) => (k, block, online_type) =>
      accessible(k, block, () => next(k, block, online_type)),
    memory_block_offline: (next) => function* (k, block) {
      const error = yield* next(k, block);
      if (error === 0) tell(k, 'MEM_FINISH_OFFLINE', block);
      return error;
    },
  },
  claims: [
    { text: 'Each change that was announced is finished, with the same range.', holds: 'M12' },
    { text: 'Spans and present pages change under mem_hotplug_lock.', holds: 'M14' },
    { text: 'A block that failed to change is as it was.', holds: 'M8' },
  ],
});
