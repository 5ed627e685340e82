/** Traces against policies, coloured by the gravest harm that is left. */
import type { PageCell, PageTrace } from '../report/page_data.js';
import { hashOf } from './place.js';

/** What a cell says in one word; its colour says how grave what is left is. */
const words: Readonly<Record<string, string>> = {
  base: '', fixes: 'fixes', trades: 'at a price', worse: 'worse', changes: 'changes',
  same: 'as base', unknown: 'cannot tell', stopped: 'stopped', untested: 'untested',
};

function CellView({ trace, cell }: {
  readonly trace: PageTrace; readonly cell: PageCell | undefined;
}) {
  if (cell === undefined) return <td class="none"></td>;
  const word = [words[cell.standing] ?? cell.standing, cell.harm].filter(Boolean).join(': ');
  return <td class={`harm ${cell.standing === 'untested' ? 'untested' : cell.harm || 'well'}`}>
    <a href={hashOf({ trace: trace.name, event: undefined, policy: cell.run })}
      title={cell.text || 'nothing is found wrong'}>{word || 'nothing wrong'}</a></td>;
}

/** A long name is broken where its words end. */
function Broken({ name }: { readonly name: string }) {
  return <>{name.split(/(?<=[_/+])/).map((word) => <>{word}<wbr /></>)}</>;
}

function TableOf({ question, traces }: {
  readonly question: string; readonly traces: readonly PageTrace[];
}) {
  const runs = [...new Set(traces.flatMap(({ cells }) => cells.map(({ run }) => run)))];
  return <div class="wide" tabIndex={0}><table class="matrix">
    <caption>{question || 'policies'}: what each policy does, and the gravest harm left</caption>
    <thead><tr><th scope="col">trace</th>{runs.map((run) => (
      <th scope="col"><Broken name={run.replace(`${question}/`, '')} /></th>))}</tr></thead>
    <tbody>{traces.map((trace) => <tr>
      <th scope="row"><a href={hashOf({ trace: trace.name, event: undefined,
        policy: undefined })}>{trace.name}</a></th>
      {runs.map((run) => <CellView trace={trace}
        cell={trace.cells.find((cell) => cell.run === run)} />)}
    </tr>)}</tbody>
  </table></div>;
}

export function Matrix({ traces }: { readonly traces: readonly PageTrace[] }) {
  const questions = [...new Set(traces.map(({ question }) => question))];
  return <section aria-label="Matrix"><h2>Traces and policies</h2>
    {questions.map((question) => <TableOf question={question}
      traces={traces.filter((trace) => trace.question === question)} />)}
    <p class="legend">{['dead', 'bug', 'oops', 'loop', 'kill', 'lost', 'garbage', 'wrong',
      'warning', 'well', 'untested'].map((harm) => (
      <span class={`harm ${harm}`}>{harm === 'well' ? 'nothing wrong' : harm}</span>))}</p>
  </section>;
}
