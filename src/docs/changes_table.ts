/** What differs between versions, as tables: the changes of src/linux/history. */
import { bodies } from '../linux/history/bodies.js';
import { branches, type ChangeName } from '../linux/history/branches.js';
import { read } from '../linux/history/read.js';
import type { Change, Mainline } from '../linux/history/since.js';
import { boot } from '../linux/history/switches/boot.js';
import { hotplug } from '../linux/history/switches/hotplug.js';
import { hugetlb } from '../linux/history/switches/hugetlb.js';
import { page_alloc } from '../linux/history/switches/page_alloc.js';
import { pages } from '../linux/history/switches/pages.js';
import { markdownTable } from '../base/markers.js';

const parts: Readonly<Record<string, Readonly<Record<string, Change<unknown>>>>> = {
  'boot, sections and compaction': boot,
  'zonelists, watermarks and sizes': page_alloc,
  'page lists and isolation': pages,
  'memory hotplug': hotplug,
  'huge pages': hugetlb,
  'functions that differ as a whole': bodies,
};

/** `batches; low_wmark since v5.14 (44042b449872)`; of functions, which are replaced. */
function valuesText({ values, commits }: Change<unknown>): string {
  return Object.entries(values).map(([from, value], index) => {
    const commit = commits[from as Mainline];
    const since = index === 0 ? '' : ` since ${from}`;
    return `${valueText(value)}${since}${commit === undefined ? '' : ` (${commit})`}`;
  }).join('; ');
}

function valueText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const changed = Object.entries(value as Readonly<Record<string, object>>)
    .flatMap(([verb, functions]) =>
      Object.keys(functions).map((name) => `${verb} \`${name}\``));
  return changed.join(', ') || 'as written';
}

/** `6.9.0 / 6.10.0`: the texts between which each value came. */
function readText(name: string): string {
  const texts = Object.values(read[name as ChangeName] ?? {});
  return texts.map((both) => both?.join(' / ')).join('; ');
}

/** Each change with its values and since when; then what each branch has of later releases. */
export function changesTable(): string {
  const tables = Object.entries(parts).map(([title, changes]) =>
    `### ${title}\n\n${markdownTable(
      ['change', 'what it decides', 'values', 'texts without / with'],
      Object.entries(changes).map(([name, change]) =>
        [`\`${name}\``, change.doc, valuesText(change), readText(name)]))}`);
  const picks = markdownTable(['version', 'is', 'with, since'], branches.map(
    ({ id, on, picks: picked }) => [
      id, on,
      Object.entries(picked).map(([name, from]) => `\`${name}\` ${from}`).join(', ') || 'nothing',
    ]));
  return `${tables.join('\n')}\n### Stable and distribution releases\n\n${picks}`;
}
