/** What a kernel log tells, as rows and beside them. */
import type { TraceRow } from '../../trace.js';
import type { VirtioMemDevice } from '../recording/virtio_mem.js';

export interface DmesgRow {
  readonly row: TraceRow;
  /** Line of the log, from 1. */
  readonly line: number;
}

/** What the log tells beside rows; undefined when it does not. */
export interface DmesgFacts {
  kernel?: string;
  /** The stable release that the distribution's kernel is, when that is told beside its own. */
  stable?: string;
  block_size?: number;
  cpus?: number;
  /** CPUs that the firmware says are there; not all of them need have come up. */
  present_cpus?: number | undefined;
  /** What the log's clock is ahead of that of a tracer which reads sched_clock(), in ns. */
  sched_clock_offset?: number;
  /** Node of each proximity domain of the SRAT: the kernel numbers nodes as it meets them. */
  readonly pxm_nodes: Map<number, number>;
  /** By faked nid (numa=fake=): the node of the firmware that it is cut from; else empty. */
  faked_nodes: ReadonlyMap<number, number>;
  /** virtio-mem devices, by name, in the order of their probing. */
  readonly virtio_mem: Map<string, VirtioMemDevice>;
  /** What the log tells of vm.min_free_kbytes that a user wrote, by time. */
  readonly min_free_kbytes: MinFreeLine[];
  /** Words of the header's `config`. */
  readonly config: Record<string, string>;
}

/** A line that the kernel prints only when a user wrote the parameter before. */
export interface MinFreeLine {
  readonly time_ns: number;
  /** user: what the user wrote; raised: what khugepaged made of it. */
  readonly key: 'user_min_free_kbytes' | 'raised_min_free_kbytes';
  readonly kbytes: string;
}
