import { hex } from '../../base/pfn.js';
import { memoryOfNodes } from '../boot_memory.js';
import { onState } from '../invariant.js';
import { contentText } from '../page_text.js';
import { spansRange, touchesOnline, zoneOfRun } from '../zones.js';

export default onState(
  'I4',
  'boot page of a wrong zone',
  'A page of boot memory has the node that firmware says, and a zone of it that spans the page.',
  function* (k) {
    if (k.state.system_state === 'booting') return;
    for (const { nid, start, end } of memoryOfNodes(k)) {
      // The first page is never given to the allocator.
      for (const run of k.state.memmap.runs(Math.max(1, start), end)) {
        const zone = zoneOfRun(k, run);
        // A block of the boot that was taken offline is as good as hot-added.
        if (!touchesOnline(k, run)) continue;
        const hole = run.content.kind === 'init' && run.content.hole;
        if (!hole && zone?.nid === nid && spansRange(zone, run.start, run.end)) continue;
        yield `pages ${hex(run.start)}-${hex(run.end - 1)}, memory of node ${nid}, are ` +
          contentText(run.content);
      }
    }
  },
);
