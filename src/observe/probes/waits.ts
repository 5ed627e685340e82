import type { Probe } from '../probe.js';
import { seconds } from '../result_text.js';

const probe: Probe = {
  id: 'waits',
  doc: 'How long each input waited for which locks, by the clock of the trace.',
  kind: 'result',
  sample(_k, see, { result }) {
    const waits = result?.waits ?? [];
    if (waits.length === 0) return;
    see('waited', waits.map(({ lock, ns }) => `${seconds(ns)} for ${lock}`).join(', '));
  },
};
export default probe;
