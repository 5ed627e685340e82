/** For mail: 72 columns, ASCII, no trailing blanks. */
import type { Block, Section, Table } from '../blocks.js';
import { pages } from '../pages.js';
import type { Report } from '../report.js';
import { INDENT, termLines, WIDTH } from '../term_lines.js';
import { wrap } from '../../base/wrap.js';

/** The last column of a table is wrapped: it asks for no more than this. */
const LAST_WIDTH = 24;

/** Only ASCII goes into mail unharmed. */
function ascii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}

function numeric(cells: readonly string[]): boolean {
  return cells.every((cell) => /^[\d./-]*$/.test(cell)) && cells.some((cell) => /\d/.test(cell));
}

/** Columns two blanks apart; a first cell that does not fit has a line of its own. */
function tableLines({ head, rows, tight }: Table): string[] {
  const gap = tight === true ? 1 : 2;
  const all = [head, ...rows];
  const last = head.length - 1;
  const widths = head.map((_, column) => {
    const width = Math.max(...all.map((row) => (row[column] ?? '').length));
    return column === last && column > 0 ? Math.min(width, LAST_WIDTH) : width;
  });
  const others = widths.slice(1).reduce((sum, width) => sum + width + gap, 0);
  const firstWidth = Math.min(widths[0] ?? 0, Math.max(12, WIDTH - INDENT.length - others));
  const right = head.map((_, column) => numeric(rows.map((row) => row[column] ?? '')));
  const rest = (row: readonly string[]): string => row.slice(1).map((cell, index) => {
    const width = widths[index + 1] ?? 0;
    const padded = right[index + 1] === true ? cell.padStart(width) : cell.padEnd(width);
    return ' '.repeat(gap) + padded;
  }).join('');
  return all.flatMap((row) => {
    const [first = ''] = row;
    const line = INDENT + first.padEnd(firstWidth) + rest(row);
    if (first.length <= firstWidth && line.trimEnd().length <= WIDTH) return [line.trimEnd()];
    const lastCell = row.at(-1) ?? '';
    // What does not fit is the last cell, a list of words, or the name.
    const short = INDENT + first.padEnd(firstWidth) + rest([...row.slice(0, -1), '']);
    const lead = first.length <= firstWidth ? [] : [INDENT + first];
    const body = lead.length === 0 ? short
      : INDENT + ''.padEnd(firstWidth) + rest([...row.slice(0, -1), '']);
    const start = body.trimEnd().padEnd(body.length - (widths.at(-1) ?? 0));
    return [...lead, ...wrap(lastCell, WIDTH, start, ' '.repeat(start.length))];
  });
}

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'text': return wrap(block.text, WIDTH);
    case 'list': return block.items.flatMap((item) => wrap(item, WIDTH, '* ', '  '));
    case 'terms': return termLines(block.terms);
    case 'table': return tableLines(block);
    case 'lines': return block.lines.map((line) => `${INDENT}${line}`.trimEnd());
  }
}

function sectionLines({ title, level, blocks }: Section): string[] {
  const head = level === 1 ? [title, '='.repeat(title.length)] : [title, '-'.repeat(title.length)];
  return [...head, '', ...blocks.flatMap((block) => [...blockLines(block), ''])];
}

/** Sections as text. */
export function textOf(sections: Iterable<Section>): string {
  return [...sections].flatMap(sectionLines).map((line) => `${ascii(line).trimEnd()}\n`).join('');
}

const report: Report = {
  id: 'text',
  doc: 'Text for mail: 72 columns, ASCII.',
  * render(results, options) {
    let first = true;
    for (const section of pages(results, options)) {
      const lines = sectionLines(section);
      if (!first && section.level === 1) yield '\n';
      first = false;
      yield lines.map((line) => `${ascii(line).trimEnd()}\n`).join('');
    }
  },
};
export default report;
