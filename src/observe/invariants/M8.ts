import type { MemoryBlock } from '../../linux/include/mmzone.js';
import type { Invariant } from '../invariant.js';
import { changeable } from '../memmap_blocks.js';

const wanted: Readonly<Record<string, MemoryBlock['state']>> = {
  memory_subsys_online: 'online', memory_subsys_offline: 'offline',
};

const invariant: Invariant = {
  id: 'M8',
  broken: 'failed change left traces',
  doc: 'A failed change of a block that holds its memmap leaves zones, sections and block alone.',
  functions: Object.keys(wanted),
  begin(k) {
    let open: { readonly block: MemoryBlock; readonly before: Map<string, string> } | undefined;
    let wrong: string[] = [];
    return {
      entered(_fn, args) {
        const block = args[0] as MemoryBlock;
        open = block.nr_vmemmap_pages > 0 ? { block, before: changeable(k, block) } : undefined;
      },
      left(fn) {
        if (open === undefined || open.block.state === wanted[fn]) return;
        const { block, before } = open;
        open = undefined;
        for (const [what, now] of changeable(k, block)) {
          const then = before.get(what);
          if (then === now) continue;
          wrong.push(`memory${block.id} failed to change; ${what} was ${then}, is ${now}`);
        }
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
