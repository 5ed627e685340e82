/** The same sections for issue trackers and wikis. */
import type { Block, Section } from '../blocks.js';
import { pages } from '../pages.js';
import type { Report } from '../report.js';

function escaped(text: string): string {
  return text.replaceAll(/([\\`*_[\]<>|])/g, '\\$1').replaceAll('\n', ' ');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(escaped).join(' | ')} |\n`;
}

/** Terms and lists have marks of their own: what follows each other stays two lists. */
function block(one: Block): string {
  switch (one.kind) {
    case 'text': return `${escaped(one.text)}\n`;
    case 'list': return one.items.map((item) => `- ${escaped(item)}\n`).join('');
    case 'terms': return one.terms
      .map(([name, text]) => `* **${escaped(name)}**${text === '' ? '' : `: ${escaped(text)}`}\n`)
      .join('');
    case 'table': return row(one.head) + `|${' --- |'.repeat(one.head.length)}\n` +
      one.rows.map(row).join('');
    case 'lines': return `\`\`\`${one.of}\n${one.lines.join('\n')}\n\`\`\`\n`;
  }
}

/** A list that follows one with the same mark would be a part of it. */
function between(one: Block, next: Block | undefined): string {
  return next?.kind === one.kind && ['list', 'terms'].includes(one.kind) ? '\n<!-- -->\n' : '';
}

function section({ title, level, blocks }: Section): string {
  return [`${'#'.repeat(level)} ${escaped(title)}\n`, ...blocks.map((one, index) =>
    block(one) + between(one, blocks[index + 1]))].join('\n');
}

const report: Report = {
  id: 'markdown',
  doc: 'Markdown with the same sections.',
  * render(results, options) {
    let first = true;
    for (const one of pages(results, options)) {
      yield `${first ? '' : '\n'}${section(one)}`;
      first = false;
    }
  },
};
export default report;
