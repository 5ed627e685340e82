import type { Probe } from '../probe.js';
import { faultSubject, retText } from '../result_text.js';

const probe: Probe = {
  id: 'result',
  doc: 'What each input returned: 0, an errno, how many pages it got, or the BUG that ended it.',
  kind: 'result',
  sample(_k, see, { result }) {
    if (result === undefined) return;
    const { ret, detail, fault } = result;
    if (fault !== undefined) see('result', faultSubject(fault));
    else if (ret !== undefined || detail !== undefined) {
      see('result', [...(ret === undefined ? [] : [retText(ret)]), detail ?? ''].join(' ').trim());
    }
  },
};
export default probe;
