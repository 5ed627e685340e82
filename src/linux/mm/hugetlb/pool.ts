/** mm/hugetlb.c: how many huge pages there are, by what user space writes and the command line. */
import type { HugeFolio } from '../../include/hugetlb.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EINVAL, ENOENT, ERANGE } from '../../include/errno.js';
import { NUMA_NO_NODE } from '../../include/mmzone.js';

/** Of an allocation that wants this node's memory or none. */
export const GFP_THISNODE = 'GFP_HIGHUSER_MOVABLE+__GFP_COMP+__GFP_NOWARN+__GFP_THISNODE';

/** Counts of pages are unsigned long. */
const BITS_PER_LONG = 64;
const ULONG_MAX = 2n ** BigInt(BITS_PER_LONG) - 1n;

/** A number that was ULONG_MAX has become 2 ** 64. */
const minBigInt = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The node whose turn it is, and the one after it. */
function turn(k: Kernel, next: number, nodes: ReadonlySet<number>): readonly [number, number] {
  const nid = nodes.has(next) ? next : k.next_node_in(next, nodes);
  return [nid, k.next_node_in(nid, nodes)];
}

/** @kernel mm/hugetlb.c v6.12 full */
export function hstate_next_node_to_alloc(k: Kernel, nodes: ReadonlySet<number>): number {
  const h = k.state.hugetlb;
  const [nid, next] = turn(k, h.next_nid_to_alloc, nodes);
  h.next_nid_to_alloc = next;
  return nid;
}

/** @kernel mm/hugetlb.c v6.12 full */
export function hstate_next_node_to_free(k: Kernel, nodes: ReadonlySet<number>): number {
  const h = k.state.hugetlb;
  const [nid, next] = turn(k, h.next_nid_to_free, nodes);
  h.next_nid_to_free = next;
  return nid;
}

/** Pages that do not go away when they are not used. @kernel mm/hugetlb.c v7.3 full */
export function persistent_huge_pages(k: Kernel): number {
  return k.state.hugetlb.nr_huge_pages - k.state.hugetlb.surplus_huge_pages;
}

/** A fresh huge page from the node whose turn it is, or the next one that has memory.
 * @kernel mm/hugetlb.c v7.3 full */
export function* alloc_pool_huge_folio(
  k: Kernel, nodes: ReadonlySet<number>, cpu: number,
): Preempt<HugeFolio | undefined> {
  for (let left = nodes.size; left > 0; left -= 1) {
    const nid = k.hstate_next_node_to_alloc(nodes);
    const folio = yield* k.only_alloc_fresh_hugetlb_folio(GFP_THISNODE, nid, nodes, cpu);
    if (folio !== undefined) return folio;
  }
  return undefined;
}

/** Fresh pages become free pages of the pool, the last one allocated first: each goes to the head.
 * @kernel mm/hugetlb.c v6.12 reduced: no hugetlb_free_vmemmap */
export function prep_and_add_allocated_folios(k: Kernel, folios: readonly HugeFolio[]): void {
  for (const folio of [...folios].reverse()) {
    k.__prep_account_new_huge_page(folio.nid);
    k.enqueue_hugetlb_folio(folio);
  }
}

/** The free page of the node whose turn it is leaves the pool.
 * @kernel mm/hugetlb.c v7.3 full */
export function remove_pool_hugetlb_folio(
  k: Kernel, nodes: ReadonlySet<number>, acct_surplus: boolean,
): HugeFolio | undefined {
  const h = k.state.hugetlb;
  for (let left = nodes.size; left > 0; left -= 1) {
    const nid = k.hstate_next_node_to_free(nodes);
    if (acct_surplus && (h.surplus_huge_pages_node[nid] ?? 0) === 0) continue;
    const folio = h.hugepage_freelists[nid]?.at(-1);
    if (folio === undefined) continue;
    k.remove_hugetlb_folio(folio, acct_surplus);
    return folio;
  }
  return undefined;
}

/**
 * Free pages leave the pool, those of surplus only or any, as long as there is to be one more; they
 * are freed.
 * @kernel mm/hugetlb.c v7.3 custom: remove_pool_hugetlb_folio() for each and
 *   update_and_free_pages_bulk() for all, or free_pool_huge_page() for each
 */
export function* free_pool_hugetlb_folios(
  k: Kernel, nodes: ReadonlySet<number>, acct_surplus: boolean, more: () => boolean, cpu: number,
): Preempt<void> {
  const gone: HugeFolio[] = [];
  while (more()) {
    const folio = k.remove_pool_hugetlb_folio(nodes, acct_surplus);
    if (folio === undefined) break;
    gone.push(folio);
    if (k.config.hugetlb_freed_in === 'turn') yield* freed(k, gone.splice(0), cpu);
  }
  yield* freed(k, k.config.hugetlb_freed_in === 'order' ? gone : gone.reverse(), cpu);
}

function* freed(k: Kernel, folios: readonly HugeFolio[], cpu: number): Preempt<void> {
  for (const folio of folios) {
    yield 'update_and_free_pages_bulk';
    yield* k.update_and_free_hugetlb_folio(folio, cpu);
  }
}

/** One page more, or less, counts as surplus; false: there is none that could.
 * @kernel mm/hugetlb.c v7.3 full */
export function adjust_pool_surplus(
  k: Kernel, nodes: ReadonlySet<number>, delta: 1 | -1,
): boolean {
  const h = k.state.hugetlb;
  for (let left = nodes.size; left > 0; left -= 1) {
    const nid = delta < 0 ? k.hstate_next_node_to_alloc(nodes) : k.hstate_next_node_to_free(nodes);
    const surplus = h.surplus_huge_pages_node[nid] ?? 0;
    const found = delta < 0 ? surplus > 0 : surplus < (h.nr_huge_pages_node[nid] ?? 0);
    if (!found) continue;
    k.adjust_surplus_huge_pages(nid, delta);
    return true;
  }
  return false;
}

/** Fresh pages until there are `count`, or no more can be had; false: it ended early. */
function* grow(
  k: Kernel, count: number, nodes: ReadonlySet<number>, cpu: number,
): Preempt<boolean> {
  const fresh: HugeFolio[] = [];
  let enough = true;
  while (count > k.persistent_huge_pages() + fresh.length) {
    yield 'set_max_huge_pages';
    const folio = yield* k.alloc_pool_huge_folio(nodes, cpu);
    enough = folio !== undefined && !k.signal_pending();
    if (folio !== undefined && k.config.hugetlb_added_in_bulk) fresh.push(folio);
    else if (folio !== undefined) k.prep_and_add_allocated_folios([folio]);
    if (!enough) break;
  }
  k.prep_and_add_allocated_folios(fresh);
  return enough;
}

/** Pages of the pool in use. From v6.16 on surplus pages, in use or free, are none of them. */
function notFree(k: Kernel): number {
  const { nr_huge_pages, free_huge_pages, surplus_huge_pages } = k.state.hugetlb;
  if (k.config.hugetlb_free_counted === 'all') return nr_huge_pages - free_huge_pages;
  const persistent = k.persistent_huge_pages();
  const free = free_huge_pages > persistent
    ? Math.max(free_huge_pages - surplus_huge_pages, 0) : free_huge_pages;
  return persistent - free;
}

/** Free pages that no reservation needs go back, what is in use then counts as surplus. */
function* shrink(
  k: Kernel, count: number, nodes: ReadonlySet<number>, cpu: number,
): Preempt<void> {
  const h = k.state.hugetlb;
  const least = Math.max(count, h.resv_huge_pages + notFree(k));
  yield* k.free_pool_hugetlb_folios(
    nodes, false, () => least < k.persistent_huge_pages(), cpu);
  while (count < k.persistent_huge_pages()) {
    if (!k.adjust_pool_surplus(nodes, 1)) break;
  }
}

/** What a node is asked to have, as the number of the whole pool. */
function wholeCount(k: Kernel, count: number, nid: number): number {
  const h = k.state.hugetlb;
  const surplus = h.surplus_huge_pages_node[nid] ?? 0;
  const own = h.nr_huge_pages_node[nid] ?? 0;
  const others = k.config.hugetlb_node_count === 'persistent'
    ? k.persistent_huge_pages() - (own - surplus) : h.nr_huge_pages - own;
  if (!k.config.hugetlb_node_count_wraps) return count + others;
  return Number(BigInt.asUintN(BITS_PER_LONG, minBigInt(BigInt(count), ULONG_MAX)
    + BigInt(others)));
}

/**
 * Pages are allocated, or freed, until there are `count`.
 * @kernel mm/hugetlb.c v6.12 custom: the part of set_max_huge_pages() behind the surplus pages
 */
export function* resize_hugetlb_pool(
  k: Kernel, count: number, nodes: ReadonlySet<number>, cpu: number,
): Preempt<void> {
  if (yield* grow(k, count, nodes, cpu)) yield* shrink(k, count, nodes, cpu);
  k.state.hugetlb.max_huge_pages = k.persistent_huge_pages();
}

/**
 * The pool is to have `count` pages, or the node `nid` of it.
 * @kernel mm/hugetlb.c v6.12 reduced: no resize_lock
 */
export function* set_max_huge_pages(
  k: Kernel, count: number, nid: number, nodes: ReadonlySet<number>, cpu: number,
): Preempt<number> {
  const h = k.state.hugetlb;
  const wanted = nid === NUMA_NO_NODE ? count : wholeCount(k, count, nid);
  while (h.surplus_huge_pages > 0 && wanted > k.persistent_huge_pages()) {
    if (!k.adjust_pool_surplus(nodes, -1)) break;
  }
  yield* k.resize_hugetlb_pool(wanted, nodes, cpu);
  return 0;
}

/** nr_hugepages is written, for all nodes or (sysfs, below a node) for one.
 * @kernel mm/hugetlb.c v7.3 reduced: no mempolicy */
export function* nr_hugepages_store(
  k: Kernel, value: string, nid: number, cpu: number,
): Preempt<number> {
  if (!/^\d+$/.test(value)) return -EINVAL;
  if (nid !== NUMA_NO_NODE && BigInt(value) > ULONG_MAX) return -ERANGE;
  const nodes = nid === NUMA_NO_NODE ? k.state.node_states.memory : new Set([nid]);
  return yield* k.set_max_huge_pages(Number(value), nid, nodes, cpu);
}

/** nr_overcommit_hugepages is written: how many surplus pages there may be.
 * @kernel mm/hugetlb.c v6.12 reduced: pages of 2 MiB, none is gigantic */
export function nr_overcommit_hugepages_store(k: Kernel, value: string): number {
  if (!/^\d+$/.test(value)) return -EINVAL;
  k.state.hugetlb.nr_overcommit_huge_pages = Number(value);
  return 0;
}

/** Whose pool a file of /proc/sys/vm or sysfs is about: a node, or all of them. */
const poolFile = new RegExp('/(?:proc/sys/vm|node(\\d+)/hugepages/hugepages-2048kB|' +
  'mm/hugepages/hugepages-2048kB)/nr_(overcommit_)?hugepages$');

/** The file is one that write_hugepages() knows.
 * @kernel mm/hugetlb.c v6.12 custom: as write_hugepages */
export function is_hugepages_file(_k: Kernel, file: string): boolean {
  return poolFile.test(file);
}

/** The node has files of huge pages; nr_overcommit_hugepages is of no node.
 * @kernel mm/hugetlb.c v7.3 custom: whom hugetlb_register_node() is called for; up to v6.0 a worker
 *   does so when a node gets memory, at once here */
export function node_has_hugepages_files(k: Kernel, nid: number): boolean {
  const { node_devices, node_states } = k.state;
  if (!node_devices.has(nid)) return false;
  return k.config.hugetlb_files_of === 'nodes' || node_states.memory.has(nid);
}

/**
 * A value is written to nr_hugepages or nr_overcommit_hugepages, wherever that file is.
 * @returns 0 or a negative errno; -ENOENT: a node has no such file
 * @kernel mm/hugetlb.c v6.12 custom: one way in for sysctl and sysfs
 */
export function* write_hugepages(
  k: Kernel, file: string, value: string, cpu: number,
): Preempt<number> {
  const [, node, overcommit] = poolFile.exec(file) ?? [];
  const nid = node === undefined ? NUMA_NO_NODE : Number(node);
  const isThere = nid === NUMA_NO_NODE
    || (overcommit === undefined && k.node_has_hugepages_files(nid));
  if (!isThere) return -ENOENT;
  if (overcommit !== undefined) return k.nr_overcommit_hugepages_store(value);
  return yield* k.nr_hugepages_store(value, nid, cpu);
}
