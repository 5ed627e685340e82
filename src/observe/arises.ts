/** Whether what an invariant speaks of is there: where it is not, nothing can break it. */
import type { Kernel } from '../linux/base/kernel.js';
import type { MemoryBlock } from '../linux/include/mmzone.js';
import { pfn_to_section_nr } from '../linux/include/sections.js';
import { bootRam } from './boot_memory.js';
import { zones } from './zones.js';

function someBlock(k: Kernel, test: (block: MemoryBlock) => boolean): boolean {
  for (const block of k.state.memory_blocks.values()) if (test(block)) return true;
  return false;
}

/** A block that was not there at boot. */
function isHotAdded(k: Kernel, { start_pfn, nr_pages }: MemoryBlock): boolean {
  return !bootRam(k).some(({ start, end }) => start < start_pfn + nr_pages && start_pfn < end);
}

const hotAdded = (k: Kernel): boolean =>
  someBlock(k, (block) => block.state === 'online' && isHotAdded(k, block));
const ownMemmap = (k: Kernel): boolean => someBlock(k, (block) => block.nr_vmemmap_pages > 0);
const pageLevel = (k: Kernel): boolean => k.state.pages !== undefined;
const ran = (k: Kernel): boolean => k.state.system_state !== 'booting';

/** By id; invariants that are not here speak of what every kernel has. */
const table: Readonly<Record<string, (k: Kernel) => boolean>> = {
  I5: (k) => k.machine.e820.length > 1,
  I8: (k) => zones(k).some((zone) => zone.contiguous),
  I11: (k) => k.state.pageblock_skip.size > 0,
  I14: (k) => k.state.memmap_torn.size > 0 || k.state.zone_device_ranges.some(
    ({ start_pfn, nr_pages }) => k.state.sections.early(pfn_to_section_nr(start_pfn)) ||
      k.state.sections.early(pfn_to_section_nr(start_pfn + nr_pages - 1))),
  I16: ({ state }) => state.memmap_counted.there.size > 0 || state.memmap_counted.pages !== 0,
  M2: hotAdded,
  M4: ownMemmap, M5: ownMemmap, M8: ownMemmap, M9: ownMemmap, M10: ownMemmap,
  M6: hotAdded, M12: ran, M14: hotAdded,
  N1: (k) => k.state.nodes.some((pgdat) =>
    pgdat !== undefined && !k.state.node_states.online.has(pgdat.nid)),
  N2: (k) => k.state.memory_blocks.size > 0,
  N6: hotAdded,
  P1: pageLevel, P2: pageLevel, P3: pageLevel, P4: pageLevel, P6: pageLevel, P7: pageLevel,
  P5: (k) => zones(k).some((zone) => zone.nr_isolate_pageblock !== 0),
  P8: (k) => k.state.costs.ms_going_offline > 0 || someBlock(k, (block) =>
    block.state === 'going-offline' || block.state === 'offline'),
  Z11: (k) => k.state.oom.length > 0,
  Z12: (k) => k.state.kswapd_wakeups.size > 0,
};

/** Could the invariant be broken in this state? */
export function arises(id: string, k: Kernel): boolean {
  return table[id]?.(k) ?? true;
}
