/** include/linux/mmzone.h: whether a page has a struct page, and which node that names. */
import type { Kernel } from '../../base/kernel.js';
import { readStructPage } from '../../base/struct_page.js';
import { pfn_to_section_nr } from '../sections.js';

/** The page has a memmap: in a section of boot all pages have, else those of added subsections.
 * @kernel include/linux/mmzone.h v7.3 full */
export function pfn_valid(k: Kernel, pfn: number): boolean {
  const { sections } = k.state;
  const nr = pfn_to_section_nr(pfn);
  if (!sections.present(nr)) return false;
  return !k.config.subsection_map || sections.early(nr) || sections.subsection_valid(pfn);
}

/** Largest node number that fits into page flags: what all ones read as. */
function allOnesNid(k: Kernel): number {
  return 2 ** Number(k.machine.kconfig['NODES_SHIFT'] ?? 10) - 1;
}

/** Node that the struct page names; of a page that was never initialised, what its bits say.
 * @kernel include/linux/mmzone.h v7.3 full */
export function pfn_to_nid(k: Kernel, pfn: number): number {
  const content = readStructPage(k, pfn);
  if (content.kind === 'poison') return allOnesNid(k);
  return content.kind === 'zero' ? 0 : content.nid;
}

/** The section has a memmap. @kernel include/linux/mmzone.h v7.3 full */
export function present_section_nr(k: Kernel, nr: number): boolean {
  if (!k.state.sections.test(nr)) k.state.costs.sections_tested_again += 1;
  return k.state.sections.present(nr);
}

/** The first present section behind this one, -1: none. @kernel include/linux/mmzone.h v7.3 full */
export function next_present_section_nr(k: Kernel, nr: number): number {
  for (let next = nr + 1; next <= k.state.sections.highest_present; next += 1) {
    if (k.present_section_nr(next)) return next;
  }
  return -1;
}
