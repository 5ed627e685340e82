import { MIB, PAGE_SIZE } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { Probe } from '../probe.js';

const probe: Probe = {
  id: 'block_size',
  doc: 'The size of memory blocks that the kernel chose, where blocks of the trace have another.',
  kind: 'state',
  sample(k: Kernel, see) {
    const chosen = k.state.boot.memory_block_size;
    const used = k.machine.pages_per_block * PAGE_SIZE;
    if (chosen === undefined || chosen === used) return;
    see('memory block size', `${chosen / MIB} MiB chosen; what blocks of that size do, the model ` +
      `cannot tell: those of the trace have ${used / MIB} MiB`);
  },
};
export default probe;
