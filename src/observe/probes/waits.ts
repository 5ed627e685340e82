import type { Probe } from '../probe.js';

/** `38.000000 s`. */
function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(6)} s`;
}

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
