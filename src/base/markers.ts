/**
 * Generated parts of Markdown files stand between two lines:
 * `<!-- generated: name -->` and `<!-- end of name -->`.
 */

/** The text with the part of that name replaced. Error when the file has no such part. */
export function withPart(text: string, name: string, part: string): string {
  const begin = `<!-- generated: ${name} -->\n`;
  const end = `<!-- end of ${name} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`no part ${name} between its two marker lines`);
  return `${text.slice(0, from)}${begin}\n${part.trimEnd()}\n\n${text.slice(to)}`;
}

/** A Markdown table; `|` inside a cell is escaped. */
export function markdownTable(
  head: readonly string[], rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}
