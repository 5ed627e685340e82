/** What a report says of the policies: what they are, what of them ran, what their authors said. */
import { type Comparison, OF_TRACE } from '../compare/comparison.js';
import { part, type Section } from './blocks.js';
import { allNames, counted, eventText, runName, shortName } from './names.js';
import type { RunSummary } from '../compare/document_parts.js';

/** Why a claim was neither held nor broken. */
const whyOpen: Readonly<Record<string, string>> = {
  untested: ' (nothing that it changes ran)',
  'not exercised': ' (what it speaks of was never there)',
  unknown: ' (the recorded kernel, whose pace this is, did otherwise)',
};

/** Claims that say the same and came to the same together. */
export function claimsPart(comparison: Comparison): readonly Section[] {
  const same = new Map<string, Set<string>>();
  const expected = new Map<string, Set<string>>();
  for (const claim of comparison.claims) {
    const where = claim.where === undefined ? '' : ` at ${eventText(claim.where)}`;
    const tested = whyOpen[claim.result] ?? '';
    const key = `${claim.result}${where}${tested}: ${claim.text} [${claim.holds}]`;
    const whose = claim.patch === OF_TRACE ? expected : same;
    const names = whose.get(key) ?? new Set<string>();
    whose.set(key, names.add(claim.patch === OF_TRACE ? runName(comparison, claim.run)
      : shortName(comparison, claim.patch)));
  }
  const items = [...same].map(([what, patches]) =>
    `${what} Claimed by ${[...patches].join(', ')}.`);
  const ofTrace = [...expected].map(([what, runs]) => `${what} In ${[...runs].join(', ')}.`);
  return [
    ...(ofTrace.length === 0 ? []
      : part('What the trace expects', { kind: 'list', items: ofTrace })),
    ...(items.length === 0 ? [] : part('Claims of the authors', { kind: 'list', items })),
  ];
}

function reachedText(reached: RunSummary['reached']): string {
  const ran = reached.filter((one) => one.calls > 0)
    .map((one) => `${one.fn}() on ${counted(one.events, 'event')}`);
  const never = reached.filter((one) => one.calls === 0).map((one) => `${one.fn}()`);
  return [...ran, ...(never.length === 0 ? [] : [`never ${never.join(', ')}`])].join('; ');
}

/** Of a series, what each of its patches changed. */
export function reachedPart(comparison: Comparison): readonly Section[] {
  const items = comparison.runs.flatMap((run) => {
    if (run.kind === 'recorded' || run.name === 'base') return [];
    const name = shortName(comparison, run.name);
    if (run.reached.length === 0) return [`${name}: no function, switches of the model only`];
    const untested = run.reached.every((one) => one.calls === 0) ? ' (untested)' : '';
    // Its own first, then those that it brings along.
    const patches = [...new Set(run.reached.map((one) => one.patch))]
      .sort((a, b) => Number(b === run.name) - Number(a === run.name));
    const parts = patches.map((patch) => {
      const text = reachedText(run.reached.filter((one) => one.patch === patch));
      return patches.length === 1 || patch === run.name
        ? text : `of ${shortName(comparison, patch)}: ${text}`;
    });
    return [`${name}${untested}: ${parts.join('; ')}`];
  });
  return items.length === 0 ? [] : part('Changed functions that ran', { kind: 'list', items });
}

/** Policies up to this many are described, of more only the mail is named. */
const DESCRIBED = 3;

/** Which mail each name stands for. */
export function policiesPart(comparison: Comparison): readonly Section[] {
  const { policies } = comparison;
  const items = policies.map(({ id, subject, author, link, released, doc }) => {
    const mail = [subject, author, released === '' ? 'never released' : `in ${released}`, link]
      .filter(Boolean).join('; ');
    const told = policies.length <= DESCRIBED ? `. ${doc}` : '';
    return `${shortName(comparison, id)}: ${mail}${told}`;
  });
  return items.length === 0 ? [] : part('Policies', { kind: 'list', items });
}

/** Policies that this trace cannot tell apart. */
export function alikePart(comparison: Comparison): readonly Section[] {
  const groups = comparison.groups
    .map((group) => group.filter((run) => comparison.runs[run]?.name !== 'base'))
    .filter((group) => group.length > 1);
  const items = groups.map((group) => allNames(comparison, group));
  return items.length === 0 ? [] : part('Not told apart by this trace', { kind: 'list', items });
}

export function skippedPart({ skipped, trace }: Comparison): readonly Section[] {
  const items = skipped.map(({ name, why }) => `${name}: ${why.replaceAll(/\s*\n\s*/g, '; ')}`);
  return items.length === 0 ? [] : part(`Do not stand on ${trace.base}`, { kind: 'list', items });
}
