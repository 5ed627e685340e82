/** Rows of huge pages: their pools, tasks that take them, and those that are larger than all. */
import type { Random } from '../../base/random.js';
import type { TraceRow } from '../../trace/trace.js';
import { GIGANTIC } from './edges.js';
import type { Places } from './places.js';

type Made = Omit<TraceRow, 'time_ns'>;

const POOL = 'hugepages/hugepages-2048kB';

/** One input of the pools of huge pages. */
export function hugePages(random: Random, places: Places): readonly Made[] {
  const [nid, cpu] = [places.nid(), 0];
  const file = (name: string): string => (random.oneIn(2) ? `/sys/kernel/mm/${POOL}/${name}`
    : `/sys/devices/system/node/node${nid}/${POOL}/${name}`);
  const written = (path: string, value: number): Made => (
    { event: 'write_parameter', cpu, args: `file=${path} value=${value}` });
  // The last node's memory was plugged in, and can go: its pool is worth most.
  const last = places.nodes - 1;
  const poolOfLast = (pages: number): Made => written(
    `/sys/devices/system/node/node${last}/${POOL}/nr_hugepages`, pages);
  return random.pick<() => readonly Made[]>([
    () => {
      const pages = random.pick([2, 10, 40]);
      const mapped: Made = { event: 'hugetlb_acct_memory', cpu, nid: last,
        nr_pages: random.between(1, pages) };
      const taken: Made = { event: 'hugetlb_no_page', cpu, nid: last,
        nr_pages: random.between(1, pages) };
      const shrunk = random.oneIn(2) ? [poolOfLast(random.pick([0, 1]))] : [];
      return [poolOfLast(pages), random.pick([mapped, taken]), ...shrunk];
    },
    () => [written(file('nr_hugepages'), random.pick([1, 4, 20, 0, 100]))],
    () => [written(file('nr_hugepages'), random.pick([1, 4, 20, 0, 100]))],
    () => [written('/proc/sys/vm/nr_overcommit_hugepages', random.pick([0, 8]))],
    () => [{ event: 'hugetlb_no_page', cpu, nid, nr_pages: random.between(1, 3) }],
    () => [{ event: 'free_huge_folio', cpu, nr_pages: 1 }],
    () => [{ event: 'hugetlb_acct_memory', cpu, nid,
      nr_pages: random.pick([1, 2, 3, 20]) * (random.oneIn(4) ? -1 : 1) }],
    () => [{ event: 'gigantic_page',
      pfn: Math.floor(places.anyPfn() / GIGANTIC) * GIGANTIC,
      ...(random.oneIn(2) ? { args: 'used=1' } : {}) }],
  ])();
}
