/** mm/sparse.c: sections and their memmap. */
import { hex } from '../../base/pfn.js';
import { EEXIST, ENOMEM } from '../include/errno.js';
import { PAGES_PER_SECTION, type VmemAltmap } from '../include/mmzone.js';
import type { Kernel } from '../base/kernel.js';
import type { PageContent } from '../include/memmap.js';
import { pfn_to_section_nr } from '../include/sections.js';

/** What a struct page holds that nobody initialised. */
function garbage(k: Kernel): PageContent {
  const poisoned = k.config.memmap_garbage === 'poisoned' && k.machine.kconfig['DEBUG_VM'] === 'y';
  return poisoned ? { kind: 'poison' } : { kind: 'zero' };
}

/**
 * Sections with RAM get a memmap and are online.
 * @kernel mm/sparse.c v7.3 reduced: subsections are filled by free_area_init()
 */
export function sparse_init(k: Kernel): void {
  const { sections, memmap } = k.state;
  let end = 0;
  const counted = k.config.memmap_counted !== 'not';
  for (const { start_pfn, end_pfn } of k.for_each_mem_pfn_range(undefined)) {
    const first = Math.max(end, pfn_to_section_nr(start_pfn));
    end = pfn_to_section_nr(end_pfn - 1) + 1;
    for (let nr = first; nr < end; nr += 1) {
      sections.set_present(nr, true);
      sections.set_online(nr, true);
    }
    memmap.set(first * PAGES_PER_SECTION, end * PAGES_PER_SECTION, garbage(k));
    if (counted) {
      const pages = k.section_nr_vmemmap_pages(start_pfn, PAGES_PER_SECTION);
      k.memmap_boot_pages_add((end - first) * pages);
    }
  }
}

/** @kernel mm/sparse.c v6.12 full */
export function subsection_map_init(k: Kernel, start_pfn: number, nr_pages: number): void {
  k.state.sections.fill_subsections(start_pfn, nr_pages);
}

/** What a struct page of hot-added memory holds until somebody initialises it. */
function added(k: Kernel, nid: number): PageContent {
  return k.config.added_pages_name_node
    ? { kind: 'init', nid, zone: 0, reserved: true, hole: false } : { kind: 'zero' };
}

/**
 * The range, within one section, gets its memmap. A section of boot memory has had one for all of
 * its pages since then.
 * @returns 0; -EEXIST: something of it (before subsections: of its section) is there already;
 *   -ENOMEM
 * @kernel mm/sparse.c v7.3 reduced: there is always memory for the map of subsections
 */
export function section_activate(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, altmap?: VmemAltmap,
): number {
  const { sections, memmap } = k.state;
  const nr = pfn_to_section_nr(start_pfn);
  const taken = k.config.subsection_map
    ? sections.has_subsection(start_pfn, nr_pages) : sections.present(nr);
  if (taken) return -EEXIST;
  sections.fill_subsections(start_pfn, nr_pages);
  const early = sections.present(nr) && sections.early(nr);
  if (early && nr_pages < PAGES_PER_SECTION) return 0;
  if (k.populate_section_memmap(start_pfn, nr_pages, nid, altmap) !== 0) {
    k.section_deactivate(start_pfn, nr_pages, altmap);
    return -ENOMEM;
  }
  if (k.config.memmap_counted === 'activated') {
    k.memmap_pages_add(k.section_nr_vmemmap_pages(start_pfn, nr_pages));
  }
  memmap.set(start_pfn, start_pfn + nr_pages, added(k, nid));
  return 0;
}

/**
 * The range, within one section, loses its memmap, and with its last range the section is gone. A
 * section of boot memory keeps its memmap until then.
 * @kernel mm/sparse.c v7.3 full
 */
export function section_deactivate(
  k: Kernel, start_pfn: number, nr_pages: number, altmap?: VmemAltmap,
): void {
  const { sections } = k.state;
  const nr = pfn_to_section_nr(start_pfn);
  const early = sections.early(nr);
  if (k.config.subsection_map && !sections.has_all(start_pfn, nr_pages)) {
    k.WARN('section_deactivate',
      `section already deactivated (${hex(start_pfn)} + ${nr_pages})`);
    return;
  }
  const empty = sections.clear_subsections(start_pfn, nr_pages);
  const kept = k.config.usage_map_kept_of === 'early' ? early : sections.usage_reserved(nr);
  if (empty && !kept) k.kfree_usage(nr);
  const whole = early && (empty || !k.config.early_memmap_freed_in_part);
  const pages = k.config.memmap_counted === 'activated'
    ? k.section_nr_vmemmap_pages(start_pfn, nr_pages) : 0;
  if (!whole) {
    if (pages > 0) k.memmap_pages_add(-pages);
    k.depopulate_section_memmap(start_pfn, nr_pages, altmap);
  } else if (empty) {
    if (pages > 0) k.memmap_boot_pages_add(-pages);
    k.free_map_bootmem(nr * PAGES_PER_SECTION);
  }
  if (empty) sections.clear(nr);
}

/**
 * The map of subsections of a section that has none left is freed. That of a section of the boot
 * lies in a page with those of others, which the slab allocator knows nothing of.
 * @kernel mm/sparse.c v6.12 custom: kfree() of mem_section_usage
 */
export function kfree_usage(k: Kernel, nr: number): void {
  if (k.state.sections.usage_reserved(nr)) {
    // It ends in kfree(), as a BUG of any driver may: the log of one is not held against this.
    k.BUG('section_deactivate', `kfree() of the usage map of section ${nr}, which is of the boot`);
  }
}

/** The memmap of a section of boot memory goes. @kernel mm/sparse.c v7.3 reduced: no page tables */
export function free_map_bootmem(k: Kernel, start_pfn: number): void {
  if (k.config.memmap_counted === 'populated') {
    k.memmap_boot_pages_add(-k.section_nr_vmemmap_pages(start_pfn, PAGES_PER_SECTION));
  }
  k.state.memmap.set(start_pfn, start_pfn + PAGES_PER_SECTION, undefined);
}

/**
 * A hot-added range, within one section, gets its memmap; nothing initialises it yet.
 * @returns 0 or a negative errno
 * @kernel mm/sparse.c v7.3 full; sparse_add_one_section() before v5.3
 */
export function sparse_add_section(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number, altmap?: VmemAltmap,
): number {
  const { sections, hwpoison } = k.state;
  const nr = pfn_to_section_nr(start_pfn);
  const early = sections.present(nr) && sections.early(nr);
  const error = k.section_activate(nid, start_pfn, nr_pages, altmap);
  if (error !== 0) return error;
  for (const pfn of hwpoison) {
    if (pfn >= start_pfn && pfn < start_pfn + nr_pages) hwpoison.delete(pfn);
  }
  const { memmap_garbage, added_pages_name_node } = k.config;
  const poisons = memmap_garbage === 'poisoned' && !added_pages_name_node;
  if (poisons) k.page_init_poison(start_pfn, nr_pages);
  sections.set_present(nr, early);
  return 0;
}

/**
 * Pages of a range that goes are no failed ones any more (to v6.1; then their block counts them).
 * @kernel mm/sparse.c v6.1 full
 */
export function clear_hwpoisoned_pages(k: Kernel, start_pfn: number, nr_pages: number): void {
  const { hwpoison } = k.state;
  if (k.config.poisoned_blocks_refused) return;
  for (const pfn of hwpoison) {
    if (pfn < start_pfn || pfn >= start_pfn + nr_pages) continue;
    hwpoison.delete(pfn);
    k.num_poisoned_pages_sub(pfn, 1);
  }
}

/** @kernel mm/sparse.c v7.3 full; sparse_remove_one_section() before v5.3 */
export function sparse_remove_section(
  k: Kernel, start_pfn: number, nr_pages: number, altmap?: VmemAltmap,
): void {
  k.clear_hwpoisoned_pages(start_pfn, nr_pages);
  k.section_deactivate(start_pfn, nr_pages, altmap);
}

/** @kernel mm/sparse.c v6.12 full */
export function online_mem_sections(k: Kernel, start_pfn: number, end_pfn: number): void {
  for (let pfn = start_pfn; pfn < end_pfn; pfn += PAGES_PER_SECTION) {
    const nr = pfn_to_section_nr(pfn);
    if (k.state.sections.present(nr)) k.state.sections.set_online(nr, true);
    else k.WARN('online_mem_sections', `section ${nr} is not valid`);
  }
}

/** @kernel mm/sparse.c v6.12 full */
export function offline_mem_sections(k: Kernel, start_pfn: number, end_pfn: number): void {
  for (let pfn = start_pfn; pfn < end_pfn; pfn += PAGES_PER_SECTION) {
    const nr = pfn_to_section_nr(pfn);
    if (k.state.sections.present(nr)) k.state.sections.set_online(nr, false);
    else k.WARN('offline_mem_sections', `section ${nr} is not valid`);
  }
}
