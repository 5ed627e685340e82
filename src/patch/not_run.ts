/** Lines that a policy of the user changes and that no call of a run came to. */
import { diffArrays } from 'diff';
import { sourceOf } from './check/source.js';
import { versionTable } from './conflicts.js';
import type { Patch } from './define.js';
import { asWritten, executedLines, ExecutedLines, marked, type Statement } from './executed.js';
import type { Entry } from './table.js';
import { wholeBody } from './whole_body.js';

/** Blanks, braces and comments make no difference. */
function normal(text: string): string {
  return asWritten(text).replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '').replaceAll(/[\s{};]+/g, '');
}

/** The function's own text, and what it uses of its file. */
function textsOf(entry: Entry | undefined): readonly string[] {
  if (entry === undefined) return [];
  const whole = wholeBody(entry);
  return whole === undefined ? entry.texts.map((text) => text.toString())
    : [whole.text, ...whole.helpers];
}

/** The statements of a text of the model, with blanks, braces and comments left out. */
function statementsOf(text: string): readonly string[] {
  const lines = new ExecutedLines();
  marked(`(${text.replace(/^(?!function|\()/, 'function ')})`, '', lines);
  return lines.statements.filter(({ part }) => !part).map((one) => normal(one.text));
}

/** Around each place where statements of the model are missing: those before and behind it. */
function gaps(
  mine: readonly number[], lines: ExecutedLines, model: readonly string[],
): readonly (readonly number[])[] {
  const texts = mine.map((index) => normal(lines.statements[index]?.text ?? ''));
  let at = 0;
  return diffArrays([...model], texts).flatMap(({ added, removed, value }) => {
    if (removed) return [mine.slice(Math.max(0, at - 1), at + 1)];
    at += value.length;
    return added ? mine.slice(at - value.length, at).map((index) => [index]) : [];
  });
}

/**
 * What the patch changes, as groups of statements, by index, of which one at least has to run:
 * each that is not in the function as the version has it; where it only lost some, those beside
 * the gap.
 */
function changed(lines: ExecutedLines, version: string): readonly (readonly number[])[] {
  const table = versionTable(version);
  const bodies = new Map<string, string>();
  const bodyOf = (fn: string): string => {
    const known = bodies.get(fn) ?? normal(textsOf(table.get(fn)).join('\n'));
    bodies.set(fn, known);
    return known;
  };
  const replaced = new Set(lines.statements.filter(({ verb }) => verb === 'replaces')
    .map(({ fn }) => fn ?? ''));
  // What stands beside the policy may be what stands beside the model's function.
  const isNew = ({ verb, fn, text }: Statement): boolean =>
    (verb !== undefined && verb !== 'replaces') ||
    !(fn === undefined ? [...replaced] : [fn]).some((one) => bodyOf(one).includes(normal(text)));
  const all = [...lines.statements.keys()];
  const own = all.filter((index) => isNew(lines.statements[index] as Statement));
  const changedIn = new Set(own.map((index) => lines.statements[index]?.fn));
  // A function whose lines are all the model's has lost some, or has them in another order.
  const lost = [...replaced].filter((fn) => !changedIn.has(fn)).flatMap((fn) => {
    const [text = ''] = textsOf(table.get(fn));
    const mine = all.filter((index) =>
      lines.statements[index]?.fn === fn && lines.statements[index]?.part === false);
    const found = gaps(mine, lines, statementsOf(text)).filter((group) => group.length > 0);
    return found.length > 0 ? found : mine.map((index) => [index]);
  });
  return [...own.map((index) => [index]), ...lost];
}

/** `12-14` of lines that follow each other. */
function spansText(numbers: readonly number[]): string {
  const spans: [number, number][] = [];
  for (const line of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last !== undefined && line <= last[1] + 1) last[1] = line;
    else spans.push([line, line]);
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

/** Letters of a branch that are quoted. */
const QUOTED = 40;

/**
 * A sentence about the changed lines that never ran; none when all did. `parts`: also of branches
 * inside of lines that did.
 */
export function notRun(
  patch: Patch, version: string, { parts = false } = {},
): readonly string[] {
  const lines = executedLines(patch);
  if (lines === undefined || lines.statements.length === 0) return [];
  const missed = changed(lines, version)
    .filter((group) => !group.some((index) => lines.isReached(index)))
    .map((group) => lines.statements[group.at(-1) ?? 0] as Statement);
  const whole = missed.filter(({ part }) => !part);
  const where = sourceOf(patch);
  if (whole.length > 0) {
    const numbers = whole.map(({ line }) => line);
    return [`${where}:${spansText(numbers)} never ran: what stands there is untested`];
  }
  const [branch] = missed;
  if (branch === undefined || !parts) return [];
  const text = asWritten(branch.text).replaceAll(/\s+/g, ' ');
  const quoted = text.length > QUOTED ? `${text.slice(0, QUOTED)}...` : text;
  return [`${where}:${branch.line} ran and never came to  ${quoted}  there: it is untested`];
}

/** No changed line of this function ran, though the function may have. */
export function isNothingRun(patch: Patch, fn: string, version: string): boolean {
  const lines = executedLines(patch);
  if (lines === undefined) return false;
  // What is around a branch may have run: nobody counts expressions.
  const isHere = (one: Statement | undefined): boolean => one?.fn === fn && !one.part;
  const changedHere = changed(lines, version)
    .filter(([first = 0]) => isHere(lines.statements[first]));
  return changedHere.length > 0 && !changedHere.flat().some((index) => lines.isReached(index));
}
