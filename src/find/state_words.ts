/**
 * Which state the functions of the model look at, read from their own texts: who changes what a
 * patched function reads matters as much to it as who calls it.
 */
import type { Entry, ReadonlyTable } from '../patch/table.js';

const field = /\bk\.state\.(\w+)/g;
const fields = /\{([^{}]*)\}\s*=\s*k\.state\b/g;

/** Fields of `k.state`, `pages`, `hugetlb`, .... */
function wordsOf({ texts }: Entry): readonly string[] {
  return texts.flatMap((text) => {
    const source = text.toString();
    const unpacked = [...source.matchAll(fields)].flatMap(([, names = '']) =>
      names.split(',').map((name) => name.split(':')[0]?.trim() ?? ''));
    return [...[...source.matchAll(field)].map(([, name = '']) => name), ...unpacked];
  }).filter((name) => name !== '');
}

/** Of all these functions, with how many calls lie before the first that has it. */
function wordsWithin(table: ReadonlyTable, functions: ReadonlyMap<string, number>, most: number):
ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [fn, calls] of functions) {
    const entry = table.get(fn);
    if (entry === undefined || calls > most) continue;
    for (const word of wordsOf(entry)) found.set(word, Math.min(calls, found.get(word) ?? calls));
  }
  return found;
}

/**
 * How much each of these, given by the functions that it comes to, has to do with the state of the
 * touched ones: shares of 1. What half of them look at tells none from another.
 */
export function sharesByState<Name>(
  table: ReadonlyTable, touched: readonly string[],
  reach: readonly (readonly [name: Name, functions: ReadonlyMap<string, number>])[], most: number,
): ReadonlyMap<Name, number> {
  const wanted = new Set(touched.flatMap((fn) => {
    const entry = table.get(fn);
    return entry === undefined ? [] : wordsOf(entry);
  }));
  const near = reach.map(([name, functions]) =>
    [name, wordsWithin(table, functions, most)] as const);
  const rare = [...wanted].map((word) => near.flatMap(([name, words]) => {
    const calls = words.get(word);
    return calls === undefined ? [] : [[name, 1 / (1 + calls) ** 2] as const];
  })).filter((one) => one.length > 0 && one.length <= reach.length / 2);
  const shares = new Map<Name, number>();
  for (const one of rare) {
    const sum = one.reduce((total, [, weight]) => total + weight, 0);
    for (const [name, weight] of one) {
      shares.set(name, (shares.get(name) ?? 0) + weight / sum / rare.length);
    }
  }
  return shares;
}
