import { UsageError } from '../../base/errors.js';

/** `DEBUG_VM=y` words as a table. Error: UsageError for a word that is not one. */
export function kconfigWords(words: readonly string[]): Record<string, string> {
  const table: Record<string, string> = {};
  for (const word of words) {
    const [, key, value] = /^(?:CONFIG_)?(\w+)=(\w+)$/.exec(word) ?? [];
    if (key === undefined || value === undefined) {
      throw new UsageError(`--config ${word}: expected a symbol and its value, as DEBUG_VM=y`);
    }
    table[key] = value;
  }
  return table;
}
