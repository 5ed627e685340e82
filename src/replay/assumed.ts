/**
 * What decided silently: Kconfig symbols that the model asked for during a run and that the trace
 * does not give, with what the model takes for them.
 */
import type { ObservationLog } from '../observe/observation.js';
import type { Trace } from '../trace/trace.js';
import { machineOf } from './machine.js';
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

/**
 * Of a trace without a record of free pages: that they hold the memmap of what was added. `taken`:
 * pages of it that are not in the added memory itself.
 */
function memmapText(trace: Trace, taken: number): string | undefined {
  const rows = Array.from({ length: trace.length }, (_, row) => row);
  if (taken === 0 || rows.some((row) => trace.event(row) === 'managed_at_boot')) return undefined;
  const { e820 } = machineOf(trace);
  const usable = e820.filter(({ type }) => type === 'usable')
    .reduce((sum, { start, end }) => sum + Math.floor((end - start) / 4096), 0);
  return `memory for the memmap of what is added is found (${taken} pages; the machine boots with `
    + `${usable})`;
}

/** With that, for a trace that leaves something to be taken for granted. */
export function withMemmap(
  { assumed: granted = [] }: { readonly assumed?: readonly string[] }, trace: Trace,
  logs: readonly ObservationLog[],
): { readonly assumed?: readonly string[] } {
  const taken = Math.max(0, ...logs.map(({ list }) =>
    Number(list.findLast((one) => one.subject === 'memmap_pages')?.value ?? 0)));
  const text = granted.length === 0 ? undefined : memmapText(trace, taken);
  return text === undefined ? {} : { assumed: [...granted, text] };
}
