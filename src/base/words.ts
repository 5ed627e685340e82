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

/** Byte by byte where it is no sign of ASCII, which a mail would change; every shell has printf. */
function printed(word: string): string {
  const signs = [...Buffer.from(word)].map((byte) => {
    const sign = String.fromCharCode(byte);
    if (sign === '%') return '%%';
    return /[ -~]/.test(sign) && !/['\\]/.test(sign) ? sign
      : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"$(printf '${signs.join('')}')"`;
}

/** A word of a command line as a POSIX shell takes it. */
export function shellWord(word: string): string {
  if (/[^ -~]/.test(word)) return printed(word);
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** The same of a file's name, which is no option however it begins. */
export function shellPath(path: string): string {
  return shellWord(path.startsWith('-') ? `./${path}` : path);
}
