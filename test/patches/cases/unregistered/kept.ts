import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'unregistered/kept',
  subject: 'drivers/base/node: handle error properly in register_one_node()',
  author: 'Donet Tom, 2025-08-22',
  link: '',
  base: 'v7.3',
  doc: 'Taken back: a node that could not be registered is taken for one that was.',
  wraps: {
    __register_one_node: (next) => (k, nid) => {
      const error = next(k, nid);
      if (error !== 0) {
        k.state.node_devices.add(nid);
        k.state.node_links.set(nid, new Set());
      }
      return error;
    },
  },
});
