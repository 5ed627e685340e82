/** A worker thread of a search: one case at a time, policies loaded once. */
import { benchFor, tried, type Bench, type Task } from './evaluator.js';
import type { Evaluated } from './evaluate.js';

let known: { readonly key: string; readonly bench: Promise<Bench> } | undefined;

export default async function work({ one, ...words }: Task): Promise<Evaluated> {
  const key = JSON.stringify(words);
  if (known?.key !== key) known = { key, bench: benchFor(words) };
  return tried(one, await known.bench);
}
