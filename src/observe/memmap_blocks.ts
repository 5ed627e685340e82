/** Memory blocks that hold their own memmap, as the invariants M* see them. */
import type { Kernel } from '../linux/base/kernel.js';
import type { MemoryBlock, Zone } from '../linux/include/mmzone.js';
import { zones } from './zones.js';

/** Blocks whose first pages hold their memmap. */
export function selfHosted(k: Kernel): MemoryBlock[] {
  return [...k.state.memory_blocks.values()].filter((block) => block.nr_vmemmap_pages > 0);
}

/** No block is on its way from one state to the other. */
export function settled(k: Kernel): boolean {
  return k.state.device_hotplug_lock === 'free' && k.state.mem_hotplug_lock === 'free';
}

/** Sections of the block, by number. */
export function sectionsOf(k: Kernel, block: MemoryBlock): number[] {
  const size = k.machine.pages_per_section;
  const first = block.start_pfn / size;
  return Array.from({ length: block.nr_pages / size }, (_, index) => first + index);
}

function zoneText(zone: Zone): string {
  const { present_pages, managed_pages, nr_isolate_pageblock } = zone;
  const span = zone.spanned_pages === 0 ? '' : `${zone.zone_start_pfn}+${zone.spanned_pages}`;
  return [span, present_pages, managed_pages, nr_isolate_pageblock].join('/');
}

/** What a change of the block that fails must leave as it was, by name. */
export function changeable(k: Kernel, block: MemoryBlock): Map<string, string> {
  const found = new Map(zones(k).map((zone) => [`${zone.nid}:${zone.name}`, zoneText(zone)]));
  const bits = sectionsOf(k, block).map((nr) => (k.state.sections.online(nr) ? '1' : '0'));
  found.set('section bits', bits.join(''));
  found.set('zone of the block', block.zone === undefined ? '-' : block.zone.name);
  found.set('KASAN shadow', String(k.state.zero_shadow.length));
  return found;
}
