/** What zone_for_pfn_range() was asked for, as a word that can be written to `state`. */
import type { StateWord } from '../recording/shell_writes.js';
import { does } from '../../since.js';

type OnlineWord = Exclude<StateWord, 'offline'>;

/** MMOP_* in the order of their numbers. Before Linux 5.7 they began with 0, and offline was -1. */
const words: readonly OnlineWord[] = ['online', 'online_kernel', 'online_movable'];
const FIRST = 1;

/** Of the text behind the event's name; undefined when it names no type. */
export function onlineWord(rest: string, release: string | undefined): OnlineWord | undefined {
  const number = /\bonline_type=(-?\d+)/.exec(rest)?.[1];
  return number === undefined ? undefined
    : words[Number(number) - (does('online_type_from_1', release) ? FIRST : 0)];
}
