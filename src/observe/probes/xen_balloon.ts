import { wordsText } from '../../base/words.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { Probe } from '../probe.js';

const probe: Probe = {
  id: 'xen_balloon',
  doc: 'What a Xen guest has, is to have, and has memory for, in pages.',
  kind: 'state',
  sample(k: Kernel, see) {
    const { xen } = k.state;
    if (xen === undefined) return;
    see('xen balloon', wordsText([
      ['current', xen.current_pages], ['target', xen.target_pages], ['total', xen.total_pages]]));
  },
};
export default probe;
