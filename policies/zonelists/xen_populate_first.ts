import { definePatch } from 'mmreplay';

/** The Xen balloon makes one page of a new zone managed before the rebuild. */
export default definePatch({
  id: 'zonelists/xen_populate_first',
  subject: '[PATCH] xen/balloon: fix page onlining when populating new zone',
  author: 'Juergen Gross, 2022-04-06',
  link: 'https://lore.kernel.org/r/20220406133229.15979-1-jgross@suse.com',
  base: 'v5.17',
  doc: 'An ordinary page goes to the balloon in exchange for the first page of the new zone. ' +
    'Raised: this works around a fault of the core. It fails with the atomic allocation, and a ' +
    'zone whose managed pages fall to 0 later is lost at the next rebuild; every other driver ' +
    'that withholds pages would need the same.',
  substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } },
  replaces: {
    xen_online_page(k, pfn, order) {
      const zone = k.page_zone(pfn);
      k.withhold_pages(pfn, 2 ** order);
      if (zone === undefined || k.populated_zone(zone) || k.managed_zone(zone)) return;
      k.pr_info('xen:balloon: Populating new zone');
      const donor = k.alloc_pages('GFP_ATOMIC', 0, k.numa_node_id());
      if (donor !== undefined) {
        k.adjust_managed_page_count(donor, -1);
      } else {
        k.pr_err('xen:balloon: Failed to allocate replacement balloon page!');
        k.pr_err('xen:balloon: New onlined memory might not be usable.');
      }
      // The frame of the donor pays for this page; without one the hypervisor refuses.
      if (donor !== undefined) k.free_reserved_page(pfn);
    },
  },
  claims: [{ text: 'A zone with free pages is in the lists of its own node.', holds: 'Z1' }],
});
