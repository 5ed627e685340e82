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

function block(one: Block): string {
  switch (one.kind) {
    case 'text': return `${escaped(one.text)}\n`;
    case 'list': return one.items.map((item) => `- ${escaped(item)}\n`).join('');
    case 'terms': return one.terms
      .map(([name, text]) => `- **${escaped(name)}**: ${escaped(text)}\n`).join('');
    case 'table': return row(one.head) + `|${' --- |'.repeat(one.head.length)}\n` +
      one.rows.map(row).join('');
    case 'lines': return `\`\`\`diff\n${one.lines.join('\n')}\n\`\`\`\n`;
  }
}

function section({ title, level, blocks }: Section): string {
  return [`${'#'.repeat(level)} ${escaped(title)}\n`, ...blocks.map(block)].join('\n');
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
