/** mm/memory_hotplug.c: which zone a block of memory is onlined to. */
import { at } from '../../../base/assert.js';
import { roundDown } from '../../../base/pfn.js';
import { parameter, switchParameter } from '../../../base/command_line.js';
import type { Kernel } from '../../base/kernel.js';
import { isDefaultWord } from '../../base/online_words.js';
import {
  NUMA_NO_NODE, PAGES_PER_SECTION, ZONE_MOVABLE, ZONE_NORMAL, type MemoryGroup, type MhpParameters,
  type OnlineType, type Zone,
} from '../../include/mmzone.js';
import { EINVAL } from '../../include/errno.js';

function defaultOnline(k: Kernel): OnlineType {
  const { kconfig } = k.machine;
  if (kconfig['MEMORY_HOTPLUG_DEFAULT_ONLINE'] === 'y') return 'online';
  if (kconfig['MHP_DEFAULT_ONLINE_TYPE_ONLINE_AUTO'] === 'y') return 'online';
  if (kconfig['MHP_DEFAULT_ONLINE_TYPE_ONLINE_KERNEL'] === 'y') return 'online_kernel';
  if (kconfig['MHP_DEFAULT_ONLINE_TYPE_ONLINE_MOVABLE'] === 'y') return 'online_movable';
  return 'offline';
}

/** `force` is a word of its own from v6.6 on. */
function memmapMode(k: Kernel): MhpParameters['memmap_on_memory'] {
  const name = 'memory_hotplug.memmap_on_memory';
  const value = parameter(k.machine.cmdline, name);
  const forces = !['none', 'one_block'].includes(k.config.memmap_on_memory);
  if (forces && (value === 'force' || value === 'FORCE')) return 'force';
  return switchParameter(k.machine.cmdline, name, false) ? 'Y' : 'N';
}

/**
 * The parameters of memory hotplug, read from the command line at first use.
 * @kernel mm/memory_hotplug.c v6.12 custom: one object for what are variables there
 */
export function mhp_parameters(k: Kernel): MhpParameters {
  if (k.state.mhp !== undefined) return k.state.mhp;
  const { cmdline } = k.machine;
  const word = parameter(cmdline, 'memhp_default_state') ?? '';
  const state = isDefaultWord(k, word) ? k.mhp_online_type_from_str(word) : undefined;
  const ratio = Number(parameter(cmdline, 'memory_hotplug.auto_movable_ratio') ?? 'none');
  const policy = parameter(cmdline, 'memory_hotplug.online_policy');
  k.state.mhp = {
    default_online_type: state ?? defaultOnline(k),
    online_policy:
      policy === 'auto-movable' && k.config.memory_groups ? policy : 'contig-zones',
    auto_movable_ratio: Number.isInteger(ratio) && ratio >= 0 ? ratio : 301,
    auto_movable_numa_aware:
      switchParameter(cmdline, 'memory_hotplug.auto_movable_numa_aware', true),
    memmap_on_memory: memmapMode(k),
    movable_node: parameter(cmdline, 'movable_node') !== undefined,
  };
  return k.state.mhp;
}

/** @kernel mm/memory_hotplug.c v7.3 full */
export function default_kernel_zone_for_pfn(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number,
): Zone {
  const zones = k.NODE_DATA(nid).node_zones;
  for (let zid = 0; zid < ZONE_NORMAL; zid += 1) {
    const zone = at(zones, zid);
    if (k.zone_intersects(zone, start_pfn, nr_pages)) return zone;
  }
  return at(zones, ZONE_NORMAL);
}

/** @kernel mm/memory_hotplug.c v7.3 full */
export function default_zone_for_pfn(
  k: Kernel, nid: number, start_pfn: number, nr_pages: number,
): Zone {
  const kernel = k.default_kernel_zone_for_pfn(nid, start_pfn, nr_pages);
  const movable = at(k.NODE_DATA(nid).node_zones, ZONE_MOVABLE);
  const in_kernel = k.zone_intersects(kernel, start_pfn, nr_pages);
  const in_movable = k.zone_intersects(movable, start_pfn, nr_pages);
  if (in_kernel !== in_movable) return in_kernel ? kernel : movable;
  return k.mhp_parameters().movable_node ? movable : kernel;
}

/** MOVABLE pages against kernel pages that were there at boot, of one node or of all. */
function zoneStats(k: Kernel, nid: number): { kernel_early: number; movable: number } {
  const nodes = nid === NUMA_NO_NODE ? k.state.nodes : [at(k.state.nodes, nid)];
  const stats = { kernel_early: 0, movable: 0 };
  for (const zone of nodes.flatMap((pgdat) => pgdat.node_zones)) {
    if (!k.populated_zone(zone)) continue;
    if (zone.index === ZONE_MOVABLE) stats.movable += zone.present_pages;
    else stats.kernel_early += zone.present_early_pages;
  }
  return stats;
}

/**
 * Could nr_pages more be MOVABLE without going over auto_movable_ratio?
 * @kernel mm/memory_hotplug.c v7.3 reduced: no CMA areas
 */
export function auto_movable_can_online_movable(
  k: Kernel, nid: number, group: MemoryGroup | undefined, nr_pages: number,
): boolean {
  const ratio = k.mhp_parameters().auto_movable_ratio;
  const stats = zoneStats(k, nid);
  let required = 0;
  for (const other of k.state.memory_groups) {
    if (!other.is_dynamic || other === group) continue;
    if (nid !== NUMA_NO_NODE && other.nid !== nid) continue;
    const pages = Math.trunc((other.present_movable_pages * 100) / ratio);
    required += Math.max(0, pages - other.present_kernel_pages);
    stats.movable -= other.present_movable_pages;
  }
  if (stats.kernel_early <= required) return false;
  let kernel_early = stats.kernel_early - required;
  if (group?.is_dynamic === true) kernel_early += group.present_kernel_pages;
  return stats.movable + nr_pages <= Math.floor((ratio * kernel_early) / 100);
}

/** What auto_movable_zone_for_pfn() looks at: pages still to come, from which pfn. */
interface MovableUnit {
  /** Something of the unit is not MOVABLE: the rest must not be either. */
  readonly kernel: boolean;
  readonly pfn: number;
  readonly nr_pages: number;
}

function movableUnit(
  k: Kernel, group: MemoryGroup | undefined, pfn: number, nr_pages: number,
): MovableUnit {
  if (group !== undefined && !group.is_dynamic) {
    if (group.present_kernel_pages > 0) return { kernel: true, pfn, nr_pages };
    return { kernel: false, pfn, nr_pages: group.max_pages - group.present_movable_pages };
  }
  if (group === undefined || group.unit_pages === nr_pages) return { kernel: false, pfn, nr_pages };
  let next = roundDown(pfn, group.unit_pages);
  const end = next + group.unit_pages;
  let online = 0;
  for (; next < end; next += PAGES_PER_SECTION) {
    if (!k.pfn_to_online_page(next)) continue;
    if (k.page_zone(next)?.index !== ZONE_MOVABLE) return { kernel: true, pfn: next, nr_pages };
    online += PAGES_PER_SECTION;
  }
  return { kernel: false, pfn: next, nr_pages: group.unit_pages - online };
}

/** @kernel mm/memory_hotplug.c v7.3 full */
export function auto_movable_zone_for_pfn(
  k: Kernel, nid: number, group: MemoryGroup | undefined, pfn: number, nr_pages: number,
): Zone {
  const { auto_movable_ratio, auto_movable_numa_aware } = k.mhp_parameters();
  if (auto_movable_ratio === 0) return k.default_kernel_zone_for_pfn(nid, pfn, nr_pages);
  const unit = movableUnit(k, group, pfn, nr_pages);
  const movable = !unit.kernel &&
    k.auto_movable_can_online_movable(NUMA_NO_NODE, group, unit.nr_pages) &&
    (!auto_movable_numa_aware || k.auto_movable_can_online_movable(nid, group, unit.nr_pages));
  if (movable) return at(k.NODE_DATA(nid).node_zones, ZONE_MOVABLE);
  // The range that was widened to the unit decides here too, as in the kernel.
  return k.default_kernel_zone_for_pfn(nid, unit.pfn, unit.nr_pages);
}

/**
 * The zone that memory goes to when it is onlined in this way.
 * @kernel mm/memory_hotplug.c v7.3 full
 */
export function zone_for_pfn_range(
  k: Kernel, online_type: OnlineType, nid: number, group: MemoryGroup | undefined,
  start_pfn: number, nr_pages: number,
): Zone {
  const pfn = start_pfn % 2 ** k.config.zone_pfn_bits;
  if (online_type === 'online_kernel') {
    return k.default_kernel_zone_for_pfn(nid, pfn, nr_pages);
  }
  if (online_type === 'online_movable') {
    return at(k.NODE_DATA(nid).node_zones, ZONE_MOVABLE);
  }
  if (k.mhp_parameters().online_policy === 'auto-movable') {
    return k.auto_movable_zone_for_pfn(nid, group, pfn, nr_pages);
  }
  return k.default_zone_for_pfn(nid, pfn, nr_pages);
}

/** memory_hotplug.online_policy is written. @kernel mm/memory_hotplug.c v7.3 full */
export function set_online_policy(k: Kernel, word: string): number {
  if (word !== 'contig-zones' && word !== 'auto-movable') return -EINVAL;
  k.mhp_parameters().online_policy = word;
  return 0;
}
