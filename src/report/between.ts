/** What a report says of traces that were held against each other. */
import type { Between, BetweenDifference } from '../compare/between.js';
import { verdictText } from '../observe/facts/fact_text.js';
import { text, type Block, type Section } from './blocks.js';

/** `A`, `B`: the traces in their order. */
const letter = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

function tracesOf({ sides }: Between): readonly string[] {
  return [...new Set(sides.map((side) => side.trace))];
}

/** `A recorded 6.1.0-56-amd64`. */
function sideNames(between: Between): readonly string[] {
  const traces = tracesOf(between);
  return between.sides.map((side) => `${letter(traces.indexOf(side.trace))} ${side.name}`);
}

function difference(names: readonly string[], one: BetweenDifference): string {
  const values = one.values.map(({ sides, value }) =>
    `[${sides.map((side) => names[side]).join(', ')}] ${value}`);
  return `${one.event}: ${one.subject}: ${values.join(' ')}`;
}

/** One section: who is compared, how much is the same, where they part. */
export function betweenSections(between: Between, limit: number): Section[] {
  const names = sideNames(between);
  const { steps, facts, same, differences } = between;
  const shown = differences.slice(0, limit);
  const terms = tracesOf(between).map((trace, index) => [letter(index), trace] as const);
  const blocks: Block[] = [
    { kind: 'terms', terms: [...terms, ['same', `${same} of ${facts} facts in ${steps} steps`]] },
  ];
  const held = between.sides.flatMap(({ verdicts }, index) =>
    (verdicts === undefined ? [] : [`${names[index]}: ${verdictText(verdicts)}`]));
  if (held.length > 0) {
    blocks.push(text('Each model against the recording of its own trace, as verify counts:'));
    blocks.push({ kind: 'list', items: held });
  }
  if (shown.length > 0) {
    blocks.push(text('Where they part, each once for every way in which they part:'));
    blocks.push({ kind: 'list', items: shown.map((one) => difference(names, one)) });
  }
  const more = differences.length - shown.length;
  if (more > 0) blocks.push(text(`${more} more; --limit shows them.`));
  return [{ title: 'Between the traces', level: 1, blocks }];
}
