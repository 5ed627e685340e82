/** The state of the model, said in the words that a snapshot of a real kernel uses. */
import { nodeList } from '../base/nid_list.js';
import type { Kernel, MemoryBlock, Zone } from '../patch/define.js';

/** Fields of a zone as a `zoneinfo` row has them. Pages. */
export function zoneWords(k: Kernel, zone: Zone, cpus: number): Map<string, string> {
  const words = new Map<string, string>([
    ['spanned', `${zone.spanned_pages}`],
    ['present', `${zone.present_pages}`],
    ['managed', `${zone.managed_pages}`],
    ['min', `${zone.watermark.min}`],
    ['low', `${zone.watermark.low}`],
    ['high', `${zone.watermark.high}`],
    ['protection', zone.lowmem_reserve.join('/')],
  ]);
  if (!k.populated_zone(zone)) return words;
  const online = cpus - k.state.offline_cpus.size;
  const each = (value: number): string => new Array<number>(online).fill(value).join('/');
  words.set('start_pfn', `${zone.zone_start_pfn}`);
  words.set('pcp_high', each(zone.pcp.high));
  words.set('pcp_batch', each(zone.pcp.batch));
  words.set('high_min', each(zone.pcp.high_min));
  words.set('high_max', each(zone.pcp.high_max));
  return words;
}

/** Fields of a memory block as a `memory_block` row has them. */
export function blockWords(k: Kernel, block: MemoryBlock): Map<string, string> {
  const removable = k.removable_show(block);
  return new Map([
    ['state', block.state],
    ['valid_zones', k.valid_zones_show(block).trim().replaceAll(' ', '/')],
    ['nodes', [...block.links].sort((a, b) => a - b).join('/')],
    ...(removable === undefined ? [] : [['removable', removable] as const]),
  ]);
}

/** Node states as a `node_states` row has them. */
export function nodeStateWords(k: Kernel): Map<string, string> {
  const states = k.state.node_states;
  return new Map([
    ['possible', nodeList(states.possible)],
    ['online', nodeList(states.online)],
    ['has_cpu', nodeList(states.cpu)],
    ['has_memory', nodeList(states.memory)],
    ['has_normal_memory', nodeList(states.normal_memory)],
  ]);
}
