import { hex } from '../../base/pfn.js';
import { MIGRATE_ISOLATE } from '../../linux/include/migratetype.js';
import type { NotifierArg } from '../../linux/include/mmzone.js';
import type { Invariant } from '../invariant.js';
import { isolatedIn } from '../isolated.js';

interface Going {
  readonly start: number;
  readonly end: number;
  /** MEM_GOING_OFFLINE was sent, and neither MEM_OFFLINE nor MEM_CANCEL_OFFLINE yet. */
  announced: boolean;
}

/** Of a BUG in the call nothing is told: its range is forgotten with the next one. */
const invariant: Invariant = {
  id: 'P11',
  broken: 'failed offline left isolation',
  doc: 'When memory does not go offline, nothing that the call isolated stays isolated, and ' +
    'MEM_CANCEL_OFFLINE is sent if MEM_GOING_OFFLINE was.',
  functions: ['offline_pages', 'memory_notify', 'set_migratetype_isolate'],
  begin(k) {
    let going: Going | undefined;
    let wrong: string[] = [];
    // Pageblocks can be isolated by somebody else meanwhile, whose they stay: alloc_contig_range().
    const isolators = new Map<number, string>();
    const notified = (action: unknown, arg: NotifierArg): void => {
      if (action === 'MEM_GOING_OFFLINE' && going !== undefined) going.announced = true;
      if (action !== 'MEM_OFFLINE' && action !== 'MEM_CANCEL_OFFLINE') return;
      if (going?.announced !== true) {
        wrong.push(`${String(action)} of ${hex(arg.start_pfn)} without MEM_GOING_OFFLINE`);
      } else {
        going.announced = false;
      }
    };
    return {
      entered(fn, args) {
        if (fn === 'memory_notify') notified(args[0], args[1] as NotifierArg);
        else if (fn === 'set_migratetype_isolate') {
          const pfn = args[0] as number;
          if (k.state.pageblocks.get(pfn) !== MIGRATE_ISOLATE) {
            isolators.set(pfn, k.state.current);
          }
        } else {
          const [start, nr_pages] = args as [number, number];
          going = { start, end: start + nr_pages, announced: false };
        }
      },
      left(fn) {
        if (fn !== 'offline_pages' || going === undefined) return;
        const { start, end, announced } = going;
        going = undefined;
        if (announced) wrong.push(`${hex(start)}: MEM_GOING_OFFLINE was all that was sent`);
        const [left] = [...isolatedIn(k, start, end)].filter(({ pfn }) =>
          (isolators.get(pfn) ?? k.state.current) === k.state.current);
        if (left !== undefined) wrong.push(`pageblock ${hex(left.pfn)} stays isolated`);
      },
      violations() {
        const found = wrong;
        wrong = [];
        return found;
      },
    };
  },
};
export default invariant;
