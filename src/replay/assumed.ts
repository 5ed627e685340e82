/**
 * What decided silently: Kconfig symbols that the model asked for during a run and that the trace
 * does not give, with what the model takes for them.
 */
import { kconfigSymbols, type KconfigSymbol, type Machine } from '../linux/base/machine.js';

/** What stands for a symbol that nobody gave: how the model's own tests of it come out. */
const taken: Readonly<Partial<Record<KconfigSymbol, string>>> = {
  HUGETLBFS: 'y', MEMORY_ISOLATION: 'y', MHP_MEMMAP_ON_MEMORY: 'y', NODES_SHIFT: '10', NUMA: 'y',
  SLUB: 'y', TRANSPARENT_HUGEPAGE: 'y for per-cpu lists, n for min_free_kbytes', ZONE_DEVICE: 'y',
};

/** The same machine; `asked` gets the symbols that are asked for and not given. */
export function watchedMachine(machine: Machine, asked: Set<KconfigSymbol>): Machine {
  const kconfig: Partial<Record<KconfigSymbol, string>> = {};
  for (const symbol of kconfigSymbols) {
    const value = machine.kconfig[symbol];
    Object.defineProperty(kconfig, symbol, {
      enumerable: value !== undefined,
      get: () => {
        if (value === undefined) asked.add(symbol);
        return value;
      },
    });
  }
  return { ...machine, kconfig };
}

/** `DEBUG_VM=n`, in order. */
export function assumedTexts(asked: Iterable<KconfigSymbol>): readonly string[] {
  return [...asked].sort().map((symbol) => `${symbol}=${taken[symbol] ?? 'n'}`);
}
