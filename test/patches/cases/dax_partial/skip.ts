import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'dax_partial/skip',
  subject: '[PATCH] dax/kmem: account for partial dis-contiguous resource upon removal',
  author: 'Davidlohr Bueso, 2026-02-10',
  link: 'https://lore.kernel.org/r/20260210224609.150112-1-dave@stgolabs.net',
  base: 'v6.19',
  doc: 'Ranges that were never added are not removed.',
  wraps: {
    dev_dax_kmem_remove: (next) => function* (k, name) {
      const device = k.state.dax_kmem.find((one) => one.name === name);
      if (device !== undefined) Object.assign(device, { usable: device.ranges });
      return yield* next(k, name);
    },
  },
});
