/** mm/hugetlb.c: the pool that the command line asks for. */
import type { HugeFolio } from '../../include/hugetlb.js';
import { parameters } from '../../../base/command_line.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { atOnce } from '../../base/wait.js';
import type { Zone } from '../../include/mmzone.js';
import { GFP_THISNODE } from './pool.js';

/** What the command line asks for, of huge pages of 2 MiB. */
interface BootPool {
  readonly count: number;
  readonly nodes: ReadonlyMap<number, number>;
}

const DEFAULT_SIZE = '2M';

const noPages: BootPool = { count: 0, nodes: new Map() };

/** A part of the list that names no node that is online, or is no number; the rest of the list. */
interface Asked { readonly pool: BootPool; readonly wrong?: string }

/**
 * The node that the list names can be given pages; v5.16 to v5.18 ask for a number that is lower
 * than that of online nodes.
 */
function takesPages(k: Kernel, nid: number): boolean {
  const { online } = k.state.node_states;
  return k.config.hugepages_by_node === 'stops' ? nid < online.size : online.has(nid);
}

/** `20`, or `0:10,1:10`. */
function asked(k: Kernel, value: string): Asked {
  const nodes = new Map<number, number>();
  const pool = (): BootPool =>
    ({ count: [...nodes.values()].reduce((sum, one) => sum + one, 0), nodes });
  if (/^\d+$/.test(value) || k.config.hugepages_by_node === 'unknown') {
    return { pool: { count: Number.parseInt(value, 10) || 0, nodes } };
  }
  for (const [index, part] of value.split(',').entries()) {
    const [, nid = '', count = ''] = /^(\d+):(\d+)$/.exec(part) ?? [];
    if (nid !== '' && takesPages(k, Number(nid))) {
      nodes.set(Number(nid), Number(count));
      continue;
    }
    const rest = nid === '' ? part : part.slice(0, part.indexOf(':')) + part.slice(nid.length);
    const wrong = [rest, ...value.split(',').slice(index + 1)].join(',');
    return { pool: k.config.hugepages_by_node === 'all_or_none' ? noPages : pool(), wrong };
  }
  return { pool: pool() };
}

/** Each word of the command line that asks for huge pages of 2 MiB. */
function askedFor(k: Kernel): readonly Asked[] {
  const found: Asked[] = [];
  let size = DEFAULT_SIZE;
  for (const word of k.machine.cmdline.split(/\s+/)) {
    const [name, value = ''] = word.split('=');
    if (name === 'hugepagesz' || name === 'default_hugepagesz') size = value.toUpperCase();
    else if (name === 'hugepages' && size === DEFAULT_SIZE) found.push(asked(k, value));
  }
  return found;
}

/**
 * A second word of one size is ignored, whether or not a size stands between them; behind one that
 * is wrong the next one counts.
 */
function poolOf(words: readonly Asked[]): BootPool {
  const first = words.find(({ wrong }) => wrong === undefined) ?? words.at(-1);
  return first?.pool ?? noPages;
}

/** @kernel mm/hugetlb.c v6.12 reduced: 2 MiB only; a size or a plain number that is wrong is
 *   passed over in silence */
export function hugepages_setup(k: Kernel): BootPool {
  const words = askedFor(k);
  for (const { wrong } of words) {
    if (wrong !== undefined) k.pr_warn(`HugeTLB: Invalid hugepages parameter ${wrong}`);
  }
  return poolOf(words);
}

/**
 * Huge pages that the command line will bring to a zone: the highest of its node that has memory;
 * where no node is named each node with memory gets as many.
 * @kernel mm/hugetlb.c v7.3 custom: hugetlb_init() as if none of its allocations failed
 */
export function boot_huge_pages(k: Kernel, zone: Zone): number {
  const pool = poolOf(askedFor(k));
  const present = k.state.nodes.filter(({ node_present_pages }) => node_present_pages > 0);
  const place = present.findIndex(({ node_zones }) => node_zones.includes(zone));
  const highest = present[place]?.node_zones.findLast(({ present_pages }) => present_pages > 0);
  if (highest !== zone) return 0;
  if (pool.nodes.size > 0) return pool.nodes.get(zone.nid) ?? 0;
  const each = Math.floor(pool.count / present.length);
  return each + (place < pool.count % present.length ? 1 : 0);
}

function* bootNode(k: Kernel, nid: number, count: number): Preempt<void> {
  for (let i = 0; i < count; i += 1) {
    const { memory } = k.state.node_states;
    const folio = yield* k.alloc_fresh_hugetlb_folio(
      GFP_THISNODE, nid, memory, k.state.running_cpu);
    if (folio === undefined) break;
    k.enqueue_hugetlb_folio(folio);
  }
}

/** Chunks of a job that several threads do, each beginning at the first node. */
function chunks(count: number, threads: number, least: number): number[] {
  const workers = Math.min(Math.max(Math.floor(count / Math.max(least, 1)), 1), threads);
  if (workers === 1) return [count];
  const LOAD_BALANCE_FACTOR = 4;
  const size = Math.max(Math.floor(count / (workers * LOAD_BALANCE_FACTOR)), least, 1);
  const sizes: number[] = [];
  for (let left = count; left > 0; left -= size) sizes.push(Math.min(size, left));
  return sizes;
}

/** Threads that the command line asks for: `hugepage_alloc_threads=N`; 0: none said.
 * @kernel mm/hugetlb.c v7.3 full */
export function hugepage_alloc_threads_setup(k: Kernel): number {
  return parameters(k.machine.cmdline, 'hugepage_alloc_threads')
    .map((value) => (/^\d+$/.test(value) ? Number(value) : 0)).findLast((count) => count > 0) ?? 0;
}

/** How many threads there may be, and the fewest pages that each of them gets at a time. */
function bootThreads(k: Kernel, count: number): readonly [threads: number, least: number] {
  const per = (parts: number): number => Math.floor(count / parts);
  const nodes = k.state.node_states.memory.size;
  if (k.config.hugetlb_boot_threads === 'one') return [1, count];
  if (k.config.hugetlb_boot_threads === 'by_nodes') {
    return [nodes * 2, Math.floor(per(nodes) / 2)];
  }
  const quarter = Math.max(Math.floor(k.for_each_online_cpu().length / 4), 1);
  const threads = k.hugepage_alloc_threads_setup() || quarter;
  return [threads, per(threads)];
}

/** @kernel mm/hugetlb.c v7.3 reduced: the threads one after the other; no hugetlb_free_vmemmap,
 *   which alone makes it try again */
export function* hugetlb_pages_alloc_boot(k: Kernel, count: number): Preempt<void> {
  const { memory } = k.state.node_states;
  const h = k.state.hugetlb;
  const ofItsOwn = k.config.hugetlb_boot_threads !== 'one';
  const jobs = chunks(count, ...bootThreads(k, count));
  for (const job of jobs) {
    if (ofItsOwn) h.next_nid_to_alloc = k.next_node_in(-1, memory);
    const fresh: HugeFolio[] = [];
    for (let i = 0; i < job; i += 1) {
      const folio = yield* k.alloc_pool_huge_folio(memory, k.state.running_cpu);
      if (folio === undefined) break;
      fresh.push(folio);
    }
    k.prep_and_add_allocated_folios(fresh);
  }
}

/**
 * The pool of the command line is allocated, `hugepages=20` or `hugepages=0:10,1:10`.
 * @kernel mm/hugetlb.c v6.12 reduced: huge pages of 2 MiB only
 */
export function hugetlb_init(k: Kernel): void {
  const h = k.state.hugetlb;
  const { memory } = k.state.node_states;
  const first = k.next_node_in(-1, memory);
  h.next_nid_to_alloc = first;
  h.next_nid_to_free = first;
  const { count, nodes } = k.hugepages_setup();
  if (nodes.size > 0) for (const [nid, own] of nodes) atOnce(bootNode(k, nid, own));
  else if (count > 0) atOnce(k.hugetlb_pages_alloc_boot(count));
  if (k.config.hugetlb_boot_threads !== 'one') h.next_nid_to_alloc = first;
  h.max_huge_pages = h.nr_huge_pages;
  for (const zone of k.for_each_populated_zone()) {
    const freed = k.vmemmap_freed_pages(k.boot_huge_pages(zone));
    if (freed === 0) continue;
    k.adjust_managed_page_count(zone, freed);
    k.free_zone_pages(zone, freed);
  }
}
