/** For mail: 72 columns, ASCII, no trailing blanks; for a terminal wider, with colour. */
import { asciiSection } from '../ascii.js';
import type { Block, Section, Table, Term } from '../blocks.js';
import { pages } from '../pages.js';
import { paint, type Shade } from '../paint.js';
import type { Report, Terminal } from '../report.js';
import { INDENT, nameWidth, termLines, WIDTH } from '../term_lines.js';
import { maxOf } from '../../base/long_lists.js';
import { wrap } from '../../base/wrap.js';

/** The last column of a table is wrapped: it asks for no more than this. */
const LAST_WIDTH = 24;

function numeric(cells: readonly string[]): boolean {
  return cells.every((cell) => /^[\d./-]*$/.test(cell)) && cells.some((cell) => /\d/.test(cell));
}

/** Columns two blanks apart; a first cell that does not fit has a line of its own. */
function tableLines({ head, rows, tight }: Table, columns: number): string[] {
  const gap = tight === true ? 1 : 2;
  const all = [head, ...rows];
  const last = head.length - 1;
  const widths = head.map((_, column) => {
    const width = maxOf(all.map((row) => (row[column] ?? '').length));
    return column === last && column > 0 ? Math.min(width, LAST_WIDTH) : width;
  });
  const others = widths.slice(1).reduce((sum, width) => sum + width + gap, 0);
  const firstWidth = Math.min(widths[0] ?? 0, Math.max(12, columns - INDENT.length - others));
  const right = head.map((_, column) => numeric(rows.map((row) => row[column] ?? '')));
  const rest = (row: readonly string[]): string => row.slice(1).map((cell, index) => {
    const width = widths[index + 1] ?? 0;
    const padded = right[index + 1] === true ? cell.padStart(width) : cell.padEnd(width);
    return ' '.repeat(gap) + padded;
  }).join('');
  return all.flatMap((row) => {
    const [first = ''] = row;
    const line = INDENT + first.padEnd(firstWidth) + rest(row);
    if (first.length <= firstWidth && line.trimEnd().length <= columns) return [line.trimEnd()];
    const lastCell = row.at(-1) ?? '';
    // What does not fit is the last cell, a list of words, or the name.
    const short = INDENT + first.padEnd(firstWidth) + rest([...row.slice(0, -1), '']);
    const lead = first.length <= firstWidth ? [] : [INDENT + first];
    const body = lead.length === 0 ? short
      : INDENT + ''.padEnd(firstWidth) + rest([...row.slice(0, -1), '']);
    const start = body.trimEnd().padEnd(body.length - (widths.at(-1) ?? 0));
    return [...lead, ...wrap(lastCell, columns, start, ' '.repeat(start.length))];
  });
}

/** A line of ASCII, and what of it has a shade: from its begin, so many characters or all. */
interface Line {
  readonly text: string;
  readonly shade?: Shade;
  readonly length?: number;
}

const plain = (lines: readonly string[]): Line[] => lines.map((text) => ({ text }));

/** The name of a term stands out, in the shade of the news that it has. */
function termBlock(terms: readonly Term[], columns: number): Line[] {
  const width = nameWidth(terms);
  return terms.flatMap((term) => {
    const [name, , tone] = term;
    const length = INDENT.length + name.length;
    return termLines([term], columns, width).map((text, index): Line => (
      index === 0 && name !== '' ? { text, shade: tone ?? 'name', length } : { text }));
  });
}

function diffLine(line: string): Line {
  const text = `${INDENT}${line}`;
  if (line.startsWith('+')) return { text, shade: 'added' };
  return line.startsWith('-') ? { text, shade: 'removed' } : { text };
}

function blockLines(block: Block, columns: number): Line[] {
  switch (block.kind) {
    case 'text': return plain(wrap(block.text, columns));
    case 'list': return plain(block.items.flatMap((item) => wrap(item, columns, '* ', '  ')));
    case 'terms': return termBlock(block.terms, columns);
    case 'table': return plain(tableLines(block, columns));
    case 'lines': return block.of === 'diff' ? block.lines.map(diffLine)
      : plain(block.lines.map((line) => `${INDENT}${line}`));
  }
}

function sectionLines({ title, level, blocks }: Section, columns: number): Line[] {
  const rule = (level === 1 ? '=' : '-').repeat(title.length);
  return [{ text: title, shade: 'title' }, { text: rule, shade: 'title' }, { text: '' },
    ...blocks.flatMap((block) => [...blockLines(block, columns), { text: '' }])];
}

function written({ text, shade, length = text.length }: Line, color: boolean): string {
  const shown = text.trimEnd();
  if (!color || shade === undefined || shown === '') return `${shown}\n`;
  const indent = shown.length - shown.trimStart().length;
  return `${shown.slice(0, indent)}${paint(shade, shown.slice(indent, length))}` +
    `${shown.slice(length)}\n`;
}

/** A section as text: for mail, or for a terminal. */
function sectionText(section: Section, { columns, color }: Terminal): string {
  return sectionLines(asciiSection(section), columns).map((line) => written(line, color)).join('');
}

const mail: Terminal = { columns: WIDTH, color: false };

/** Sections as text. */
export function textOf(sections: Iterable<Section>): string {
  return [...sections].map((section) => sectionText(section, mail)).join('');
}

const report: Report = {
  id: 'text',
  doc: 'Text for mail: 72 columns, ASCII; on a terminal in its width, with colour.',
  * render(results, options) {
    let first = true;
    for (const section of pages(results, options)) {
      if (!first && section.level === 1) yield '\n';
      first = false;
      yield sectionText(section, options.terminal ?? mail);
    }
  },
};
export default report;
