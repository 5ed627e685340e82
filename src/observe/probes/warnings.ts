import type { Probe } from '../probe.js';
import { faultSubject } from '../result_text.js';

const probe: Probe = {
  id: 'warnings',
  doc: 'BUGs, oopses and warnings of the modelled kernel.',
  kind: 'fault',
  sample(_k, see, { faults }) {
    for (const fault of faults) see(faultSubject(fault), fault.text);
  },
};
export default probe;
