import { didYouMean } from '../../base/closest.js';
import { UsageError } from '../../base/errors.js';
import { kconfigSymbols } from '../../linux/base/machine.js';

/**
 * `DEBUG_VM=y` words, with or without CONFIG_ before them, as a table. Error: UsageError for a
 * word that is none, and for a symbol that the model never asks for.
 */
export function kconfigWords(words: readonly string[]): Record<string, string> {
  const table: Record<string, string> = {};
  for (const word of words) {
    const [, key, value] = /^(?:CONFIG_)?(\w+)=(y|n|m|\d+)$/.exec(word) ?? [];
    if (key === undefined || value === undefined) {
      throw new UsageError(
        `--config ${word}: expected a symbol and y, n, m or a number, as DEBUG_VM=y`);
    }
    if (!kconfigSymbols.some((symbol) => symbol === key)) {
      throw new UsageError(
        `--config ${word}: the model never asks for ${key}${didYouMean(key, kconfigSymbols)}\n` +
          `  it asks for ${kconfigSymbols.join(', ')}`);
    }
    table[key] = value;
  }
  return table;
}
