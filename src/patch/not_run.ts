/** Lines that a policy of the user changes and that no call of a run came to. */
import { sourceOf } from './check/source.js';
import { versionTable } from './conflicts.js';
import type { Patch } from './define.js';
import { asWritten, executedLines, type ExecutedLines, type Statement } from './executed.js';
import type { Entry } from './table.js';
import { inPolicy, wholeBody } from './whole_body.js';

/** Blanks, braces and comments make no difference. */
function normal(text: string): string {
  return asWritten(text).replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '').replaceAll(/[\s{};]+/g, '');
}

/** The function's own text, and what it uses of its file. */
function textsOf(entry: Entry | undefined): readonly string[] {
  if (entry === undefined) return [];
  const whole = wholeBody(entry);
  return whole === undefined ? entry.texts.map((text) => inPolicy(text.toString()))
    : [whole.text, ...whole.helpers];
}

/** Statements, by index, that are not in the function as the version has it; all, if all are. */
function changed(lines: ExecutedLines, version: string): readonly number[] {
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
  const own = new Set(all.filter((index) => isNew(lines.statements[index] as Statement)));
  const changedIn = new Set([...own].map((index) => lines.statements[index]?.fn));
  // A function whose lines are all the model's has lost some, or has them in another order.
  return all.filter((index) => own.has(index) || !changedIn.has(lines.statements[index]?.fn));
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

/** A sentence about the changed lines that never ran; none when all did. */
export function notRun(patch: Patch, version: string): readonly string[] {
  const lines = executedLines(patch);
  if (lines === undefined || lines.statements.length === 0) return [];
  const missed = changed(lines, version).filter((index) => !lines.isReached(index));
  if (missed.length === 0) return [];
  const numbers = missed.map((index) => lines.statements[index]?.line ?? 0);
  return [`${sourceOf(patch)}:${spansText(numbers)} never ran: what stands there is untested`];
}

/** No changed line of this function ran, though the function may have. */
export function isNothingRun(patch: Patch, fn: string, version: string): boolean {
  const lines = executedLines(patch);
  if (lines === undefined) return false;
  const here = [...lines.statements.keys()].filter((index) => lines.statements[index]?.fn === fn);
  const own = new Set(changed(lines, version));
  const changedHere = here.filter((index) => own.has(index));
  return changedHere.length > 0 && changedHere.every((index) => !lines.isReached(index));
}
