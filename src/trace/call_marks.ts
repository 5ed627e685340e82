/**
 * What an importer notes beside an input call, in the `args` of its rows: who makes the call, and
 * from where what is said of it is known. The only place that writes and reads these words.
 */
import { wordsIn } from './row_words.js';

export interface CallMarks {
  /** Another call makes this one by itself. */
  readonly auto: boolean;
  /** It was over before the recording began; the first snapshot shows it. */
  readonly before: boolean;
  /** It was not seen to return: `ret` is what the recorder noted of the step. */
  readonly noted: boolean;
  /** So noted, by a snapshot: the call went on while tracing was off. */
  readonly bySnapshot: boolean;
  /**
   * What was written to online a block. unknown: the call was seen, not the word; by_zone: it is
   * told by the zone that came of it.
   */
  readonly word: 'known' | 'unknown' | 'by_zone';
}

export const NOTED = 'ret_from=info.json';
export const BY_SNAPSHOT = 'ret_from=snapshot';
export const BEFORE = 'before=1';
export const AUTO = 'auto=1';
export const WORD_UNKNOWN = 'word=unknown';
export const WORD_BY_ZONE = 'word=by-zone';

const none: CallMarks = {
  auto: false, before: false, noted: false, bySnapshot: false, word: 'known',
};

/** Reads the `args` of a row of an input call. */
export function callMarks(args: string): CallMarks {
  if (args === '') return none;
  const { auto = false, before = false, ret_from, word } = wordsIn('online', args);
  return {
    auto, before, noted: ret_from !== undefined, bySnapshot: ret_from === 'snapshot',
    word: word === 'unknown' ? 'unknown' : word === 'by-zone' ? 'by_zone' : 'known',
  };
}
