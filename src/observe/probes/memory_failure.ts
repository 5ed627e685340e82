import type { Kernel } from '../../linux/base/kernel.js';
import type { Probe } from '../probe.js';

/** Kernels that have had such a page: from then on they are told also when none is left. */
const seen = new WeakSet<Kernel>();

const probe: Probe = {
  id: 'memory_failure',
  doc: 'Pages that are out of use because their memory failed: HardwareCorrupted of /proc/meminfo.',
  kind: 'state',
  sample(k: Kernel, see) {
    if (k.state.num_poisoned_pages === 0 && !seen.has(k)) return;
    seen.add(k);
    see('poisoned pages', k.state.num_poisoned_pages);
  },
};
export default probe;
