import type { Invariant } from '../invariant.js';

const functions = [
  'resize_zone_range', 'resize_pgdat_range', 'shrink_zone_span', 'update_pgdat_span',
  'adjust_present_page_count',
];

const invariant: Invariant = {
  id: 'M14',
  broken: 'spans changed unlocked',
  doc: 'Spans and present pages of a running machine change only under mem_hotplug_lock.',
  functions,
  begin(k) {
    let bare = new Set<string>();
    return {
      entered(fn) {
        if (k.state.system_state === 'running' && k.state.mem_hotplug_lock === 'free') bare.add(fn);
      },
      violations() {
        const found = [...bare].map((fn) => `${fn}() ran without mem_hotplug_lock`);
        bare = new Set();
        return found;
      },
    };
  },
};
export default invariant;
