/**
 * What the kernel's C says by a macro or an inline function that is none in the model, and what a
 * policy writes. Each is an expression, or the head of a loop, where `k`, `zone`, `pgdat`, `nid`
 * and `pfn` are what they are everywhere; '' stands for what a policy leaves out, with why.
 */
import { own } from '../../base/own.js';

interface Idiom {
  readonly write: string;
  readonly why?: string;
}

const states = 'k.state.node_states';
const locked: Idiom = { write: '', why: 'nothing else runs between two calls that sleep' };
const memory: Idiom = { write: '', why: 'objects of the model take no memory of its machine' };
const isPfn: Idiom = { write: 'pfn', why: 'a page is its pfn' };

const idioms: Readonly<Record<string, Idiom>> = {
  for_each_online_node: { write: `for (const nid of ${states}.online)` },
  for_each_node: { write: `for (const nid of ${states}.possible)` },
  for_each_online_pgdat: { write: `for (const nid of ${states}.online)`, why: 'k.NODE_DATA(nid)' },
  node_online: { write: `${states}.online.has(nid)` },
  node_possible: { write: `${states}.possible.has(nid)` },
  node_set_state: { write: `${states}.memory.add(nid)`, why: 'or normal_memory, online, cpu' },
  node_clear_state: { write: `${states}.memory.delete(nid)`, why: 'or normal_memory, online, cpu' },
  num_online_nodes: { write: `${states}.online.size` },
  nr_online_nodes: { write: `${states}.online.size` },
  num_node_state: { write: `${states}.memory.size` },
  zone_is_empty: { write: 'zone.spanned_pages === 0' },
  zone_to_nid: { write: 'zone.nid' },
  zone_idx: { write: 'zone.index' },
  page_to_nid: { write: 'k.pfn_to_nid(pfn)' },
  page_zonenum: { write: 'k.page_zone(pfn)?.index' },
  zone_managed_pages: { write: 'zone.managed_pages' },
  pgdat_end_pfn: { write: 'pgdat.node_start_pfn + pgdat.node_spanned_pages' },
  pgdat_is_empty: { write: 'pgdat.node_spanned_pages === 0' },
  pfn_to_page: isPfn, page_to_pfn: isPfn, folio_pfn: isPfn, page_folio: isPfn,
  get_pfnblock_migratetype: { write: 'k.get_pageblock_migratetype(pfn)' },
  early_pfn_valid: { write: 'k.pfn_valid(pfn)' },
  WARN_ON: { write: "k.WARN('where it is', 'what is wrong')" },
  WARN_ON_ONCE: { write: "k.WARN('where it is', 'what is wrong')" },
  BUG_ON: { write: "k.BUG('where it is', 'what is wrong')" },
  VM_BUG_ON: { write: "k.BUG('where it is', 'what is wrong')" },
  dev_warn: { write: "k.pr_warn('what it says')" },
  dev_info: { write: "k.pr_info('what it says')" },
  dev_dbg: { write: "k.pr_debug('what it says')" },
  printk: { write: "k.pr_info('what it says')" },
  spin_lock: locked, spin_unlock: locked, spin_lock_irqsave: locked, spin_unlock_irqrestore: locked,
  zone_span_writelock: locked, zone_span_writeunlock: locked, pgdat_resize_lock: locked,
  pgdat_resize_unlock: locked, smp_mb: locked, smp_wmb: locked, smp_rmb: locked,
  kmalloc: memory, kzalloc: memory, kfree: memory, kvfree: memory,
};

/** What a policy writes for it, as a sentence behind `; `; '' when nobody knows. */
export function idiomText(name: string): string {
  const idiom = own<Idiom>(idioms, name);
  if (idiom === undefined) return '';
  const { write, why } = idiom;
  if (write === '') return `; leave it out: ${why}`;
  return `; write  ${write}${why === undefined ? '' : `  (${why})`}`;
}

/** All that is written for some name, for whoever tries whether it can be. */
export const written: readonly string[] =
  [...new Set(Object.values(idioms).map(({ write }) => write).filter((text) => text !== ''))];
