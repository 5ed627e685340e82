/**
 * What decided silently: Kconfig symbols that the model asked for during a run and that the trace
 * does not give, with what the model takes for them.
 */
import { maxOf } from '../base/long_lists.js';
import type { ObservationLog } from '../observe/observation.js';
import type { Trace } from '../trace/trace.js';
import { machineOf } from './machine.js';
import { kconfigSymbols, type KconfigSymbol, type Machine } from '../linux/base/machine.js';
import type { AssumedSymbol } from '../observe/assumed_symbol.js';
import { eventCode } from '../trace/build.js';
import { pageRowsOf } from './pages/events.js';

const yes = [{ value: 'y' }] as const;

/** What stands for a symbol that nobody gave: how the model's own tests of it come out. */
const taken: Readonly<Partial<Record<KconfigSymbol, AssumedSymbol['values']>>> = {
  HUGETLBFS: yes, MEMORY_ISOLATION: yes, MHP_MEMMAP_ON_MEMORY: yes,
  NODES_SHIFT: [{ value: '10' }], NUMA: yes, SLUB: yes,
  TRANSPARENT_HUGEPAGE: [
    { value: 'y', where: 'per-cpu lists' }, { value: 'n', where: 'min_free_kbytes' }],
  ZONE_DEVICE: yes, ZONE_DMA: yes,
};

/** What a trace does that only a kernel with the symbol does anything with. */
interface Sign {
  readonly symbol: KconfigSymbol;
  /** On the command line. */
  readonly parameter: string;
  /** Files that are written. */
  readonly folder: string;
}

const signs: readonly Sign[] = [{
  symbol: 'TRANSPARENT_HUGEPAGE', parameter: 'transparent_hugepage=',
  folder: '/sys/kernel/mm/transparent_hugepage/',
}];

const WRITE = eventCode('write_parameter');

/** Symbols that the trace does not give and that it uses, each with what shows it. */
export function impliedSymbols(trace: Trace, { kconfig, cmdline, srat }: Machine): Implied {
  const implied = new Map<KconfigSymbol, string>();
  const nodes = new Set(srat.map(({ nid }) => nid)).size;
  if (nodes > 1 && kconfig.NUMA === undefined) implied.set('NUMA', `its ${nodes} nodes`);
  for (const { symbol, parameter, folder } of signs) {
    if (kconfig[symbol] !== undefined) continue;
    if (cmdline.split(/\s+/).some((word) => word.startsWith(parameter))) {
      implied.set(symbol, parameter);
      continue;
    }
    const row = [...pageRowsOf(trace).others].find((at) =>
      trace.columns.event.get(at) === WRITE && trace.args(at).includes(folder));
    if (row !== undefined) implied.set(symbol, folder);
  }
  return implied;
}

/** By symbol, what shows that the kernel has it. */
export type Implied = ReadonlyMap<KconfigSymbol, string>;

/** The same machine; `asked` gets the symbols that are asked for and not given. */
export function watchedMachine(
  machine: Machine, asked: Set<KconfigSymbol>, implied: Implied,
): Machine {
  const kconfig: Partial<Record<KconfigSymbol, string>> = {};
  for (const symbol of kconfigSymbols) {
    const given = machine.kconfig[symbol];
    const value = given ?? (implied.has(symbol) ? 'y' : undefined);
    Object.defineProperty(kconfig, symbol, {
      enumerable: value !== undefined,
      get: () => {
        if (given === undefined) asked.add(symbol);
        return value;
      },
    });
  }
  return { ...machine, kconfig };
}

/** What was taken for the symbols, in order of their names. */
export function assumedSymbols(
  asked: Iterable<KconfigSymbol>, implied: Implied,
): readonly AssumedSymbol[] {
  return [...asked].sort().map((symbol) => {
    const because = implied.get(symbol);
    return because === undefined ? { symbol, values: taken[symbol] ?? [{ value: 'n' }] }
      : { symbol, values: yes, because };
  });
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

/** Of runs with so many blocks that they were looked at now and then. */
function seldomText(every: number): readonly string[] {
  return every <= 1 ? [] : ['nothing goes wrong with blocks between two looks at all of them, one '
    + `after every ${every} calls: what does is told of a later row, or not at all`];
}

/** With what the runs themselves add: memory for memmaps, and how often they were looked at. */
export function withRuns(
  { assumed: granted = [] }: { readonly assumed?: readonly string[] }, trace: Trace,
  runs: readonly { readonly log: ObservationLog; readonly every?: number }[],
): { readonly assumed?: readonly string[] } {
  const taken = maxOf(runs.map(({ log }) =>
    Number(log.list.findLast((one) => one.subject === 'memmap_pages')?.value ?? 0)), 0);
  const text = granted.length === 0 ? undefined : memmapText(trace, taken);
  const added = [...(text === undefined ? [] : [text]),
    ...seldomText(maxOf(runs.map(({ every = 1 }) => every), 1))];
  return added.length === 0 ? {} : { assumed: [...granted, ...added] };
}
