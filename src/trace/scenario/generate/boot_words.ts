/** Random boot parameters: which zones memory comes to, and what is done with blocks that come. */
import { MIB } from '../../../base/pfn.js';
import type { Random } from '../../../base/random.js';
import { sizeOf } from '../qemu_memory.js';
import type { MachineSpec } from '../machine_spec.js';

function zoneWord(random: Random, machine: MachineSpec): string {
  const half = Math.floor(sizeOf(machine.memory) / MIB / 2);
  // What the kernel needs for itself is left in the zones that it may use.
  return random.pick([
    `kernelcore=${random.between(half, 2 * half - 64)}M`, `kernelcore=${random.between(55, 90)}%`,
    `movablecore=${random.between(1, half)}M`, `movablecore=${random.between(1, 40)}%`,
    'movable_node',
  ]);
}

function hotplugWords(random: Random): string[] {
  const words: string[] = [];
  if (random.oneIn(4)) words.push('memory_hotplug.memmap_on_memory=1');
  if (random.oneIn(4)) {
    words.push('memory_hotplug.online_policy=auto-movable');
    if (random.oneIn(2)) {
      words.push(`memory_hotplug.auto_movable_ratio=${random.pick([1, 50, 101, 301, 600])}`);
    }
  }
  return words;
}

/** The words, one blank between each two. */
export function randomBootWords(random: Random, machine: MachineSpec): string {
  const state = random.pick(['offline', 'offline', 'online', 'online_kernel', 'online_movable']);
  return [
    ...(random.oneIn(6) ? [] : [`memhp_default_state=${state}`]),
    ...hotplugWords(random),
    ...(random.oneIn(4) ? [zoneWord(random, machine)] : []),
    ...(random.oneIn(10) ? [`hugepages=${random.between(1, 16)}`] : []),
    ...(random.oneIn(12) ? ['transparent_hugepage=never'] : []),
  ].join(' ');
}
