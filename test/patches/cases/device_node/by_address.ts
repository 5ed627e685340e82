import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'device_node/by_address',
  subject: '[PATCH] device-dax: use fallback nid when numa_node is invalid',
  author: 'Jia He, 2020-07-06, by the address',
  link: '',
  base: 'v5.8',
  doc: 'A device without a node gets that of its address.',
  wraps: {
    dev_dax_kmem_probe: (next) => function* (k, device) {
      const [range] = device.ranges;
      if (device.target_node >= 0 || range === undefined) return yield* next(k, device);
      return yield* next(k, {
        ...device, target_node: k.memory_add_physaddr_to_nid(range.start_pfn),
      });
    },
  },
});
