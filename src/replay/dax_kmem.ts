/** Rows of dax/kmem: a device of the dax bus is bound to kmem, or unbound. */
import { pfnDown } from '../base/pfn.js';
import { parseWords } from '../base/words.js';
import type { DaxRange } from '../linux/drivers/dax/dax_private.js';
import type { Preempt } from '../linux/base/kernel.js';
import type { EntryPoint, Outcome } from './entry_points.js';
import { given } from './machine.js';

/** `0x101200000-0x140000000/...`: bytes, the second of each is one past the last. */
function ranges(text: string): readonly DaxRange[] {
  return text.split('/').map((range) => {
    const [start = 0, end = 0] = range.split('-').map(Number);
    return { start_pfn: pfnDown(start), nr_pages: pfnDown(end) - pfnDown(start) };
  });
}

export const daxKmemEntryPoints: {
  readonly dax_kmem_probe: EntryPoint;
  readonly dax_kmem_remove: EntryPoint;
} = {
  * dax_kmem_probe(k, { trace, row }): Preempt<Outcome> {
    const told = parseWords(trace.args(row));
    const type = k.mhp_online_type_from_str(told.get('auto_online') ?? '');
    if (type !== undefined) k.mhp_parameters().default_online_type = type;
    yield* k.dev_dax_kmem_probe({
      name: told.get('device') ?? '', target_node: given(trace.nid(row)) ?? 0,
      ranges: ranges(told.get('ranges') ?? ''),
      memmap_on_memory: told.get('memmap_on_memory') === '1',
    });
    return {};
  },
  * dax_kmem_remove(k, { trace, row }): Preempt<Outcome> {
    yield* k.dev_dax_kmem_remove(parseWords(trace.args(row)).get('device') ?? '');
    return {};
  },
};
