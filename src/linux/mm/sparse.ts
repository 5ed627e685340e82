/** mm/sparse.c: sections and their memmap. */
import { EEXIST } from '../include/errno.js';
import { PAGES_PER_SECTION } from '../include/mmzone.js';
import type { Kernel } from '../base/kernel.js';
import type { PageContent } from '../include/memmap.js';
import { sectionOf } from '../include/sections.js';

/** What a struct page holds that nobody initialised. */
function garbage(k: Kernel): PageContent {
  const poisoned = k.config.memmap_garbage === 'poisoned' && k.machine.kconfig['DEBUG_VM'] === 'y';
  return poisoned ? { kind: 'poison' } : { kind: 'zero' };
}

/** Sections with RAM get a memmap and are online. @kernel mm/sparse.c v6.12 full */
export function sparse_init(k: Kernel): void {
  const { sections, memmap } = k.state;
  let end = 0;
  for (const { start_pfn, end_pfn } of k.for_each_mem_pfn_range(undefined)) {
    const first = Math.max(end, sectionOf(start_pfn));
    end = sectionOf(end_pfn - 1) + 1;
    for (let nr = first; nr < end; nr += 1) {
      sections.set_present(nr, true);
      sections.set_online(nr, true);
    }
    memmap.set(first * PAGES_PER_SECTION, end * PAGES_PER_SECTION, garbage(k));
  }
}

/** @kernel mm/sparse.c v6.12 full */
export function subsection_map_init(k: Kernel, start_pfn: number, nr_pages: number): void {
  k.state.sections.fill_subsections(start_pfn, nr_pages);
}

/**
 * A hot-added range, within one section, gets its memmap; nothing initialises it yet.
 * @returns 0, or -EEXIST when something of it (before subsections: of its section) is there already
 * @kernel mm/sparse.c v7.3 reduced: memory for it is always there
 */
export function sparse_add_section(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number,
): number {
  const { sections, memmap, hwpoison } = k.state;
  const nr = sectionOf(start_pfn);
  const taken = k.config.subsection_map
    ? sections.has_subsection(start_pfn, nr_pages) : sections.present(nr);
  if (taken) return -EEXIST;
  for (const pfn of hwpoison) {
    if (pfn >= start_pfn && pfn < start_pfn + nr_pages) hwpoison.delete(pfn);
  }
  const early = sections.present(nr) && sections.early(nr);
  sections.fill_subsections(start_pfn, nr_pages);
  if (!early || nr_pages === PAGES_PER_SECTION) {
    memmap.set(start_pfn, start_pfn + nr_pages, k.config.added_pages_name_node
      ? { kind: 'init', nid, zone: 0, reserved: true, hole: false } : { kind: 'zero' });
  }
  if (k.config.memmap_garbage === 'poisoned') k.page_init_poison(start_pfn, nr_pages);
  sections.set_present(nr, early);
  return 0;
}

/** The memmap of a range goes; that of a boot section stays until its last subsection goes.
 * @kernel mm/sparse.c v6.12 full */
export function sparse_remove_section(k: Kernel, start_pfn: number, nr_pages: number): void {
  const { sections, memmap } = k.state;
  const nr = sectionOf(start_pfn);
  const early = sections.early(nr);
  const empty = sections.clear_subsections(start_pfn, nr_pages);
  if (!early) memmap.set(start_pfn, start_pfn + nr_pages, undefined);
  if (!empty) return;
  memmap.set(nr * PAGES_PER_SECTION, (nr + 1) * PAGES_PER_SECTION, undefined);
  sections.clear(nr);
}

/** @kernel mm/sparse.c v6.12 full */
export function online_mem_sections(k: Kernel, start_pfn: number, end_pfn: number): void {
  for (let pfn = start_pfn; pfn < end_pfn; pfn += PAGES_PER_SECTION) {
    const nr = sectionOf(pfn);
    if (k.state.sections.present(nr)) k.state.sections.set_online(nr, true);
    else k.WARN('online_mem_sections', `section ${nr} is not valid`);
  }
}

/** @kernel mm/sparse.c v6.12 full */
export function offline_mem_sections(k: Kernel, start_pfn: number, end_pfn: number): void {
  for (let pfn = start_pfn; pfn < end_pfn; pfn += PAGES_PER_SECTION) {
    const nr = sectionOf(pfn);
    if (k.state.sections.present(nr)) k.state.sections.set_online(nr, false);
    else k.WARN('offline_mem_sections', `section ${nr} is not valid`);
  }
}
