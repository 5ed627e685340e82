/** drivers/dax/dax-private.h: devices of the dax bus. */

import type { OnlineType } from '../../include/mmzone.js';

/** In pages; a range need not be aligned to memory blocks. */
export interface DaxRange {
  readonly start_pfn: number;
  readonly nr_pages: number;
}

/** struct dev_dax, as far as kmem looks at it. */
export interface DevDax {
  /** `dax0.0` */
  readonly name: string;
  /** The node that its memory goes to. */
  readonly target_node: number;
  readonly ranges: readonly DaxRange[];
  /** The memmap of its memory comes from that memory, where it can. */
  readonly memmap_on_memory: boolean;
}

/** struct dax_kmem_data: what kmem knows of a device. */
export interface DaxKmem {
  readonly name: string;
  readonly target_node: number;
  readonly memmap_on_memory: boolean;
  /** Its memory group; -1 before v5.15. */
  readonly mgid: number;
  /** Whole memory blocks of the device. */
  readonly usable: readonly DaxRange[];
  /** Those of them that are there. */
  ranges: readonly DaxRange[];
  /** What its file `state` says. */
  state: OnlineType | 'unplugged';
}
