import type { Probe } from '../probe.js';
import { keptText } from '../result_text.js';

const probe: Probe = {
  id: 'log',
  doc: 'Lines of the kernel log, debug lines left out.',
  kind: 'log',
  sample(_k, see, { log }) {
    const lines = log.filter((line) => line.level !== 'debug')
      .map((line) => keptText(line, 'lines'));
    if (lines.length > 0) see('log', lines.join('\n'));
  },
};
export default probe;
