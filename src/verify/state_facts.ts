/** The state of the model as typed values, for the subjects and fields of recorded facts. */
import { nodeList } from '../base/nid_list.js';
import { PAGE_SIZE } from '../base/pfn.js';
import type { FactValue, Subject } from '../observe/facts/fact.js';
import { protectionText } from '../observe/zones.js';
import type { Kernel, MemoryBlock, Zone } from '../patch/define.js';
import { poolCounts } from '../replay/huge_pages.js';

/** Field to value; a field that is not there is one that the model does not speak of. */
export type Fields = Readonly<Record<string, FactValue | undefined>>;

/** Fields of a zone as a `zoneinfo` row has them. Pages. */
export function zoneFields(k: Kernel, zone: Zone, cpus: number): Fields {
  const fields: Fields = {
    spanned: zone.spanned_pages, present: zone.present_pages, managed: zone.managed_pages,
    min: zone.watermark.min, low: zone.watermark.low, high: zone.watermark.high,
    protection: protectionText(k, zone),
  };
  if (!k.populated_zone(zone)) return fields;
  // CPUs that the trace never has at work are in no line of it.
  const online = cpus - [...k.state.offline_cpus].filter((cpu) => cpu < cpus).length;
  const each = (value: number): string => new Array<number>(online).fill(value).join('/');
  return {
    ...fields, start_pfn: zone.zone_start_pfn, pcp_high: each(zone.pcp.high),
    pcp_batch: each(zone.pcp.batch), high_min: each(zone.pcp.high_min),
    high_max: each(zone.pcp.high_max),
  };
}

/** Fields of a memory block as a `memory_block` row has them. */
export function blockFields(k: Kernel, block: MemoryBlock): Fields {
  return {
    state: block.state,
    valid_zones: k.valid_zones_show(block).trim().replaceAll(' ', '/'),
    nodes: [...block.links].sort((a, b) => a - b).join('/'),
    removable: k.removable_show(block),
  };
}

/** Node states as a `node_states` row has them. */
export function nodeStateFields(k: Kernel): Fields {
  const states = k.state.node_states;
  return {
    possible: nodeList(states.possible), online: nodeList(states.online),
    has_cpu: nodeList(states.cpu), has_memory: nodeList(states.memory),
    has_normal_memory: nodeList(states.normal_memory),
  };
}

/** Fields of what is neither a zone nor a block nor a page. */
export function otherFields(k: Kernel, subject: Subject): Fields {
  switch (subject.kind) {
    case 'node_states': return nodeStateFields(k);
    case 'zonelist': {
      const lists = k.state.nodes[subject.nid]?.node_zonelists;
      const list = lists?.[subject.list === 'nofallback' ? 1 : 0] ?? [];
      return { zones: list.map(({ zone }) => `${zone.nid}:${zone.name}`).join('/') || '-' };
    }
    case 'pcp': {
      const zone = k.state.nodes[subject.nid]?.node_zones
        .find(({ name }) => name === subject.zone);
      return { high: zone?.pcp.high, batch: zone?.pcp.batch };
    }
    case 'virtio_mem': {
      const vm = k.state.virtio_mem_devices.find(({ name }) => name === subject.device);
      return { plugged: vm === undefined ? undefined : vm.plugged_size / PAGE_SIZE };
    }
    case 'huge_pages': return { ...poolCounts(k, subject.nid) };
    default: return {};
  }
}
