import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'mirror/cut_to_node',
  subject: '[PATCH V2] mem-hotplug: fix node spanned pages when we have a node with only ' +
    'ZONE_MOVABLE',
  author: 'Linxu Fang, 2019-03-20',
  link: '',
  base: 'v5.0',
  doc: 'A zone is cut to its node first.',
  replaces: {
    zone_range_in_node(k, nid, zone, node_start_pfn, node_end_pfn) {
      const { boot } = k.state;
      const low = boot.arch_zone_lowest_possible_pfn[zone] ?? 0;
      const high = boot.arch_zone_highest_possible_pfn[zone] ?? 0;
      const cut = (pfn: number): number => Math.min(Math.max(pfn, low), high);
      const [start, end] = k.adjust_zone_range_for_zone_movable(nid, zone, node_end_pfn,
        [cut(node_start_pfn), cut(node_end_pfn)]);
      if (end < node_start_pfn || start > node_end_pfn) return [node_start_pfn, node_start_pfn];
      return [Math.max(start, node_start_pfn), Math.min(end, node_end_pfn)];
    },
  },
});
