/** Kinds of words that `args` of a row can have, `key=value`: what each says and how it is read. */

export interface Word<T = unknown> {
  readonly doc: string;
  /** What its text must be, for messages. */
  readonly says: string;
  /** The value of a text; undefined: it is none. */
  readonly read: (text: string) => T | undefined;
  /** It is bytes: a scenario can give it a unit. */
  readonly inBytes?: true;
  /**
   * Only an importer writes it: what a recorded kernel answered, or how a row became known. A row
   * that was thought up has none of them.
   */
  readonly recorded?: true;
}

function numberIn(text: string): number | undefined {
  const value = /^(?:\d+|0[xX][0-9a-fA-F]+)$/.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** As it stands. */
export const text = (doc: string): Word<string> => ({ doc, says: 'a text', read: (it) => it });

export const number = (doc: string): Word<number> => (
  { doc, says: 'a decimal or 0x-hex number', read: numberIn });

export const bytes = (doc: string): Word<number> => ({ ...number(doc), inBytes: true });

export const flag = (doc: string): Word<boolean> => (
  { doc, says: '0 or 1', read: (it) => (it === '1' ? true : it === '0' ? false : undefined) });

/** Numbers joined by `/`, one for each CPU; undefined where `-` stands. */
export const numbers = (doc: string): Word<readonly (number | undefined)[]> => ({
  doc, says: 'numbers joined by /',
  read: (it) => {
    const parts = it.split('/').map((part) => (part === '-' ? '-' : numberIn(part)));
    return parts.includes(undefined) ? undefined
      : parts.map((part) => (part === '-' ? undefined : part as number));
  },
});

/** Texts joined by a sign. */
export const texts = (sign: string, doc: string): Word<readonly string[]> => (
  { doc, says: `texts joined by ${sign}`, read: (it) => it.split(sign) });

export const recorded = <T>(word: Word<T>): Word<T> => ({ ...word, recorded: true });
