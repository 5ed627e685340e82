/** Which zone a request comes to first: the walk over the zonelist, with watermarks. */
import type { Kernel } from '../../linux/base/kernel.js';
import { ZONELIST_FALLBACK, type Zoneref } from '../../linux/include/mmzone.js';
import type { ZonePages } from '../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../trace/trace.js';
import type { RowWindow } from './row_window.js';

/** What a request may use, by the gfp flags that the kernel printed. */
interface Request {
  /** Highest zone index. */
  readonly highest: number;
  readonly thisNode: boolean;
}

/** `gfp_flags=GFP_KERNEL|__GFP_ZERO` as the zones it may use. */
function requestOf(args: string): Request {
  const flags = args.slice(args.indexOf('gfp_flags=') + 'gfp_flags='.length).split(/[|\s]/);
  const has = (name: string): boolean => flags.includes(name);
  const movable = flags.some((flag) => flag.startsWith('GFP_HIGHUSER_MOVABLE') ||
    flag.startsWith('GFP_TRANSHUGE')) || (has('__GFP_MOVABLE') && has('__GFP_HIGHMEM'));
  let highest = 2;
  if (movable) highest = 3;
  else if (has('GFP_DMA32') || has('__GFP_DMA32')) highest = 1;
  else if (has('GFP_DMA') || has('__GFP_DMA')) highest = 0;
  return { highest, thisNode: has('__GFP_THISNODE') };
}

export class ZoneWalk {
  readonly #trace: Trace;
  readonly #window: RowWindow;
  /** By args text. */
  readonly #requests: (Request | undefined)[] = [];
  readonly #nodeOfCpu: number[] = [];
  #k: Kernel | undefined;

  constructor(trace: Trace, window: RowWindow) {
    this.#trace = trace;
    this.#window = window;
  }

  booted(k: Kernel): void {
    this.#k = k;
    for (const [cpu, nid] of k.state.cpu_to_node) this.#nodeOfCpu[cpu] = nid;
  }

  /**
   * The page is from another zone than the walk gives; what __GFP_THISNODE asks is not known.
   * `at`: see RowWindow.
   */
  differs(zp: ZonePages, order: number, at: number, cpu: number): boolean {
    const args = this.#window.args[at] as number;
    const request = this.#requests[args] ??= requestOf(this.#trace.strings[args] as string);
    const node = this.#k?.state.nodes[this.#nodeOfCpu[cpu] ?? 0];
    if (node === undefined || request.thisNode) return false;
    const zonelist = node.node_zonelists[ZONELIST_FALLBACK];
    // By index: this is done for every allocated page.
    for (let i = 0; i < zonelist.length; i += 1) {
      const { zone } = zonelist[i] as Zoneref;
      if (zone.index > request.highest) continue;
      const kept = zone.lowmem_reserve[request.highest] ?? 0;
      if (zone.nr_free_pages - ((1 << order) - 1) > zone.watermark.low + kept) {
        return zone !== zp.zone;
      }
    }
    return false;
  }
}
