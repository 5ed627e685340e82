/** Which function of the model a name of a patch means. */
import { functionTags } from '../../linux/function_tag.js';

/** What functions were called in versions that patches were made against. */
const oldNames: Readonly<Record<string, string>> = {
  __offline_pages: 'offline_pages',
  __remove_memory: 'try_remove_memory',
  __add_memory_resource: 'add_memory_resource',
  alloc_and_dissolve_huge_page: 'alloc_and_dissolve_hugetlb_folio',
  dequeue_huge_page_node_exact: 'dequeue_hugetlb_folio_node_exact',
  dissolve_free_huge_page: 'dissolve_free_hugetlb_folio',
  dissolve_free_huge_pages: 'dissolve_free_hugetlb_folios',
  free_huge_page: 'free_huge_folio',
  free_unref_page: 'free_frozen_pages',
  free_hot_cold_page: 'free_frozen_pages',
  memmap_init_zone: 'memmap_init_range',
  move_freepages_block_isolate: 'pageblock_isolate_and_move_free_pages',
  free_area_init_nodes: 'free_area_init',
  pageblock_pfn_to_page: '__pageblock_pfn_to_page',
  zone_spanned_pages_in_node: 'calculate_node_totalpages',
  register_new_memory: 'create_memory_block_devices',
  unregister_memory_section: 'remove_memory_block_devices',
  link_mem_sections: 'register_memory_blocks_under_nodes',
  walk_memory_range: 'walk_memory_blocks',
};

export interface Named {
  /** The model's name; undefined: it has no such function. */
  readonly model: string | undefined;
  /** Why it is another one than the patch has: `is X() in the model`. */
  readonly note: string | undefined;
}

/** diff -p cuts the heading of a hunk at so many characters. */
const HEADING_MAX = 40;

/** `cut`: the name stands at the end of a heading that can have been cut. */
export function namedInModel(name: string, cut: boolean): Named {
  const names = Object.keys(functionTags());
  if (names.includes(name)) return { model: name, note: undefined };
  const old = oldNames[name];
  if (old !== undefined && names.includes(old)) {
    return { model: old, note: `${name}() is ${old}() in the model` };
  }
  const begins = cut ? names.filter((one) => one.startsWith(name)) : [];
  const [only] = begins;
  if (only !== undefined && begins.length === 1) {
    return { model: only, note: `the heading was cut: ${name}... is ${only}()` };
  }
  return { model: undefined, note: cut
    ? `a change in a function whose name begins with ${name}` : undefined };
}

/** The name in a heading `static int create_altmaps_and_memory_blo`, and whether it was cut. */
export function nameInHeading(heading: string): { name: string; cut: boolean } | undefined {
  const notFunctions = /^(?:if|while|for|switch|return|sizeof|defined|SYSCALL_DEFINE\d)$/;
  const called = /\b([A-Za-z_]\w*)\s*\(/.exec(heading)?.[1];
  if (called !== undefined) {
    return notFunctions.test(called) ? undefined : { name: called, cut: false };
  }
  const last = /\b([A-Za-z_]\w*)$/.exec(heading)?.[1];
  const isCut = heading.length >= HEADING_MAX - 1 && /^[A-Za-z_]/.test(heading);
  return last === undefined || !isCut ? undefined : { name: last, cut: true };
}
