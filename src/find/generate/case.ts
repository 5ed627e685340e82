/** Random cases: the same one for the same seed. */
import { Random } from '../../base/random.js';
import { generateScenario } from '../../trace/scenario/generate/generate.js';
import type { TraceRow } from '../../trace/trace.js';
import type { Case } from '../case.js';
import type { Family, Guide } from '../guide.js';
import { EventMaker } from './events.js';
import { pageCase } from './page_case.js';
import { rawMachine } from './raw_machine.js';

export interface CaseOptions {
  readonly guide: Guide;
  /** Steps of a case, at most. */
  readonly steps: number;
}

/** Seeds that follow each other give states that do not. */
export const randomOf = (seed: number, index: number): Random =>
  new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));

/** One kind by its weight. */
export function pickFamily(random: Random, { weights }: Guide): Family {
  const sum = weights.reduce((all, [, weight]) => all + weight, 0);
  let at = random.between(0, Math.floor(sum * 1000) - 1) / 1000;
  for (const [family, weight] of weights) {
    if (at < weight) return family;
    at -= weight;
  }
  return 'add_memory';
}

/** Each boot parameter that the model reads of hotplugged memory, with each kind of value. */
function bootWords(random: Random): string {
  const words: readonly (readonly [oneIn: number, text: () => string])[] = [
    [3, () => `memory_hotplug.memmap_on_memory=${random.pick(['1', '1', 'force'])}`],
    [8, () => 'movable_node'],
    [10, () => `kernelcore=${random.pick(['512M', '60%', '1G'])}`],
    [20, () => `movablecore=${random.pick(['512M', '30%'])}`],
    [10, () => 'memory_hotplug.online_policy=auto-movable'],
    [20, () => `memory_hotplug.auto_movable_ratio=${random.pick(['50', '600'])}`],
    [8, () => `memhp_default_state=${random.pick(['online', 'online_movable', 'online_kernel'])}`],
    [16, () => 'transparent_hugepage=never'],
    [8, () => `hugepages=${random.pick(['2', '20', '0:4,1:4'])}`],
    [30, () => `mem=${random.pick(['900M', '5G'])}`],
    [30, () => 'numa=off'],
    [20, () => 'hugetlb_free_vmemmap=on'],
  ];
  return words.flatMap(([oneIn, text]) => (random.oneIn(oneIn) ? [text()] : [])).join(' ');
}

/** Symbols that change what is checked or reserved. */
export function randomConfig(random: Random): Readonly<Record<string, string>> {
  return {
    ...(random.oneIn(2) ? { DEBUG_VM: 'y' } : {}),
    ...(random.oneIn(4) ? { TRANSPARENT_HUGEPAGE: 'y' } : {}),
    ...(random.oneIn(8) ? { DEFERRED_STRUCT_PAGE_INIT: 'y' } : {}),
  };
}

function rowsCase(random: Random, { guide, steps }: CaseOptions): Case {
  const machine = rawMachine(random, bootWords(random));
  const maker = new EventMaker(random, machine, guide.fallible);
  const rows: TraceRow[] = [...machine.rows];
  for (let count = random.between(1, steps); count > 0; count -= 1) {
    rows.push(...maker.make(pickFamily(random, guide)));
  }
  rows.push(...maker.end());
  return {
    kind: 'rows', rows, config: randomConfig(random),
    header: { cpus: machine.cpus, block_size: machine.block_size },
  };
}

/** One in so many is a machine of QEMU's, whose steps can be recorded on a real kernel. */
const QEMU_ONE_IN = 4;

/** The case of this seed and place. */
export function randomCase(seed: number, index: number, options: CaseOptions): Case {
  const random = randomOf(seed, index);
  if (random.between(1, 10) <= options.guide.pages) return pageCase(random, options.steps);
  if (!random.oneIn(QEMU_ONE_IN)) return rowsCase(random, options);
  const own = random.between(0, 2 ** 30);
  return {
    kind: 'scenario', scenario: generateScenario(own, { level: 'hotplug', wide: random.oneIn(2) }),
    config: randomConfig(random),
  };
}
