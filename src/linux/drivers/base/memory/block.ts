/** drivers/base/memory.c: a memory block goes online and offline; its sysfs files. */
import type { Kernel, Preempt } from '../../../base/kernel.js';
import { EBUSY, EHWPOISON, EINVAL } from '../../../include/errno.js';
import {
  NUMA_NO_NODE, PAGES_PER_SECTION, ZONE_MOVABLE, pageblock_nr_pages, type MemoryBlock,
  type NotifierArg, type OnlineType, type Zone,
} from '../../../include/mmzone.js';
import { isDefaultWord } from '../../../base/online_words.js';
import { underHotplugLock } from '../../../base/under_lock.js';
import { pfn_to_section_nr } from '../../../include/sections.js';

/** What notifiers are told of a block that becomes accessible: its memmap and the rest. */
function both_parts(block: MemoryBlock): NotifierArg {
  return {
    altmap_start_pfn: block.start_pfn,
    altmap_nr_pages: block.nr_vmemmap_pages,
    start_pfn: block.start_pfn + block.nr_vmemmap_pages,
    nr_pages: block.nr_pages - block.nr_vmemmap_pages,
    status_change_nid: NUMA_NO_NODE, status_change_nid_normal: NUMA_NO_NODE,
  };
}

/** The memmap of the block, then the rest of it. */
function* online_parts(k: Kernel, block: MemoryBlock, zone: Zone): Preempt<number> {
  const { start_pfn, nr_pages, nr_vmemmap_pages: nr_vmemmap, group } = block;
  if (nr_vmemmap > 0) {
    const error = k.mhp_init_memmap_on_memory(start_pfn, nr_vmemmap, zone);
    if (error !== 0) return error;
  }
  const error = yield* k.online_pages(
    start_pfn + nr_vmemmap, nr_pages - nr_vmemmap, zone, group);
  if (error !== 0) {
    if (nr_vmemmap > 0) k.mhp_deinit_memmap_on_memory(start_pfn, nr_vmemmap);
    return error;
  }
  // Last: by now the zone is populated and has its own per-cpu lists.
  if (nr_vmemmap > 0) k.adjust_present_page_count(zone, group, nr_vmemmap, start_pfn);
  block.zone = zone;
  return 0;
}

/** The block becomes accessible, goes online, or is inaccessible again. */
function* prepare_and_online(k: Kernel, block: MemoryBlock, zone: Zone): Preempt<number> {
  const refused = k.memory_notify('MEM_PREPARE_ONLINE', both_parts(block));
  if (refused !== 0) return refused;
  const error = yield* online_parts(k, block, zone);
  if (error !== 0) k.memory_notify('MEM_FINISH_OFFLINE', both_parts(block));
  return error;
}

/** @kernel drivers/base/memory.c v7.3 full */
export function memblk_nr_poison(k: Kernel, { start_pfn, nr_pages }: MemoryBlock): number {
  let pages = 0;
  for (const pfn of k.state.hwpoison) {
    if (pfn >= start_pfn && pfn < start_pfn + nr_pages) pages += 1;
  }
  return pages;
}

/** The block of a page, of which the reference stays up to v7.0 (`poison_keeps_block`). */
function countPoison(k: Kernel, pfn: number): void {
  const block = k.find_memory_block(pfn);
  if (block !== undefined && !k.config.poison_keeps_block) k.put_device(block);
}

/** The page's memory block has one more that cannot be used: memblk_nr_poison() counts them.
 * @kernel drivers/base/memory.c v7.3 full */
export function memblk_nr_poison_inc(k: Kernel, pfn: number): void {
  countPoison(k, pfn);
}

/** @kernel drivers/base/memory.c v7.3 full; as memblk_nr_poison_inc() */
export function memblk_nr_poison_sub(k: Kernel, pfn: number, _count: number): void {
  countPoison(k, pfn);
}

/**
 * All sections of the block have a memmap, or it cannot go online (to v5.6).
 * @kernel drivers/base/memory.c v5.6 reduced: sections that are online already are not looked for
 */
export function pages_correctly_probed(k: Kernel, { start_pfn, nr_pages }: MemoryBlock): boolean {
  for (let pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += PAGES_PER_SECTION) {
    if (k.pfn_valid(pfn)) continue;
    k.WARN('pages_correctly_probed', '!pfn_valid(pfn)');
    return false;
  }
  return true;
}

/** @returns 0 or a negative errno @kernel drivers/base/memory.c v7.3 full */
export function* memory_block_online(
  k: Kernel, block: MemoryBlock, online_type: OnlineType,
): Preempt<number> {
  if (k.config.poisoned_blocks_refused && k.memblk_nr_poison(block) > 0) return -EHWPOISON;
  if (k.config.online_checks_sections && !k.pages_correctly_probed(block)) return -EBUSY;
  const zone = k.zone_for_pfn_range(
    online_type, block.nid, block.group, block.start_pfn, block.nr_pages);
  const parts = k.config.prepare_online ? prepare_and_online : online_parts;
  const steps = () => parts(k, block, zone);
  return yield* k.config.hotplug_lock === 'block' ? underHotplugLock(k, steps) : steps();
}

/** The rest of the block, then its memmap. */
function* offline_parts(k: Kernel, block: MemoryBlock, zone: Zone): Preempt<number> {
  const { start_pfn, nr_pages, nr_vmemmap_pages: nr_vmemmap, group } = block;
  // First: a zone whose last block this is must count as empty in offline_pages().
  if (nr_vmemmap > 0) k.adjust_present_page_count(zone, group, -nr_vmemmap, start_pfn);
  const error = yield* k.offline_pages(start_pfn + nr_vmemmap, nr_pages - nr_vmemmap, zone, group);
  if (error !== 0) {
    if (nr_vmemmap > 0) k.adjust_present_page_count(zone, group, nr_vmemmap, start_pfn);
    return error;
  }
  if (nr_vmemmap > 0) k.mhp_deinit_memmap_on_memory(start_pfn, nr_vmemmap);
  block.zone = undefined;
  if (k.config.prepare_online) k.memory_notify('MEM_FINISH_OFFLINE', both_parts(block));
  return 0;
}

/** @returns 0 or a negative errno @kernel drivers/base/memory.c v7.3 full */
export function* memory_block_offline(k: Kernel, block: MemoryBlock): Preempt<number> {
  const zone = k.config.memory_block_zone ? block.zone : k.page_zone(block.start_pfn);
  if (zone === undefined) return -EINVAL;
  const steps = () => offline_parts(k, block, zone);
  // The lock of memory hotplug can take a while to get.
  yield 'mem_hotplug_begin';
  return yield* k.config.hotplug_lock === 'block' ? underHotplugLock(k, steps) : steps();
}

/**
 * `valid_zones` as it is read: the zone of an online block, else the default zone and then the
 * others that it could go to. To v4.16 the struct pages of offline blocks are asked too.
 * @kernel drivers/base/memory.c v6.12 full
 */
export function valid_zones_show(k: Kernel, block: MemoryBlock): string {
  const { start_pfn, nr_pages, group } = block;
  const { memory_block_zone, valid_zones_by } = k.config;
  let { nid } = block;
  if (block.state === 'online' || valid_zones_by === 'memmap') {
    const zone = memory_block_zone
      ? block.zone
      : k.test_pages_in_a_zone(start_pfn, start_pfn + nr_pages);
    if (block.state === 'online' || zone === undefined) return zone?.name ?? 'none';
    nid = k.pfn_to_nid(start_pfn);
  }
  const zone = k.zone_for_pfn_range('online', nid, group, start_pfn, nr_pages);
  const names: string[] = [zone.name];
  for (const type of ['online_kernel', 'online_movable'] as const) {
    const allowed = k.zone_for_pfn_range(type, nid, group, start_pfn, nr_pages);
    if (allowed !== zone) names.push(allowed.name);
  }
  return names.join(' ');
}

/** Does a pageblock of the range look as if it could not be emptied? */
function looksUnmovable(k: Kernel, start_pfn: number, end_pfn: number): boolean {
  for (let pfn = start_pfn; pfn < end_pfn; pfn += pageblock_nr_pages) {
    const zone = k.page_zone(pfn);
    if (zone === undefined || !k.zone_spans_pfn(zone, pfn)) return true;
    if (k.has_unmovable_pages(pfn, pfn + pageblock_nr_pages) !== undefined) return true;
  }
  return false;
}

/** is_mem_section_removable(): may the section go? Its zone ends the look where it ends (v5.1). */
function sectionRemovable(k: Kernel, start_pfn: number): boolean {
  const first = k.page_zone(start_pfn);
  const section_end = start_pfn + PAGES_PER_SECTION;
  const clipped = first !== undefined && k.config.zone_test_spans;
  const end = clipped ? Math.min(section_end, k.zone_end_pfn(first)) : section_end;
  return !looksUnmovable(k, start_pfn, end);
}

/**
 * `removable` as it is read: that memory can be removed at all or, before, what the pages of an
 * online block's present sections look like. undefined: pages of the kernel's own decide, of which
 * the model knows nothing.
 * @kernel drivers/base/memory.c v7.3 full
 */
export function removable_show(k: Kernel, block: MemoryBlock): string | undefined {
  if (k.config.removable_by === 'option' || block.state !== 'online') return '1';
  let known = k.state.pages !== undefined || k.config.movable_zone_trusted;
  const end = block.start_pfn + block.nr_pages;
  for (let pfn = block.start_pfn; pfn < end; pfn += PAGES_PER_SECTION) {
    if (!k.state.sections.present(pfn_to_section_nr(pfn))) continue;
    if (!sectionRemovable(k, pfn)) return '0';
    known &&= k.state.pages !== undefined || k.page_zone(pfn)?.index === ZONE_MOVABLE;
  }
  return known ? '1' : undefined;
}

/** `state` as it is read. @kernel drivers/base/memory.c v7.3 full */
export function state_show(_k: Kernel, block: MemoryBlock): string {
  return block.state;
}

/** A word is written to auto_online_blocks. @returns 0 or -EINVAL
 * @kernel drivers/base/memory.c v7.3 full */
export function auto_online_blocks_store(k: Kernel, word: string): number {
  const type = k.mhp_online_type_from_str(word);
  if (type === undefined || !isDefaultWord(k, word)) return -EINVAL;
  k.mhp_parameters().default_online_type = type;
  return 0;
}
