/** A section whose texts are ASCII, before anybody measures them. */
import { asciiText } from '../base/printable.js';
import type { Block, Section, Term } from './blocks.js';

const all = (texts: readonly string[]): string[] => texts.map(asciiText);

function asciiBlock(block: Block): Block {
  switch (block.kind) {
    case 'text': return { ...block, text: asciiText(block.text) };
    case 'list': return { ...block, items: all(block.items) };
    case 'terms': return { ...block, terms: block.terms.map(([name, text, tone]): Term =>
      (tone === undefined ? [asciiText(name), asciiText(text)]
        : [asciiText(name), asciiText(text), tone])) };
    case 'table': return { ...block, head: all(block.head), rows: block.rows.map(all) };
    case 'lines': return { ...block, lines: all(block.lines) };
  }
}

export function asciiSection({ title, level, blocks }: Section): Section {
  return { title: asciiText(title), level, blocks: blocks.map(asciiBlock) };
}
