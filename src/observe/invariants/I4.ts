import { hex, pfnDown, pfnUp } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import { onState } from '../invariant.js';
import { contentText } from '../page_text.js';
import { spansRange, touchesOnline, zoneOfRun } from '../zones.js';

interface NodeRange {
  readonly nid: number;
  readonly start: number;
  readonly end: number;
}

/** Pages of boot memory with the node that firmware gives them to. */
function memoryOfNodes(k: Kernel): NodeRange[] {
  const nodes = k.machine.srat.length > 0
    ? k.machine.srat
    : [{ nid: 0, start: 0, end: Number.MAX_SAFE_INTEGER, hotplug: false }];
  return k.machine.e820.filter((range) => range.type === 'usable').flatMap((ram) =>
    nodes.filter((node) => !node.hotplug).map(({ nid, start, end }) => ({
      // The first page is never given to the allocator.
      nid, start: Math.max(1, pfnUp(Math.max(ram.start, start))),
      end: pfnDown(Math.min(ram.end, end)),
    })).filter((range) => range.end > range.start));
}

export default onState(
  'I4',
  'A page of boot memory has the node that firmware says, and a zone of it that spans the page.',
  function* (k) {
    if (k.state.system_state === 'booting') return;
    for (const { nid, start, end } of memoryOfNodes(k)) {
      for (const run of k.state.memmap.runs(start, end)) {
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
