import { EINVAL, asIn, definePatch, type Kernel, type MemoryBlock, type Preempt } from 'mmreplay';

/** Runs the steps with mem_hotplug_lock held. */
function* locked(k: Kernel, steps: Preempt<number>): Preempt<number> {
  yield* k.mem_hotplug_begin();
  const error = yield* steps;
  k.mem_hotplug_done();
  return error;
}

type Zone = NonNullable<MemoryBlock['zone']>;

function* online(k: Kernel, block: MemoryBlock, zone: Zone): Preempt<number> {
  const { start_pfn: start, nr_pages, nr_vmemmap_pages: memmap, group } = block;
  if (memmap > 0) {
    const failed = k.mhp_init_memmap_on_memory(start, memmap, zone);
    if (failed !== 0) return failed;
    yield 'online_pages';
  }
  const error = yield* k.online_pages(start + memmap, nr_pages - memmap, zone, group);
  if (error !== 0) {
    if (memmap > 0) k.mhp_deinit_memmap_on_memory(start, memmap);
    return error;
  }
  if (memmap > 0) k.adjust_present_page_count(zone, group, memmap, start);
  block.zone = zone;
  return 0;
}

function* offline(k: Kernel, block: MemoryBlock, zone: Zone): Preempt<number> {
  const { start_pfn: start, nr_pages, nr_vmemmap_pages: memmap, group } = block;
  if (memmap > 0) k.adjust_present_page_count(zone, group, -memmap, start);
  const error = yield* k.offline_pages(start + memmap, nr_pages - memmap, zone, group);
  if (error !== 0) {
    if (memmap > 0) k.adjust_present_page_count(zone, group, memmap, start);
    return error;
  }
  if (memmap > 0) k.mhp_deinit_memmap_on_memory(start, memmap);
  block.zone = undefined;
  return 0;
}

/** As merged, with mem_hotplug_lock around all of it. */
export default definePatch({
  id: 'memmap_on_memory/locked',
  subject: 'mm/memory_hotplug: add missing mem_hotplug_lock',
  author: 'Sumanth Korikkar, 2023-11-20',
  link: 'https://git.kernel.org/linus/001002e73712',
  released: 'v6.7 -, v6.6.7, v6.1.72',
  base: 'v6.1',
  doc: 'Giving the memmap to the zone, counting it and taking it back happen under ' +
    'mem_hotplug_lock too, which online_pages() and offline_pages() took for themselves before. ' +
    'Device memory that is mapped meanwhile waits, where both could read the old span of the ' +
    'node and the later writer won.',
  config: asIn('v6.1.72', 'memmap_on_memory', 'hotplug_lock', 'prepare_online'),
  replaces: {
    memory_block_online(k, block, online_type) {
      const { start_pfn, nr_pages, nid, group } = block;
      const zone = k.zone_for_pfn_range(online_type, nid, group, start_pfn, nr_pages);
      return locked(k, online(k, block, zone));
    },
    * memory_block_offline(k, block) {
      const zone = k.config.memory_block_zone ? block.zone : k.page_zone(block.start_pfn);
      return zone === undefined ? -EINVAL : yield* locked(k, offline(k, block, zone));
    },
  },
  claims: [
    { text: 'Spans and present pages change under mem_hotplug_lock.', holds: 'M14' },
    { text: 'The present pages of a zone are those of its online blocks.', holds: 'M2' },
    { text: 'A block that failed to change is as it was.', holds: 'M8' },
  ],
});
