/** The machine of a scenario. */
import type { TraceRow } from '../trace.js';

/** A node of the machine; without memory or CPUs it waits for hotplugged ones. */
export interface NodeSpec {
  /** As QEMU writes sizes: `1024M`, `2G`. */
  readonly memory?: string;
  /** CPU numbers, `0-1`. */
  readonly cpus?: string;
}

/** A virtio-mem device, present from boot on. */
export interface VirtioMemSpec {
  readonly id: string;
  readonly size_mb: number;
  readonly node: number;
  readonly requested_mb: number;
  /** Size of its blocks in MiB; QEMU's choice when left out. */
  readonly block_mb?: number;
}

/**
 * A CXL type 3 device of volatile memory, present from boot on, behind a root port of its own; its
 * memory comes to the kernel through a fixed window, which is a node.
 */
export interface CxlSpec {
  readonly id: string;
  readonly size_mb: number;
}

export interface MachineSpec {
  readonly type: 'q35' | 'pc';
  readonly cpus: number;
  readonly memory: string;
  readonly slots: number;
  readonly maxmem: string;
  readonly nodes: readonly NodeSpec[];
  /** `[from, to, distance]`; 10 is local, 20 the default between nodes. */
  readonly distances: readonly (readonly [number, number, number])[];
  readonly virtio_mem: readonly VirtioMemSpec[];
  readonly cxl: readonly CxlSpec[];
  /** How many there are; one when there are CXL devices. */
  readonly fixed_windows?: number;
  /** Of a memory block in bytes, where it is not the one that the kernel would choose. */
  readonly block_size?: number;
  /** Rows that the file has; with e820 rows among them the machine is described, none of QEMU. */
  readonly rows?: readonly MachineRow[];
  /** Of the CEDT, of a machine that is described; in bytes. */
  readonly windows?: readonly { readonly start: number; readonly end: number }[];
  readonly is_described?: true;
}

export type MachineRow = Omit<TraceRow, 'time_ns'>;
