/** struct virtio_mem of drivers/virtio/virtio_mem.c: a device that plugs parts of a region. */

import type { Hrtimer } from '../../../kernel/time/hrtimer.js';

/** State of a memory block in sub block mode: VIRTIO_MEM_SBM_MB_*. */
export type SbmState =
  | 'UNUSED' | 'PLUGGED' | 'OFFLINE' | 'OFFLINE_PARTIAL' | 'KERNEL' | 'KERNEL_PARTIAL'
  | 'MOVABLE' | 'MOVABLE_PARTIAL';

/** State of a big block: VIRTIO_MEM_BBM_BB_*. */
export type BbmState = 'UNUSED' | 'PLUGGED' | 'ADDED' | 'FAKE_OFFLINE';

/** What a device says of itself and never changes. */
export interface VirtioMemConfig {
  /** As the kernel names it: `virtio0`. */
  readonly name: string;
  /** First byte of the region. */
  readonly addr: number;
  /** Bytes. */
  readonly region_size: number;
  /** What can be plugged at once, bytes. */
  readonly device_block_size: number;
  readonly nid: number;
}

export interface VirtioMem extends VirtioMemConfig {
  /** Bytes that the device has given. */
  plugged_size: number;
  /** Bytes that it wants to be plugged, as the driver read it last. */
  requested_size: number;
  /** The same in the device's configuration, which the driver may not have read yet. */
  config_requested_size: number;
  /** Memory group; the node itself before v5.15. */
  readonly mgid: number;
  /** Sub block mode: a subblock is smaller than a memory block. Else big blocks. */
  readonly in_sbm: boolean;
  /** Bytes of a subblock, or of a big block. */
  readonly unit_size: number;
  /** Subblocks of a memory block; 1 for big blocks. */
  readonly sbs_per_mb: number;
  /** Memory block ids, or numbers of big blocks: first, next to be used, last that can be. */
  readonly first_id: number;
  next_id: number;
  readonly last_usable_id: number;
  /** By memory block id. */
  readonly mb_states: Map<number, SbmState>;
  /** Which subblocks are plugged, by memory block id. */
  readonly sb_states: Map<number, boolean[]>;
  /** By number of the big block. */
  readonly bb_states: Map<number, BbmState>;
  /** Bytes that were added and are offline, and how many there may be. */
  offline_size: number;
  readonly offline_threshold: number;
  config_changed: boolean;
  /** A memory notifier call of going online or offline has not come to its end yet. */
  hotplug_active: boolean;
  /** A wholly unplugged memory block could not be removed. */
  have_unplugged_mb: boolean;
  /** The work of the device is queued, or it runs. */
  work_queued: boolean;
  wq_active: boolean;
  broken: boolean;
  /** Runs while something could not be done; how long it runs next, ms. */
  readonly retry_timer: Hrtimer;
  retry_timer_ms: number;
}
