/** What a soak came to, as text. */
import { addTo } from '../base/long_lists.js';
import type { Verdict } from '../observe/facts/fact.js';
import { factText } from '../observe/facts/fact_text.js';
import type { Soaked } from './hold.js';

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** One line when a scenario is done. */
export function soakedLine({ seed, release, level, result, trouble, kept }: Soaked): string {
  const facts = result === undefined ? 'not verified'
    : `${result.facts} facts, ${result.disagree.length} disagree`;
  const more = [trouble?.split('\n')[0], kept].filter((text) => text !== undefined);
  return [`${seed}  ${release}  ${level}  ${facts}`, ...more].join('  ');
}

/** Kernels in the order in which they came, with each level that they were soaked at. */
function groups(all: readonly Soaked[]): readonly (readonly Soaked[])[] {
  const found = new Map<string, Soaked[]>();
  for (const one of all) {
    const key = `${one.release} ${one.level}`;
    addTo(found, key, one);
  }
  return [...found.values()];
}

function groupLine(group: readonly Soaked[]): string {
  const [first] = group;
  const results = group.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const of = (verdict: Verdict): number => sum(results.map(({ verdicts }) => verdicts[verdict]));
  const cells = [
    group.length, group.filter(({ trouble }) => trouble !== undefined).length,
    sum(results.map(({ facts }) => facts)), of('agrees'), of('agrees_after_correction'),
    of('disagrees'), of('unknown'),
    sum(results.flatMap(({ unspoken }) => Object.values(unspoken))),
  ];
  const name = `${first?.release ?? ''} ${first?.level ?? ''}`;
  return `${name.padEnd(32)}${cells.map((cell) => String(cell).padStart(11)).join('')}`;
}

const heads = ['scenarios', 'trouble', 'facts', 'agree', 'corrected', 'disagree', 'unknown',
  'unspoken'];

/** Disagreements of all recordings, by what they are about; the frequent ones first. */
function kinds(all: readonly Soaked[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const fact of all.flatMap(({ result }) => result?.disagree ?? [])) {
    const call = fact.subject.kind === 'call' ? ` ${fact.field}` : '';
    const kind = `${factText(fact)}${call}`.replace(/\d+/g, 'N');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** Facts by verdict and kernel; then what disagrees, by kind. */
export function* soakFigures(all: readonly Soaked[]): Generator<string> {
  yield `${''.padEnd(32)}${heads.map((head) => head.padStart(11)).join('')}`;
  for (const group of groups(all)) yield groupLine(group);
  const found = kinds(all);
  if (found.length === 0) return;
  yield '';
  yield 'what disagrees, by kind';
  for (const [kind, count] of found) yield `${String(count).padStart(8)}  ${kind}`;
}
