/** The sections of the text report as elements: the same words, whatever they say. */
import type { Block, Section } from '../report/blocks.js';

function DiffLine({ line }: { readonly line: string }) {
  const kind = line.startsWith('+') ? 'plus' : line.startsWith('-') ? 'minus' : '';
  return <span class={kind}>{`${line}\n`}</span>;
}

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'text': return <p>{block.text}</p>;
    case 'list': return <ul>{block.items.map((item) => <li>{item}</li>)}</ul>;
    case 'terms': return <dl>{block.terms.map(([name, text]) => (
      <><dt>{name}</dt><dd>{text}</dd></>))}</dl>;
    case 'table': return <div class="wide" tabIndex={0}><table>
      <thead><tr>{block.head.map((cell) => <th scope="col">{cell}</th>)}</tr></thead>
      <tbody>{block.rows.map((row) => <tr>{row.map((cell) => <td>{cell}</td>)}</tr>)}</tbody>
    </table></div>;
    case 'lines': return <pre tabIndex={0}>{block.lines.map((line) => (
      <DiffLine line={line} />))}</pre>;
  }
}

/** `fold`: only its title is there until one asks for it. */
export function SectionView({ section, fold = false, first = false }: {
  readonly section: Section; readonly fold?: boolean;
  /** It is what the page is about. */
  readonly first?: boolean;
}) {
  const blocks = section.blocks.map((block) => <BlockView block={block} />);
  return fold
    ? <details><summary><h3>{section.title}</h3></summary>{blocks}</details>
    : <section>{first ? <h1>{section.title}</h1> : <h2>{section.title}</h2>}{blocks}</section>;
}
