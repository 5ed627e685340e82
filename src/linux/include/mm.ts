/** include/linux/mm.h: the zone that a page names; references to folios. */
import type { Zone } from './mmzone.js';
import type { Kernel, Preempt } from '../base/kernel.js';
import { readStructPage } from '../base/struct_page.js';
import type { HugeFolio } from './hugetlb.js';

/** Zone that the struct page names; undefined: a pointer to no zone at all.
 * @kernel include/linux/mm.h v7.3 full */
export function page_zone(k: Kernel, pfn: number): Zone | undefined {
  const content = readStructPage(k, pfn);
  if (content.kind === 'poison') return undefined;
  const { nid, zone } = content.kind === 'zero' ? { nid: 0, zone: 0 } : content;
  return k.state.nodes[nid]?.node_zones[zone];
}

/**
 * A task has no more use for a huge page. Who moves it just now sees to the rest.
 * @kernel include/linux/mm.h v7.3 reduced: of huge pages, of which a task has one reference
 */
export function* folio_put(k: Kernel, folio: HugeFolio, cpu: number): Preempt<void> {
  if (folio.isolated) folio.unused = true;
  else yield* k.free_huge_folio(folio, cpu);
}
