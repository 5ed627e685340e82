/**
 * Which kernel functions a model function calls, read from its own text: every call of another
 * kernel function is written `k.name(...)`.
 */
import { onceFor } from '../base/once.js';
import type { Entry } from './table.js';

export interface Calls {
  /** Names as they are called now, substitutions counted; in the text, when it is a patch's own. */
  readonly names: ReadonlySet<string>;
  /** `k` is handed on to a function of the same file, which may call more than the text shows. */
  readonly open: boolean;
}

const kernelCall = /\bk\.([A-Za-z_]\w*)/g;
const parameterList = /\(\s*k\b[^()]*\)\s*(?:=>|\{)/g;
const callOfNext = /\bnext\s*\(\s*k\b/g;
const otherUseOfK = /(?<![.\w])k\b(?!\s*\.)/;

/** What the function calls as it stands, with everything that differences made of it. */
export function callsOf(entry: Entry): Calls {
  const all = entry.texts.map(callsInText);
  const inText = new Set(all.flatMap(({ names }) => [...names]));
  return { names: asCalledNow(inText, entry), open: all.some(({ open }) => open) };
}

/** Of one text alone. */
const callsInText = onceFor((text: Entry['texts'][number]): Calls => {
  const source = text.toString();
  const names = new Set([...source.matchAll(kernelCall)].map((match) => match[1] ?? ''));
  const body = source.replaceAll(parameterList, '').replaceAll(callOfNext, '');
  return { names, open: otherUseOfK.test(body) };
});

/** Names in other texts that are given the function's `k`, such as what stands beside it. */
export function callsIn(texts: readonly string[], entry: Entry): ReadonlySet<string> {
  return asCalledNow(new Set(texts.flatMap((text) =>
    [...text.matchAll(kernelCall)].map((match) => match[1] ?? ''))), entry);
}

function asCalledNow(inText: ReadonlySet<string>, entry: Entry): ReadonlySet<string> {
  const names = new Set<string>();
  for (const name of inText) {
    const target = entry.redirected.get(name)?.target ?? name;
    names.add(typeof target === 'string' ? target : name);
  }
  return names;
}
