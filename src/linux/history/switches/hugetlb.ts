/** Version switches of huge pages (hugetlb). */
import { since } from '../since.js';

export const hugetlb = {
  hugetlb_in_use_is_busy: since({ 'v4.13': false, 'v5.2': true },
    'Dissolving the huge pages of a range fails at one that is in use, or passes it over.',
    { 'v5.2': 'faf53def3b14' }),
  hugetlb_isolated_taken: since({ 'v4.13': true, 'v6.14': false },
    'A free huge page in an isolated pageblock is given to whoever asks, or left there.'),
  hugetlb_dissolves_surplus: since({ 'v4.13': false, 'v6.14': true },
    'A page that is dissolved on a node with surplus pages was one of them.'),
  hugetlb_limit_kept: since({ 'v4.13': false, 'v7.2': true },
    'A page that is dissolved as a surplus one leaves what was asked for (nr_hugepages) as it is.'),
  hugetlb_added_in_bulk: since({ 'v4.13': false, 'v6.7': true },
    'Pages are allocated before the first of them is in the pool.'),
  hugepages_by_node: since({ 'v4.13': 'unknown', 'v5.16': 'stops', 'v5.19': 'all_or_none' },
    '`hugepages=0:10,5:10` is read as the number in front, or node by node; where one is wrong, ' +
    'the nodes before it keep their pages, or nobody gets any.'),
  hugetlb_boot_threads: since({ 'v4.13': 'one', 'v6.9': 'by_nodes', 'v6.15': 'by_cpus' },
    'The pool of the command line is allocated by one thread, by two for each node with memory, or '
    + 'by one for each four CPUs, unless hugepage_alloc_threads= says how many; each begins at the '
    + 'first node.',
    { 'v6.15': '71f745688985' }),
  hugetlb_files_of: since({ 'v4.13': 'nodes_with_memory', 'v6.1': 'nodes' },
    'Which nodes have files of huge pages in sysfs: those with memory, or all that are registered.',
    { 'v6.1': 'a4a00b451ef5' }),
  hugetlb_node_count_wraps: since({ 'v4.13': true, 'v5.1': false },
    'What is written for one node and what the others have add up past ULONG_MAX, and begin at 0 ' +
    'again; or they are as many as there can be.', { 'v5.1': 'fd875dca7c71' }),
  hugetlb_node_count: since({ 'v4.13': 'all', 'v6.7': 'persistent' },
    'What is written for one node counts its surplus pages too, or not.'),
  hugetlb_free_counted: since({ 'v4.13': 'all', 'v6.16': 'persistent' },
    'Fewest pages that a smaller pool keeps: what is reserved and all that is not free, or of ' +
    'those without what is surplus.'),
  hugetlb_migrates_past_limit: since({ 'v4.13': false, 'v4.16': true },
    'A huge page that moves may get a fresh one whatever nr_overcommit_hugepages.'),
  hugetlb_freed_late: since({ 'v4.13': false, 'v5.14': true },
    'A huge page whose struct pages were freed is freed by a worker where nobody may wait.'),
  hugetlb_optimize_sysctl: since({ 'v4.13': false, 'v5.19': true },
    'vm.hugetlb_optimize_vmemmap turns the freeing of struct pages on and off.'),
  vmemmap_head_moves: since({ 'v4.13': false, 'v6.2': true },
    'A huge page whose struct pages are freed gets a fresh page for the first of them.',
    { 'v6.2': '11aad2631bf7' }),
  hugetlb_waited_for: since({ 'v4.13': false, 'v6.14': true },
    'Whoever tests that pages are isolated waits for huge pages that are freed late.'),
  gigantic_found_by: since({ 'v4.13': 'head', 'v5.0': 'any' },
    'Whoever looks for pages to move finds a huge page of 1 GiB by its first page, or by any.'),
  gigantic_migratable: since({ 'v4.13': true, 'v4.19': false, 'v5.1': true },
    'Huge pages of 1 GiB count as pages that can be moved; else a range with one is refused, or ' +
    'in a ZONE_MOVABLE that is trusted nobody finds it before all else is empty.'),
  gigantic_moved: since({ 'v4.13': false, 'v5.2': true },
    'Huge pages of 1 GiB are moved out of a range that goes offline.'),
  gigantic_movable: since({ 'v4.13': false, 'v7.0': true },
    'The parameter movable_gigantic_pages lets huge pages of 1 GiB come from ZONE_MOVABLE.',
    { 'v7.0': '9e80e66ddaf7' }),
  hugetlb_surplus_on: since({ 'v4.13': 'near', 'v6.11': 'lowest', 'v6.14': 'near' },
    'Surplus pages that a reservation lacks are asked for near the task, or first of the lowest ' +
    'node with memory.'),
  hugetlb_contig_replaced: since({ 'v4.13': false, 'v6.14': true },
    'alloc_contig_range() also replaces huge pages that are free when those in use have moved.',
    { 'v6.14': '04f13d241b8b' }),
  hugetlb_contig: since({ 'v4.13': false, 'v5.13': true },
    'alloc_contig_range() replaces free huge pages and moves those in use.'),
};
