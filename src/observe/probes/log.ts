import type { Probe } from '../probe.js';

const probe: Probe = {
  id: 'log',
  doc: 'Lines of the kernel log, debug lines left out.',
  kind: 'log',
  sample(_k, see, { log }) {
    const lines = log.filter((line) => line.level !== 'debug').map((line) => line.text);
    if (lines.length > 0) see('log', lines.join('\n'));
  },
};
export default probe;
