/** Why calls failed, in words. */
import { addTo } from '../base/long_lists.js';
import type { Comparison, ComparisonLine, Refusal } from '../compare/comparison.js';
import { NOT_OVER } from '../compare/refusals.js';
import { hex } from '../base/pfn.js';
import { part, type Section } from './blocks.js';
import { counted, eventText, runName } from './names.js';
import type { RunIndex } from '../compare/document_parts.js';

/** Events told of one reason, and runs; the rest is counted. */
const EVENTS = 2;
const RUNS = 4;

function names(comparison: ComparisonLine, runs: readonly RunIndex[]): string {
  const more = runs.length - RUNS;
  return runs.slice(0, RUNS).map((run) => runName(comparison, run)).join(', ') +
    (more > 0 ? ` and ${more} more` : '');
}

/** `has_unmovable_pages`: what refused, and the page in the way. */
function reasonText({ result, fn, why, page }: Refusal): string {
  if (result === NOT_OVER && page !== undefined) {
    return `${result}: page ${hex(page.pfn)} ${page.what}; no policy can end it before that is `
      + 'freed';
  }
  const who = fn === '' ? 'I cannot tell which function refused' : `${fn}() refuses`;
  const pageText = page === undefined ? '' : `page ${hex(page.pfn)}: ` +
    (page.what ?? `I cannot tell what it is, because ${page.unknown}`);
  return [`${result}: ${who}`, why, pageText].filter(Boolean).join('; ');
}

function otherwiseText(comparison: ComparisonLine, { otherwise }: Refusal): string {
  return otherwise.length === 0 ? '' : `; succeeds with ${names(comparison, otherwise)}`;
}

function whoText(comparison: ComparisonLine, { runs, otherwise }: Refusal): string {
  const models = comparison.runs.filter(({ kind }) => kind === 'model').length;
  return runs.length === models || otherwise.length > 0 && runs.length > 1 ? ''
    : ` [${names(comparison, runs)}]`;
}

/** Refusals of which the same is said stand together: `remove_memory 0x1-0x2 (3 times)`. */
function refusalItems(
  comparison: Comparison, say: (one: Refusal) => string,
): readonly string[] {
  const same = new Map<string, string[]>();
  for (const one of comparison.refusals) {
    const said = say(one);
    addTo(same, said, eventText(one.event));
  }
  return [...same].map(([said, events]) => {
    const more = events.length - EVENTS;
    const shown = events.slice(0, EVENTS).join(', ');
    return `${shown}${more > 0 ? ` and ${counted(more, 'more call')}` : ''}: ${said}`;
  });
}

const allOf = (comparison: Comparison) => (one: Refusal): string =>
  reasonText(one) + otherwiseText(comparison, one) + whoText(comparison, one);

/** The first one, for the verdict, with or without whom it refuses; '' when no call failed. */
export function firstRefusal(comparison: Comparison, withRuns: boolean): string {
  const [first, ...more] = refusalItems(comparison, withRuns ? allOf(comparison) : reasonText);
  return first === undefined ? ''
    : `${first}${more.length === 0 ? '' : `; ${counted(more.length, 'more reason')}`}`;
}

export function refusalsPart(comparison: Comparison): readonly Section[] {
  const { refusals } = comparison;
  if (refusals.length === 0) return [];
  return part('Why calls failed',
    { kind: 'list', items: refusalItems(comparison, allOf(comparison)) });
}
