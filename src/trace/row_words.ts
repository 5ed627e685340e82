/** The words of rows, each as the value that the table of events says it is. */
import { didYouMean } from '../base/closest.js';
import { onceFor } from '../base/once.js';
import { parseWords } from '../base/words.js';
import type { EventType } from './event_type.js';
import { eventTypes, type EventName } from './events.js';
import { excerpt } from './problems.js';
import type { Trace, TraceRow } from './trace.js';
import type { Word } from './words.js';

type Declared<E extends EventName> =
  (typeof eventTypes)[E] extends { readonly args: infer A } ? A : object;

/** The words of an event, those that a row has; of several events what they have in common. */
export type WordsOf<E extends EventName> = {
  readonly [K in keyof Declared<E>]?: Declared<E>[K] extends Word<infer T> ? T : never;
};

function declaredOf(event: EventName, key: string): Word | undefined {
  const { args = {} }: EventType = eventTypes[event];
  return Object.hasOwn(args, key) ? args[key] : undefined;
}

/** What `args` of a row of this event says; a word that the table does not have is a text. */
export function wordsIn<E extends EventName>(event: E, args: string | undefined): WordsOf<E> {
  if (args === undefined || args === '') return none as WordsOf<E>;
  const values: Record<string, unknown> = {};
  for (const [key, text] of parseWords(args)) {
    const word = declaredOf(event, key);
    const value = word === undefined ? text : word.read(text);
    if (value !== undefined) values[key] = value;
  }
  return values as WordsOf<E>;
}

const none = {};

/** By the code of the text: rows of one event have the same words again and again. */
const known = onceFor((_trace: Trace) => new Map<number, { event: EventName; words: object }>());

/** What the row says, which is of this event. */
export function rowWords<E extends EventName>(trace: Trace, row: number, event: E): WordsOf<E> {
  const code = trace.columns.args.get(row);
  if (code <= 0) return none as WordsOf<E>;
  const before = known(trace).get(code);
  if (before?.event === event) return before.words as WordsOf<E>;
  const words = wordsIn(event, trace.args(row));
  known(trace).set(code, { event, words });
  return words;
}

/** Are the words of such rows ours, so that one that is not known is a mistake? */
export function isWorded(event: EventName): boolean {
  const { role, args, isText, printed } = eventTypes[event] as EventType;
  return isText !== true && printed !== true && (role !== 'outcome' || args !== undefined);
}

/** What is wrong with the words of a row, and what was expected; undefined: nothing. */
export function wordsProblem({ event, args }: TraceRow): string | undefined {
  if (args === undefined || args === '' || !isWorded(event)) return undefined;
  for (const [key, text] of parseWords(args)) {
    const word = declaredOf(event, key);
    if (word === undefined) {
      const keys = Object.keys((eventTypes[event] as EventType).args ?? {});
      return `${excerpt(key)} is no word of ${event}, expected ${keys.length === 0 ? 'none'
        : keys.map((one) => `${one}=`).join(', ')}${didYouMean(key, keys)}`;
    }
    if (word.read(text) === undefined) return `${key} is ${excerpt(text)}, expected ${word.says}`;
  }
  return undefined;
}
