/**
 * Expectations of a trace or scenario: a name, a sentence and a comparison over what probes see.
 *
 *     node * DMA32.min >= before when online, online_movable
 *     huge pages.surplus <= huge pages.total
 *     node states.has_memory contains 1
 *
 * It is data, checked when it is read; nothing of it becomes code.
 */
import { didYouMean } from '../base/closest.js';
import { eventNames, eventType } from './events.js';
import { observed, observedAs } from './observed.js';
import { excerpt } from './problems.js';
import type { TraceExpectation } from './trace_expectation.js';

/** A word of a subject's value; without `word` the whole value. */
export interface Path {
  readonly subject: string;
  readonly word?: string;
}

export const comparisons = ['==', '!=', '<=', '>=', '<', '>', 'contains', 'lacks'] as const;
export type ComparisonName = (typeof comparisons)[number];

/** What a path is compared with: a number or text, or a path now or after the input before. */
export type Operand =
  | { readonly value: number | string }
  | { readonly path: Path; readonly before: boolean; readonly plus: number };

export interface Condition {
  readonly left: Path;
  readonly is: ComparisonName;
  readonly right: Operand;
  /** Inputs after which it is checked; none: after each, and after the boot. */
  readonly events: readonly string[];
}

export type Parsed = { readonly condition: Condition } | { readonly problem: string };

const number = /^-?(\d+|0[xX][0-9a-fA-F]+)$/;
const numberOf = (text: string): number =>
  (text.startsWith('-') ? -Number(text.slice(1)) : Number(text));

/** Errors are thrown inside this file only. */
class Problem extends Error {}

function pathOf(text: string): Path {
  const whole = observedAs(text);
  if (whole !== undefined && whole.words.length === 0) return { subject: text };
  const dot = text.lastIndexOf('.');
  const [subject, word] = dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
  const known = observedAs(subject);
  if (known === undefined) {
    const subjects = observed.map((one) => one.subject);
    throw new Problem(`nothing sees ${excerpt(subject)}, expected a line of \`mmreplay list `
      + `observed\`${didYouMean(subject, subjects)}`);
  }
  if (known.words.includes(word)) return { subject, word };
  throw new Problem(known.words.length === 0
    ? `${known.subject} has no words, expected it without ${excerpt(`.${word}`)}`
    : `${known.subject} has no ${excerpt(word)}, expected ${known.words.map((one) => `.${one}`)
      .join(' or ')}${didYouMean(word, known.words)}`);
}

function operandOf(text: string, left: Path): Operand {
  if (number.test(text)) return { value: numberOf(text) };
  const quoted = /^'([^']*)'$/.exec(text)?.[1] ?? /^"([^"]*)"$/.exec(text)?.[1];
  if (quoted !== undefined) return { value: quoted };
  if (/^-?E[A-Z0-9]+$/.test(text)) {
    throw new Problem(`${text} stands without quotes, expected the number of the errno, or a text`);
  }
  const [, was, rest = '', sign, more] =
    /^(before\b)?\s*(.*?)(?:\s*([+-])\s*(\d+))?$/.exec(text) ?? [];
  const plus = more === undefined ? 0 : Number(`${sign ?? ''}${more}`);
  if (was !== undefined && rest === '') return { path: left, before: true, plus };
  return { path: pathOf(rest), before: was !== undefined, plus };
}

function eventsOf(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  return text.split(',').map((one) => one.trim()).map((name) => {
    if (eventType(name)?.role === 'input') return name;
    const inputs = eventNames.filter((event) => eventType(event)?.role === 'input');
    throw new Problem(`${excerpt(name)} behind "when" is no input, expected one of \`mmreplay list `
      + `events\`${didYouMean(name, inputs)}`);
  });
}

/** Reads a comparison; a text says what is wrong with it. */
export function parseCondition(holds: string): Parsed {
  const [, first = '', is, rest = ''] =
    /^(.+?)\s*(==|!=|<=|>=|<|>|\bcontains\b|\blacks\b)\s*(.+)$/.exec(holds.trim()) ?? [];
  if (is === undefined) {
    return { problem: `${excerpt(holds)} is no comparison, expected something like `
      + `node * Normal.present >= before, with one of ${comparisons.join(', ')}` };
  }
  const [right = '', when] = rest.split(/\s+when\s+/);
  try {
    const left = pathOf(first.trim());
    const operand = operandOf(right.trim(), left);
    return { condition: {
      left, is: is as ComparisonName, right: operand, events: eventsOf(when),
    } };
  } catch (error) {
    if (error instanceof Problem) return { problem: error.message };
    throw error;
  }
}

/** `min_free`: no id of an invariant that is shipped, which begins with a large letter. */
const nameLike = /^[a-z][a-z0-9_]{0,39}$/;

/** What is wrong with an expectation, among those before it; undefined: nothing. */
export function expectationProblem(
  { name, text, holds }: TraceExpectation, others: readonly TraceExpectation[],
): string | undefined {
  if (!nameLike.test(name)) {
    return `the name of an expectation is ${excerpt(name)}, expected a word of small letters, `
      + 'digits and _';
  }
  if (others.some((one) => one.name === name)) return `there are two expectations ${name}`;
  if (text.trim() === '') return `the expectation ${name} lacks its sentence`;
  // The line of a header has the sentence behind the first of them.
  if (holds.includes(';')) return `the expectation ${name} compares with a text that has a ;`;
  const parsed = parseCondition(holds);
  return 'problem' in parsed ? `the expectation ${name}: ${parsed.problem}` : undefined;
}

/** `NAME COMPARISON; SENTENCE` as a line of a trace's header. */
export function expectationLine({ name, text, holds }: TraceExpectation): string {
  return `${name} ${holds}; ${text}`;
}

export function expectationOfLine(value: string): TraceExpectation {
  const [, name = '', holds = '', text = ''] =
    /^(\S+)\s+([^;]*?)\s*;\s*(.*)$/.exec(value) ?? [value, value];
  return { name, holds, text };
}
