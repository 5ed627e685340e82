/** What a patch calls and the model does not have: of that it can tell nothing. */
import { namedInModel } from './names.js';
import type { TouchedFunction } from './touched.js';

const words = /^(?:if|while|for|switch|return|sizeof|likely|unlikely|defined)$/;

/** Functions and macros that the changed lines call, as the patch has them. */
function called(lines: readonly string[]): readonly string[] {
  const names = lines.flatMap((line) => [...line.slice(1).replace(/"[^"]*"/g, '""')
    .matchAll(/\b([A-Za-z_]\w*)\s*\(/g)].map(([, name = '']) => name));
  return [...new Set(names)].filter((name) => !words.test(name));
}

/**
 * Calls of the changed lines that are not in the model, where none of the changed lines does
 * anything else than such a call; empty otherwise.
 */
export function absentCalls({ name, lines }: TouchedFunction): readonly string[] {
  const isCall = (line: string): boolean =>
    /^[-+]\s*(?:\w+\s*=\s*)?[A-Za-z_]\w*\s*\([^{}]*\)\s*;\s*(?:\/\*.*)?$/.test(line);
  if (lines.length === 0 || !lines.every(isCall)) return [];
  const names = called(lines).filter((one) => one !== name);
  return names.every((one) => namedInModel(one, false).model === undefined) ? names : [];
}
