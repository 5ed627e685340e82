/** `key=value` words of an `args` field, in order; a word without `=` maps to ''. */
export function parseWords(args: string): Map<string, string> {
  const words = new Map<string, string>();
  for (const word of args.split(' ')) {
    if (word === '') continue;
    const equals = word.indexOf('=');
    if (equals < 0) words.set(word, '');
    else words.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return words;
}

/** The words joined again, in the map's order. */
export function wordsText(words: Iterable<readonly [string, string | number]>): string {
  return [...words].map(([key, value]) => `${key}=${value}`).join(' ');
}

/** A word of a command line as a POSIX shell takes it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
