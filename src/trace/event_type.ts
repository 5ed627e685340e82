/** What an entry of the event table says. */
import type { Word } from './words.js';

/**
 * setup: shapes the machine before the first input; input: what drove the kernel;
 * outcome: what the recorded kernel answered, held against the model and never replayed;
 * taken: a number the model cannot know (free pages, managed pages at boot), copied into it;
 * mark: where a step begins, or where events were lost.
 */
export type Role = 'setup' | 'input' | 'outcome' | 'taken' | 'mark';

export interface EventType {
  readonly role: Role;
  /** Columns that carry something, beside time_ns, cpu, task and event. */
  readonly uses: readonly ColumnName[];
  /** The call sleeps: phase `B` is the call, `E` its return with `ret`. */
  readonly sleeps?: true;
  /** `ret` is what the row asks for, not what a recorded kernel answered. */
  readonly asksRet?: true;
  /** The keys of `args`, each with its meaning and how it is read. */
  readonly args?: Readonly<Record<string, Word>>;
  /** `args` is a text as a whole. */
  readonly isText?: true;
  /** The words are the recorded kernel's: it can print others. */
  readonly printed?: true;
  readonly doc: string;
}

/** Columns of a row, in file order. `args` holds `key=value` words separated by one space. */
export const columnNames = [
  'time_ns', 'cpu', 'task', 'event', 'phase', 'nid', 'zone', 'pfn', 'nr_pages', 'order',
  'migratetype', 'ret', 'args',
] as const;

export type ColumnName = (typeof columnNames)[number];
