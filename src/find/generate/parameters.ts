/** Writes to parameters of memory management, with values that the kernel takes. */
import type { Random } from '../../base/random.js';
import type { TraceRow } from '../../trace/trace.js';

const files: readonly (readonly [file: string, values: readonly string[]])[] = [
  ['/proc/sys/vm/min_free_kbytes', ['1024', '20000', '67584']],
  ['/proc/sys/vm/watermark_scale_factor', ['10', '500']],
  ['/proc/sys/vm/percpu_pagelist_high_fraction', ['0', '8', '100']],
  ['/proc/sys/vm/lowmem_reserve_ratio', ['256/256/32/0/0', '0/64/1/1/1']],
  ['/sys/module/memory_hotplug/parameters/online_policy', ['contig-zones', 'auto-movable']],
  ['/sys/module/memory_hotplug/parameters/auto_movable_ratio', ['1', '301', '900']],
  ['/sys/devices/system/memory/auto_online_blocks',
    ['offline', 'online', 'online_kernel', 'online_movable']],
];

/** One of them; blanks are `/`, as rows have them. */
export function parameterWrite(random: Random): Omit<TraceRow, 'time_ns'> {
  const [file, values] = random.pick(files) ?? ['', []];
  return { event: 'write_parameter', args: `file=${file} value=${random.pick(values) ?? ''}` };
}
