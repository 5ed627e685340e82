/** Pairs of policies and what told them apart, as Markdown. */
import { reasonText } from '../difference.js';
import { gravityText } from '../gravity.js';
import type { Told } from './tournament.js';

export interface QuestionPairs {
  readonly question: string;
  /** All pairs, and those of them that a shipped trace tells apart. */
  readonly all: readonly string[];
  readonly known: ReadonlySet<string>;
  readonly told: ReadonlyMap<string, Told>;
  /** Those that only a search of their own told apart. */
  readonly own: readonly string[];
  /** What it took. */
  readonly cpu_s: number;
}

/** Cases in classes, so that the table says the same on each machine. */
const classes = [1, 4, 16, 32, 64, 128, 256, 512, 1024, 2048] as const;
export const classOf = (cases: number): string =>
  `${classes.find((most) => cases <= most) ?? 'more'}`;

const percent = (part: number, all: number): string =>
  (all === 0 ? '' : `${Math.floor(100 * part / all)} %`);

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function summary({ question, all, known, told, own, cpu_s }: QuestionPairs): string[] {
  const found = [...known].filter((pair) => told.has(pair)).length;
  const more = all.filter((pair) => !known.has(pair) && told.has(pair)).length;
  return [
    row(['question', 'pairs', 'a shipped trace tells them apart', 'so does `find`', '',
      'by a search of their own', 'only `find` does', 'CPU time']),
    row(['---', '---', '---', '---', '---', '---', '---', '---']),
    row([question, all.length, known.size, found, percent(found, known.size), own.length, more,
      `${cpu_s} s`]),
  ];
}

const short = (id: string): string => id.split('/').at(-1) ?? id;

function pairRow(told: ReadonlyMap<string, Told>, pair: string): string {
  const [one = '', other = ''] = pair.split(' ');
  const found = told.get(pair);
  const names = [short(one), short(other)];
  if (found === undefined) return row([...names, 'not found', '', '', '']);
  return row([...names, classOf(found.case), gravityText(found.found.gravity),
    reasonText(found.found.reason).replaceAll('|', '\\|'), found.steps]);
}

/** The part of one question. */
export function questionMarkdown(one: QuestionPairs): string {
  const { question, all, told, known } = one;
  const same = all.filter((pair) => !told.has(pair) && !known.has(pair));
  const shown = all.filter((pair) => told.has(pair) || known.has(pair));
  return [
    `## ${question}`, '', ...summary(one), '',
    row(['one', 'other', 'in cases', 'gravest', 'first reason', 'steps']),
    row(['---', '---', '---', '---', '---', '---']),
    ...shown.map((pair) => pairRow(told, pair)), '',
    ...(same.length === 0 ? [] : ['Told apart by nothing: ' +
      `${same.map((pair) => pair.split(' ').map(short).join(' and ')).join('; ')}.`, '']),
  ].join('\n');
}

/** The file before any question was gone through. */
export function emptyMarkdown(questions: readonly string[]): string {
  return [
    '# Pairs of policies that `find` tells apart', '',
    'Made by `npm run find:pairs`, with seed 1 and up to 12 steps, without a look at the traces.',
    'All policies of a question are given the same random cases, 128 on each version that its',
    'traces have; a pair that is left gets a search of its own: 2048 cases where a trace tells it',
    'apart, 256 where none does.',
    '`in cases`: at most so many were tried before it was told apart. CPU time is of one core, and',
    'of all pairs together.', '',
    ...questions.flatMap((question) => [
      `<!-- generated: ${question} -->`, '', `<!-- end of ${question} -->`, '']),
  ].join('\n');
}
