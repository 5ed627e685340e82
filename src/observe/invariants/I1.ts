import { hex } from '../../base/pfn.js';
import { onState } from '../invariant.js';
import { contentText } from '../page_text.js';
import { allRuns, touchesOnline } from '../zones.js';

export default onState(
  'I1',
  'uninitialised struct page',
  'Every page of an online section has an initialised struct page.',
  function* (k) {
    for (const run of allRuns(k)) {
      if (run.content.kind === 'init' || !touchesOnline(k, run)) continue;
      yield `pages ${hex(run.start)}-${hex(run.end - 1)} are ${contentText(run.content)}`;
    }
  },
  'garbage',
);
