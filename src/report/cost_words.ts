/** What runs cost, in words with their units. */
import type { CostChange } from '../compare/verdict/verdict.js';

interface CostWords {
  readonly one: string;
  readonly many: string;
  /**
   * What a user pays for, told whenever it grows; else work, told only when there is twice as much:
   * a policy that lets a call succeed does more work by that.
   */
  readonly paid: boolean;
}

const paid = (one: string, many: string): CostWords => ({ one, many, paid: true });
const work = (one: string, many: string): CostWords => ({ one, many, paid: false });

/** What is not here is called by its name, and is paid for. */
const words: Readonly<Record<string, CostWords>> = {
  zonelist_rebuilds: paid('zonelist rebuild', 'zonelist rebuilds'),
  zonerefs_written: work('zonelist entry written', 'zonelist entries written'),
  stop_machine: paid('stop_machine()', 'stop_machine()'),
  block_lookups: work('memory block looked up', 'memory blocks looked up'),
  block_list_visits: work('memory block visited', 'memory blocks visited'),
  node_tests: work('test of a node', 'tests of nodes'),
  sections_tested_again: work('section looked at again', 'sections looked at again'),
  struct_pages_read: work('struct page read', 'struct pages read'),
  garbage_pages_read: paid('uninitialised struct page read', 'uninitialised struct pages read'),
  pages_initialised: work('struct page initialised', 'struct pages initialised'),
  pages_initialised_early: work(
    'struct page initialised early', 'struct pages initialised early'),
  pages_reinitialised: work('struct page initialised again', 'struct pages initialised again'),
  drains: paid('drain of all CPUs', 'drains of all CPUs'),
  drain_work_items: work('drain on a CPU', 'drains on CPUs'),
  failed_tests: paid('failed test', 'failed tests'),
  pages_past_pcp: paid('page freed past the lists', 'pages freed past the lists'),
  memmap_pages: paid('page in use taken for memmap', 'pages in use taken for memmap'),
  memmap_pages_unused: paid('page lost beside a memmap', 'pages lost beside a memmap'),
  ms_going_offline: paid('ms in going offline', 'ms in going offline'),
};

/** `11 zonelist rebuilds (base 2)`. */
export function costText({ name, base, run }: CostChange): string {
  const plain = name.replaceAll('_', ' ');
  const { one, many } = words[name] ?? paid(plain, plain);
  return `${run} ${run === 1 ? one : many} (base ${base})`;
}

/** Those that are worth telling, the one that grew most first. */
export function costsTold(costs: readonly CostChange[]): readonly CostChange[] {
  const growth = ({ base, run }: CostChange): number => run / Math.max(1, base);
  return costs
    .filter(({ name, base, run }) => run > base &&
      (words[name]?.paid !== false || run >= 2 * Math.max(1, base)))
    .sort((a, b) => growth(b) - growth(a) || (a.name < b.name ? -1 : 1));
}

/** A patch that saves work is one for that alone, when it does less than so much of the base's. */
const SAVED = 0.9;

/** Those that became less, the one that fell most first. */
export function costsSaved(costs: readonly CostChange[]): readonly CostChange[] {
  return costs.filter(({ base, run }) => run <= SAVED * base)
    .sort((a, b) => a.run / a.base - b.run / b.base || (a.name < b.name ? -1 : 1));
}
