/** What came to the kernel's functions with each release, and what of it the model has. */
import { markdownTable } from '../base/markers.js';
import { byAge } from '../linux/history/since.js';
import { textChanges } from '../linux/history/texts.js';
import { textKinds, textRead } from '../linux/history/texts_read.js';
import { isMade } from '../patch/untold_texts.js';
import type { NamedTag } from './kernel_tags.js';

type Said = typeof textKinds[number] | 'switched' | 'not read';

interface Row {
  readonly kernelFile: string;
  readonly fn: string;
  readonly release: string;
  readonly said: Said;
  readonly words: string;
}

/** One row for each text that is another one than in the release before. */
function rowsOf({ name, kernelFile }: NamedTag): readonly Row[] {
  return textChanges(name).map((change): Row => {
    const read = textRead(name, change.by);
    const said = read?.kind ?? (isMade(name, change) ? 'switched' : 'not read');
    return { kernelFile, fn: name, release: change.by, said, words: read?.words ?? '' };
  });
}

const columns: readonly (readonly [Said, string])[] = [
  ['switched', 'the model is another one too'], ['made', 'made elsewhere'],
  ['same', 'shows nowhere'], ['outside', 'left out'], ['lacks', 'not as the kernel'],
  ['not read', 'not read'],
];

function countsOf(name: string, rows: readonly Row[]): readonly string[] {
  return [name, String(rows.length), ...columns.map(([said]) =>
    String(rows.filter((row) => row.said === said).length))];
}

/** Counts by the kernel's file, then what the model is known not to do as the kernel did. */
export function textsTable(tags: readonly NamedTag[]): string {
  const rows = tags.flatMap(rowsOf);
  const files = [...new Set(rows.map(({ kernelFile }) => kernelFile))].sort();
  const lacks = rows.filter(({ said }) => said === 'lacks').sort((a, b) =>
    byAge(b.release, a.release) || (a.fn < b.fn ? -1 : a.fn > b.fn ? 1 : 0));
  return markdownTable(['kernel file', 'texts', ...columns.map(([, head]) => head)], [
    ...files.map((file) => countsOf(file, rows.filter((row) => row.kernelFile === file))),
    countsOf('all', rows),
  ]) + (lacks.length === 0 ? '' : '\n' + markdownTable(
    ['came with', 'function', 'what the model has not as the kernel, before it or after'],
    lacks.map(({ release, fn, words }) => [release, `\`${fn}\``, words])));
}
