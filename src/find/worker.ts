/** A worker thread of a search: one case at a time, policies loaded once. */
import { evaluateCase, type Evaluated } from './evaluate.js';
import { benchFor, type Bench, type Task } from './evaluator.js';
import { shrinkCase, type Shrunk } from './shrink/shrink.js';

let known: { readonly key: string; readonly bench: Promise<Bench> } | undefined;

export default async function work({ one, found, ...words }: Task): Promise<Evaluated | Shrunk> {
  const key = JSON.stringify(words);
  if (known?.key !== key) known = { key, bench: benchFor(words) };
  const { sides, instruments } = await known.bench;
  return found === undefined ? evaluateCase(one, sides, instruments)
    : shrinkCase(one, found, sides, instruments);
}
