/** Version switches of page lists: isolation, drains, the free path. */
import { since } from '../since.js';

export const pages = {
  reaching_over: since({ 'v4.13': 'moved', 'v6.10': 'huge_moved', 'v6.12': 'huge_passed' },
    'A folio in use that reaches over the end of an isolated range is moved at once; only a huge ' +
      'page is, or one is passed over, and others are refused.'),
  isolated_again: since({ 'v4.13': 'counted', 'v4.17': 'refused' },
    'A pageblock that somebody else has isolated is isolated once more, and whoever ends it ' +
    'first ends it for both, or is refused.', { 'v4.17': '2c7452a075d4' }),
  isolate_counts: since({ 'v4.13': false, 'v5.1': true, 'v5.10': false },
    'start_isolate_page_range() answers with the number of pageblocks, or 0.'),
  movable_zone_trusted: since({ 'v4.13': true, 'v4.17': false, 'v5.0': true },
    'has_unmovable_pages() takes what is in ZONE_MOVABLE on trust.'),
  refused_end_becomes: since({ 'v4.13': 'as_it_was', 'v6.0': 'movable' },
    'Which type the pageblock at the end of a range gets back when something reaches over it ' +
    'that cannot be moved: its own, or Movable.'),
  isolation_trusts: since(
    { 'v4.13': 'movable_blocks', 'v4.15': 'movable_zone', 'v4.17': 'nothing' },
    'Where has_unmovable_pages() looks at no page at all, reserved ones included: in pageblocks ' +
    'of type Movable and in ZONE_MOVABLE, in ZONE_MOVABLE, nowhere.'),
  movable_refusal_warns: since(
    { 'v4.13': 'nobody', 'v4.17': 'who_looks', 'v5.6': 'who_isolates', 'v5.10': 'nobody' },
    'Who warns, once, of what cannot be moved in ZONE_MOVABLE: has_unmovable_pages(), which is ' +
    'also asked where `removable` is read; set_migratetype_isolate(); nobody.'),
  unmovable_dumped: since({ 'v4.13': 'never', 'v5.0': 'always', 'v5.1': 'offline' },
    'A page that keeps a pageblock from being isolated is dumped to the log: never, whoever ' +
    'isolates, or for memory that goes offline.'),
  fresh_pages_to_tail: since({ 'v4.13': false, 'v5.10': true },
    'Memory that goes online is what the allocator gives away last, or first.',
    { 'v5.10': '7fef431be9c9' }),
  moved_to_tail: since({ 'v4.13': false, 'v5.10': true },
    'Free blocks that change their list, as move_freepages_block() does, or come back from ' +
    'isolation are what the allocator gives away last, or first.', { 'v5.10': '293ffa5ebb9c' }),
  slab_pages_frozen: since({ 'v4.13': false, 'v6.14': true },
    'Nobody holds a reference of a page of the slab allocator, so that has_unmovable_pages() ' +
    'passes over single ones.'),
  isolation_is_a_bit: since({ 'v4.13': false, 'v6.17': true },
    'A pageblock is isolated by a migratetype of its own, so that whoever ends it says which ' +
    'type the block gets, or by a bit beside its migratetype, which it keeps.'),
  isolation_test_told: since({ 'v4.13': 'of_pages', 'v5.15': 'always' },
    'test_pages_isolated() gives its event when it has looked at pages, or also when a pageblock ' +
    'was not isolated.'),
  isolate_drains: since({ 'v4.13': true, 'v5.11': false },
    'Isolating a pageblock drains the per-cpu lists of its zone.'),
  drain_remotely: since({ 'v4.13': false, 'v6.0': true },
    'A drain takes the lock of each CPU\'s lists, or queues work on each CPU.'),
  worker_drains: since({ 'v4.13': 'all_zones', 'v5.0': 'zone' },
    'The worker of a CPU empties its lists of all zones, or of the zone that is drained.'),
  drain_counts: since({ 'v4.13': 'unlocked', 'v6.11': 'locked' },
    'drain_pages_zone() reads how much is on a list of another CPU before it has the lock of the ' +
    'list, or with it.', { 'v6.11': '66eca1021a42' }),
  migratetype_cached: since({ 'v4.13': true, 'v6.10': false },
    'The migratetype that a free has read stays with the page, and is believed when the page ' +
    'leaves the per-cpu list of a zone without isolated pageblocks.'),
  large_frees_split: since({ 'v4.13': false, 'v6.12': true },
    'A block of several pageblocks is freed pageblock by pageblock, each by its type, or whole, ' +
    'by the type of the first.'),
  coalesced_types: since({ 'v4.13': 'first', 'v6.19': 'all' },
    'In __free_one_page() a free block of several pageblocks that merges with one of another ' +
    'type has the type of its first pageblock changed, or of all; on x86-64 it has one.'),
  pcp_interrupted: since({ 'v4.13': false, 'v6.2': true },
    'Interrupts come while a task has the lists of its CPU; what they free meanwhile goes past ' +
    'the lists.', { 'v6.2': '574907741599' }),
  pcp_orders: since({ 'v4.13': 'order0', 'v5.14': 'costly_and_thp' },
    'Orders that per-cpu lists hold: 0; 0 to 3 and huge pages.'),
  pcp_free: since({ 'v4.13': 'batch', 'v5.14': 'free_factor', 'v6.7': 'free_count' },
    'How many pages a full per-cpu list gives back: a batch, doubling with each time, as many as ' +
    'were freed lately.'),
  pcp_bulk: since({ 'v4.13': 'round_robin', 'v5.18': 'list_by_list' },
    'Which blocks free_pcppages_bulk() gives back: list by list, or round the lists, one more ' +
    'from a list for every empty one before it.', { 'v5.18': 'fd56eef258a1' }),
  isolated_freed_first: since({ 'v4.13': false, 'v5.14': true },
    'Of a list of pages that are freed those of isolated pageblocks go before any other, or in ' +
    'their turn.', { 'v5.14': 'df1acc856923' }),
  pcp_bulk_bounded: since({ 'v4.13': false, 'v5.9': true },
    'free_pcppages_bulk() cuts down a count above what the lists hold, or searches for ever.',
    { 'v5.9': '88e8ac11d2ea' }),
  fallback: since({ 'v4.13': 'can_steal', 'v6.15': 'claim_or_steal' },
    'Blocks of other migratetypes come from one search, or are claimed first and stolen then.',
    { 'v6.15': 'c2f6ea38fc1b' }),
  pcp_doubling_ends: since({ 'v4.13': false, 'v6.7': true },
    'What a full per-cpu list gives back stops doubling at 32 batches.',
    { 'v6.7': '52166607ecc9' }),
  pcp_free_high: since({ 'v4.13': false, 'v5.18': true },
    'Freeing a block of order 1 to 3 soon after others empties the list.',
    { 'v5.18': 'f26b3fa04611' }),
  pcp_free_high_counts_min: since({ 'v4.13': false, 'v6.16': true },
    'Blocks of order 1 to 3 empty the list once as many pages were freed in a row as a batch ' +
    'and half of high_min are, or as a batch is.', { 'v6.16': 'c544a952ba61' }),
  pcp_decays_in_batches: since({ 'v4.13': false, 'v6.19': true },
    'decay_pcp_high() gives back what is too much a batch at a time, each beginning with the ' +
    'first list.', { 'v6.19': 'fc4b909c368f' }),
  pcp_frees_in_batches: since({ 'v4.13': false, 'v6.19': true },
    'A list that is too full gives back a batch at a time, each beginning with the same list, ' +
    'and is unlocked in between.'),
  frees_without_locks: since({ 'v4.13': false, 'v6.15': true },
    'Who frees where nobody may wait puts the block on its list without a flush, or leaves it ' +
    'for the next free of the zone; before, such a free is one as any other.',
    { 'v6.15': '8c57b687e833' }),
  contig_frees_blocks: since({ 'v4.13': false, 'v7.2': true },
    'Single pages of a contiguous range that are freed together are freed as the largest blocks ' +
    'that they make up; so does vfree().'),
  migration_gives_up: since({ 'v4.13': true, 'v5.0': false },
    'A page in use that is on no LRU list, among those that are to leave a range, keeps all ' +
    'there.'),
  soft_offline_asks_online: since({ 'v4.13': false, 'v5.4': true },
    'Soft offline of a page that is not online is refused, or reads a struct page that nobody ' +
    'may have initialised.', { 'v5.4': '641fe2e9387a' }),
  soft_offline_again: since({ 'v4.13': 'busy', 'v5.10': 'done' },
    'Soft offline of a page whose memory had failed is -EBUSY, or was done.'),
  memory_failure_asks_online: since({ 'v4.13': false, 'v5.4': true },
    'An error in a page that is not online is refused, or reads a struct page that nobody may ' +
    'have initialised.', { 'v5.4': '96c804a6ae8c' }),
  memory_failure_again: since({ 'v4.13': 'done', 'v5.13': 'refused' },
    'An error in a page that had one before was done, or is -EHWPOISON.',
    { 'v5.13': '47af12bae17f' }),
  memory_failure_asks_drivers: since({ 'v4.13': false, 'v6.19': true },
    'An error in memory without struct pages is -EBUSY when no driver has mapped it (none here), ' +
    'or -ENXIO.'),
  hwpoison_pcp_disable: since({ 'v4.13': false, 'v5.11': true },
    'Getting hold of a page with bad memory switches the lists of its zone off.'),
  poisoned_page_is_kept: since({ 'v4.13': false, 'v5.10': true },
    'A page with bad memory that is freed comes to no list.', { 'v5.10': '79f5f8fab482' }),
  poisoned_taken_off: since({ 'v4.13': 'never', 'v5.10': 'soft', 'v5.11': 'always' },
    'A free page is taken off its list when its memory fails: never, when it is taken out of use ' +
    'before (soft offline), or always.'),
  taken_off_counted: since({ 'v4.13': false, 'v5.13': true },
    'NR_FREE_PAGES falls when a free page with bad memory is taken off its list.',
    { 'v5.13': 'bac9c6fa1f92' }),
  poisoned_free_page: since({ 'v4.13': 'as_it_is', 'v5.14': 'pcp_disable', 'v6.9': 'drains',
    'v7.2': 'pcp_disable' },
    'A free page with bad memory is taken off its list as it is, while the lists of its zone are ' +
    'off, or after they were drained.', { 'v5.14': '510d25c92ec4', 'v6.9': '1983184c22dd' }),
  contig_undoes_refusal: since({ 'v4.13': false, 'v5.19': true },
    'alloc_contig_range() ends the isolation of its range also where isolating it was refused: ' +
    'what somebody else had isolated is isolated no more.', { 'v5.19': 'b2c9e2fbba32' }),
  contig_isolates_largest: since({ 'v4.13': true, 'v5.19': false },
    'alloc_contig_range() isolates whole blocks of the largest order, and gives back what of ' +
    'them is not of its range.', { 'v5.19': 'b2c9e2fbba32' }),
  contig_moves_near: since({ 'v4.13': 'task', 'v5.9': 'page' },
    'Pages in use that leave the range of alloc_contig_range() go to the nearest node that has ' +
    'room, as seen from its caller or from where they are.', { 'v5.9': '19fc7bed252c' }),
  contig_drains: since({ 'v4.13': 'before_test', 'v5.1': 'never', 'v5.11': 'after_isolation' },
    'alloc_contig_range() drains the lists before its test, leaves that to isolation, or drains ' +
    'after isolation.'),
};
