import type { Probe } from '../probe.js';
import { faultSubject, keptText } from '../result_text.js';

const probe: Probe = {
  id: 'warnings',
  doc: 'BUGs, oopses and warnings of the modelled kernel.',
  kind: 'fault',
  sample(_k, see, { faults }) {
    for (const fault of faults) see(faultSubject(fault), keptText(fault, 'warnings'));
  },
};
export default probe;
