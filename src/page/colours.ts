/** Colours that everybody can tell apart (Okabe and Ito), with hatching where two are near. */
export interface Colour { readonly fill: string; readonly pattern: boolean }

const rules: readonly (readonly [RegExp, string, boolean])[] = [
  [/uninitialised|wrong link/, 'c-red', true],
  [/hole/, 'c-grey', true],
  [/reserved/, 'c-grey', false],
  [/withheld/, 'c-yellow', true],
  [/Isolate/, 'c-purple', true],
  [/going-offline|being freed/, 'c-purple', false],
  [/^free/, 'c-green', false],
  [/list of CPU/, 'c-sky', true],
  [/allocated|huge page|Unmovable/, 'c-orange', false],
  [/mixed/, 'c-orange', true],
  [/offline/, 'c-grey', true],
  [/Reclaimable|HighAtomic|CMA/, 'c-yellow', false],
  [/Movable/, 'c-sky', false],
  [/DMA32/, 'c-yellow', false],
  [/DMA/, 'c-orange', false],
  [/Normal|online/, 'c-green', false],
  [/Device/, 'c-red', false],
];

const nodes = ['c-blue', 'c-sky', 'c-orange', 'c-yellow'];

export function colourOf(text: string): Colour {
  const rule = rules.find(([pattern]) => pattern.test(text));
  if (rule !== undefined) return { fill: rule[1], pattern: rule[2] };
  const nid = Number(/^node (\d+)/.exec(text)?.[1] ?? 0);
  return { fill: nodes[nid % nodes.length] ?? 'c-blue', pattern: nid >= nodes.length };
}
