/** fs/proc/proc_sysctl.c: what user space writes to the parameters of memory management. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import { atOnce } from '../../base/wait.js';
import { EINVAL, ENOENT } from '../../include/errno.js';

/** A whole number of at least `least`; undefined for anything else. */
function whole(value: string, least = 0): number | undefined {
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  return number >= least ? number : undefined;
}

type Writer = (k: Kernel, value: string) => number;

/** A handler that takes a whole number; anything else is refused before it is called. */
function number(write: (k: Kernel, value: number) => number): Writer {
  return (k, value) => {
    const given = whole(value);
    return given === undefined ? -EINVAL : write(k, given);
  };
}

/** By file name: names are unique among those that matter here. */
const writers: Readonly<Record<string, Writer>> = {
  min_free_kbytes: number((k, kbytes) => {
    k.min_free_kbytes_sysctl_handler(kbytes);
    return 0;
  }),
  watermark_scale_factor: number((k, v) => k.watermark_scale_factor_sysctl_handler(v)),
  percpu_pagelist_high_fraction: number(
    (k, v) => k.percpu_pagelist_high_fraction_sysctl_handler(v)),
  /** Its name up to v5.13. */
  percpu_pagelist_fraction: number(
    (k, v) => k.percpu_pagelist_high_fraction_sysctl_handler(v)),
  lowmem_reserve_ratio: (k, value) =>
    k.lowmem_reserve_ratio_sysctl_handler(
      value.split('/').map((one) => whole(one) ?? NaN), true),
  movable_gigantic_pages: number((k, v) => {
    if (!k.config.gigantic_movable) return -ENOENT;
    k.state.movable_gigantic_pages = v !== 0;
    return 0;
  }),
  hugetlb_optimize_vmemmap: number((k, v) => {
    if (!k.config.hugetlb_optimize_sysctl) return -ENOENT;
    k.state.hugetlb.vmemmap_optimize_enabled = v !== 0;
    return 0;
  }),
  enabled: (k, value) => k.enabled_store(value),
  online_policy: (k, value) => k.set_online_policy(value),
  auto_movable_ratio: number((k, ratio) => {
    k.mhp_parameters().auto_movable_ratio = ratio;
    return 0;
  }),
  auto_movable_numa_aware: (k, value) => {
    if (!/^[yYnN01]/.test(value)) return -EINVAL;
    k.mhp_parameters().auto_movable_numa_aware = /^[yY1]/.test(value);
    return 0;
  },
  auto_online_blocks: (k, value) => k.auto_online_blocks_store(value),
};

/**
 * A value is written to a file of /proc/sys/vm or /sys; blanks in it are `/`.
 * @returns 0 or a negative errno; a file that the model does not know does nothing
 * @kernel fs/proc/proc_sysctl.c v6.12 custom: one way in for the files that matter
 */
export function write_parameter(k: Kernel, file: string, value: string): number {
  return writers[file.slice(file.lastIndexOf('/') + 1)]?.(k, value) ?? 0;
}

/**
 * Parameters on the command line, `sysctl.vm.NAME=VALUE` (also with `/`; blanks in quotes), are
 * written when the boot is over, in their order.
 * @kernel fs/proc/proc_sysctl.c v7.3 reduced: files that the model knows
 */
export function do_sysctl_args(k: Kernel): void {
  if (!k.config.sysctl_arguments) return;
  const words = k.machine.cmdline.matchAll(/(?:^|\s)sysctl[./]vm[./](\w+)=(?:"([^"]*)"|(\S*))/g);
  for (const [, name = '', quoted, plain = ''] of words) {
    const file = `/proc/sys/vm/${name}`;
    const value = (quoted ?? plain).trim().replace(/\s+/g, '/');
    if (k.is_hugepages_file(file)) atOnce(k.write_hugepages(file, value, k.state.running_cpu));
    else k.write_parameter(file, value);
  }
}

/** Parameters that the watermarks depend on: those are computed before the lists' sizes are. */
const early: Readonly<Record<string, (k: Kernel, value: number) => void>> = {
  min_free_kbytes: (k, kbytes) => {
    k.state.min_free_kbytes = kbytes;
    k.state.user_min_free_kbytes = kbytes;
    k.__setup_per_zone_wmarks();
  },
  watermark_scale_factor: (k, factor) => {
    if (factor < 1 || factor > 3000) return;
    k.state.watermark_scale_factor = factor;
    k.__setup_per_zone_wmarks();
  },
  enabled: () => undefined,
};

/**
 * As write_parameter(), while somebody has pcp_batch_high_lock: watermarks change at once, sizes of
 * per-cpu lists when the lock is free.
 * @kernel fs/proc/proc_sysctl.c v6.12 custom: as write_parameter
 */
export function* write_parameter_contended(
  k: Kernel, file: string, value: string,
): Preempt<number> {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const first = early[name];
  const sizes = name.startsWith('percpu_pagelist_') ||
    (first !== undefined && k.config.wmarks_update_pcp);
  if (!sizes) return k.write_parameter(file, value);
  const given = whole(value);
  if (first !== undefined && given !== undefined) first(k, given);
  yield* k.mutex_lock('pcp_batch_high_lock');
  k.mutex_unlock('pcp_batch_high_lock');
  return k.write_parameter(file, value);
}

/**
 * A file of /proc/sys/vm is read. One handler serves readers and writers, so that up to v7.2 who
 * reads the ratios has what zones keep back computed anew.
 * @kernel fs/proc/proc_sysctl.c v6.12 custom: one way in for the files that matter
 */
export function read_parameter(k: Kernel, file: string): void {
  if (file.endsWith('/lowmem_reserve_ratio')) {
    k.lowmem_reserve_ratio_sysctl_handler([], false);
  }
}
