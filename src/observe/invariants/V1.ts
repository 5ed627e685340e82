import { onState } from '../invariant.js';

/** After an error that it does not know the driver does nothing for its device any more. */
export default onState(
  'V1',
  'virtio-mem given up',
  'No virtio-mem device is given up: its driver goes on until it has what the host wants.',
  function* (k) {
    for (const vm of k.state.virtio_mem_devices) {
      if (vm.broken) yield `${vm.name} is marked broken: what it has stays, whatever is asked`;
    }
  },
);
