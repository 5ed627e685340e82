import type { Kernel } from '../../linux/base/kernel.js';
import type { Probe } from '../probe.js';

const probe: Probe = {
  id: 'costs',
  doc: 'What the kernel did so far: rebuilds, stop_machine, blocks and pages visited, drains.',
  kind: 'cost',
  sample(k: Kernel, see) {
    for (const [name, count] of Object.entries(k.state.costs)) see(name, count);
  },
};
export default probe;
