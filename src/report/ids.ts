/** Ids of what was found wrong, and what they say: `Z10`, `policy_zone too high`. */
import type { Finding } from '../compare/verdict/finding.js';
import { term, type Term } from './blocks.js';

/** An id with what it says, in a few words; these words alone; the id alone. */
export type IdStyle = 'both' | 'words' | 'bare';

/** `Z10 (policy_zone too high)`; what has no words beside its id is words itself. */
export function idText({ id, broken = id }: Finding, style: IdStyle): string {
  return { both: broken === id ? id : `${id} (${broken})`, words: broken, bare: id }[style];
}

/** `Z1, Z2, hang in offline_pages`. */
export function idsText(list: readonly Finding[], style: IdStyle): string {
  return list.map((one) => idText(one, style)).join(', ');
}

/** What an id says stands where it is named first, and is not said again. */
export function explainedOnce(
  terms: readonly Term[], findings: readonly Finding[],
): readonly Term[] {
  const known = new Map<string, { readonly id: string; said: boolean }>();
  for (const one of findings) {
    if (one.broken !== undefined) known.set(idText(one, 'both'), { id: one.id, said: false });
  }
  return terms.map(([name, said, tone]) =>
    term(name, said.replace(/\b[A-Z]\d+ \([^()]+\)/g, (text) => {
      const one = known.get(text);
      if (one === undefined) return text;
      const first = !one.said;
      one.said = true;
      return first ? text : one.id;
    }), tone));
}
