/** What changed between two batches, in words. */
import type { Finding } from '../compare/verdict/finding.js';
import { counted } from './names.js';

/** One change, with its words; the batch says what it is. */
export interface ChangeWords {
  readonly kind: string;
  readonly trace: string;
  readonly run?: string;
  readonly came: readonly Finding[];
  readonly went: readonly Finding[];
}

/** Changes told of each kind. */
const TOLD = 20;

function changeText({ trace, run, came, went }: ChangeWords): string {
  const parts = [
    ...came.map(({ id, text }) => `+ ${id}: ${text}`), ...went.map(({ id }) => `- ${id}`)];
  return `${trace}${run === undefined ? '' : ` ${run}`}` +
    (parts.length === 0 ? '' : `: ${parts.join('; ')}`);
}

/** Counts first, then the changes by kind, in the order of `kinds`. */
export function changesText(changes: readonly ChangeWords[], kinds: readonly string[]): string {
  if (changes.length === 0) return 'Nothing changed.\n';
  const of = (kind: string): readonly ChangeWords[] => changes.filter((one) => one.kind === kind);
  const counts = kinds.filter((kind) => of(kind).length > 0)
    .map((kind) => `${of(kind).length} ${kind}`);
  const lines = kinds.flatMap((kind) => {
    const list = of(kind);
    const more = list.length - TOLD;
    return [
      ...list.slice(0, TOLD).map((one) => `${kind.padEnd(8)}${changeText(one)}`),
      ...(more > 0 ? [`${kind.padEnd(8)}and ${counted(more, 'more')}`] : []),
    ];
  });
  return `${counts.join(', ')}\n\n${lines.join('\n')}\n`;
}
