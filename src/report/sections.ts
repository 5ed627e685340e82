/** What a report says of one trace. Every text for readers that depends on a comparison is here. */
import { addTo } from '../base/long_lists.js';
import type { Comparison, Divergence, Violation } from '../compare/comparison.js';
import { correctionCauses, type CorrectionCause } from '../observe/facts/causes.js';
import { isLike } from '../observe/facts/fact.js';
import { factText } from '../observe/facts/fact_text.js';
import { part, text, type Block, type Section } from './blocks.js';
import {
  allNames, counted, differingWords, eventText, groupLetter, runName, runNames, seconds, shortName,
} from './names.js';
import {
  alikePart, claimsPart, policiesPart, reachedPart, skippedPart,
} from './policy_sections.js';
import type { ReportOptions } from './report.js';
import { refusalsPart } from './refusals.js';
import { unifiedDiff } from './unified.js';
import { answerTerms } from './verdict.js';
import type { Agreement, RunIndex } from '../compare/document_parts.js';

/** Unified diffs shown of the first divergence, and lines of each. */
const DIFFS_SHOWN = 3;
const DIFF_LINES = 60;

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts).map(([kind, count]) => `${kind} ${count}`).join(', ');
}

/** Of a scenario the kinds of step, of a recording how many lines. */
function unusedText(trace: Comparison['trace'], count: number): string {
  return Object.keys(trace.unused).every((kind) => kind.startsWith('step:'))
    ? countsText(trace.unused) : `${counted(count, 'line')} of the recording`;
}

/** `v5.14`; where the recorded kernel is of another release, that there may be more to it. */
function modelText({ base, kernel }: Comparison['trace']): string {
  const release = (text: string): string | undefined => /^v?(\d+\.\d+)/.exec(text)?.[1];
  const of = release(kernel);
  return of === undefined || of === release(base)
    ? base : `${base}, the kernel is of ${of}: changes between them are not in the model`;
}

function head(comparison: Comparison): readonly Section[] {
  const { trace } = comparison;
  const unused = Object.values(trace.unused).reduce((sum, count) => sum + count, 0);
  const terms: [string, string][] = [
    ['kernel', [trace.kernel || 'none', trace.series].filter(Boolean).join(' with ')],
    ['model', modelText(trace)], ['machine', trace.machine],
    ['trace', [
      counted(trace.rows, 'row'), counted(trace.inputs, 'input'),
      ...(trace.steps === 0 ? [] : [counted(trace.steps, 'step')]), seconds(trace.time_ns),
    ].join(', ')],
  ];
  if (trace.config !== '') terms.push(['config', trace.config]);
  const base = comparison.runs.find((run) => run.name === 'base');
  const refused = Object.entries(base?.refused ?? {})
    .map(([what, count]) => (count === 1 ? what : `${what} (${count} times)`));
  if (refused.length > 0) terms.push(['refused', `by the base: ${refused.join(', ')}`]);
  const taken = countsText(trace.taken);
  if (taken !== '') terms.push(['taken', `from the recording: ${taken}`]);
  if ((trace.kconfig ?? []).length > 0) {
    terms.push(['assumed', `CONFIG_ ${trace.kconfig?.join(', ')} (--config gives others)`]);
  }
  for (const one of trace.assumed ?? []) terms.push(['assumed', one]);
  if (unused > 0) terms.push(['unused', unusedText(trace, unused)]);
  return part('Machine and trace', { kind: 'terms', terms });
}

/** `12 agree`, and how many of the other verdicts. */
function agreementText({ verdicts }: Agreement): string {
  const { agrees, agrees_after_correction: after, disagrees, unknown } = verdicts;
  return [`${agrees} agree`, ...(after === 0 ? [] : [`${after} after a correction`]),
    ...(disagrees === 0 ? [] : [`${disagrees} disagree`]),
    ...(unknown === 0 ? [] : [`${unknown} unknown`])].join(', ');
}

function runsTable(comparison: Comparison): readonly Section[] {
  const held = comparison.agreement.length > 0;
  const rows = comparison.runs.map((run, index) => {
    const agreement = comparison.agreement.find((one) => one.run === index);
    const untested = run.untested.length > 0 ? ' (untested)' : '';
    return [
      `${runName(comparison, index)}${untested}`,
      run.kind === 'recorded' ? '' : groupLetter(comparison, index),
      ...(held ? [agreement === undefined ? '' : agreementText(agreement)] : []),
      `${run.faults}`,
      run.deadAtBoot ??
        (run.stopped === undefined ? run.violated.join(' ') || '-' : 'stopped'),
    ];
  });
  const head = ['run', 'outcome', ...(held ? ['recorded'] : []), 'faults', 'violates'];
  const same = comparison.divergences.length === 0 && comparison.runs.length > 1 &&
    comparison.runs.every(({ untested, doubts }) => untested.length === 0 &&
      doubts.every(({ kind }) => kind === 'reduced'));
  return part('Runs', { kind: 'table', head, rows },
    same ? text('All runs agree in everything that was seen.') : undefined);
}

/** Who agrees with the recorded kernel, and where the others part from it. */
function recordedPart(comparison: Comparison): readonly Section[] {
  const { agreement } = comparison;
  if (agreement.length === 0) return [];
  const names = (group: readonly Agreement[]): string =>
    allNames(comparison, group.map((one) => one.run));
  const like = agreement.filter((one) => isLike(one) && one.verdicts.unknown === 0);
  const unsure = agreement.filter((one) => isLike(one) && one.verdicts.unknown > 0);
  const lines = [
    ...(like.length === 0 ? [] : [`Disagrees with nothing that was recorded: ${names(like)}.`]),
    ...(unsure.length === 0 ? [] : ['Disagrees with nothing that can be told, some facts being ' +
      `unknown: ${names(unsure)}.`]),
  ];
  if (lines.length === 0) lines.push('No run agrees with all that was recorded.');
  const parted = new Map<string, RunIndex[]>();
  for (const { run, first } of agreement) {
    if (first === undefined) continue;
    const { event, fact } = first;
    const where = `${eventText(event)}: ${factText(fact)}: recorded ${fact.recorded}, ` +
      `modelled ${fact.modelled}`;
    addTo(parted, where, run);
  }
  const items = [...parted].map(([where, runs]) =>
    `from ${where} [${allNames(comparison, runs)}]`);
  const causes = causeItemsOf(comparison);
  return part('Against the recorded kernel', text(lines.join(' ')),
    items.length === 0 ? undefined : text('Parts from it:'),
    items.length === 0 ? undefined : { kind: 'list', items },
    causes.length === 0 ? undefined : text('Agrees after a correction, facts by cause:'),
    causes.length === 0 ? undefined : { kind: 'list', items: causes });
}

/** Why facts agree after a correction only; runs with the same counts together. */
function causeItemsOf(comparison: Comparison): string[] {
  const same = new Map<string, RunIndex[]>();
  for (const { run, causes } of comparison.agreement) {
    for (const [cause, count] of Object.entries(causes) as [CorrectionCause, number][]) {
      const key = `${count}: ${correctionCauses[cause]}`;
      addTo(same, key, run);
    }
  }
  return [...same].map(([what, runs]) => `${what} [${allNames(comparison, runs)}]`);
}

/** How a run that has nothing to say of a subject of this kind is shown. */
const nothingSeen: { readonly [K in Divergence['kind']]?: string } = {
  invariant: 'holds', fault: 'none', result: 'no result',
};

function valueTerms(
  comparison: Comparison, { kind, values }: Divergence,
): [name: string, text: string][] {
  return differingWords(values).map(({ runs, value }) => {
    const text = value === 'absent' ? nothingSeen[kind] ?? 'absent' : `${value}`;
    return [runNames(comparison, runs), text.replaceAll('\n', '; ')];
  });
}

/** Runs with the same function and event together. */
function causeItems(comparison: Comparison, divergence: Divergence): string[] {
  const same = new Map<string, RunIndex[]>();
  for (const { run, fn, patch, event } of divergence.causes) {
    const when = event.row === divergence.event.row ? 'in this event' : `at ${eventText(event)}`;
    const alone = comparison.runs[run]?.name === patch;
    const policy = alone ? '' : ` of ${shortName(comparison, patch)}`;
    const key = `${fn}()${policy}, ${when}`;
    addTo(same, key, run);
  }
  return [...same].map(([what, runs]) => `${what}: ${runNames(comparison, runs)}`);
}

function place({ event }: Divergence): [string, string][] {
  return [
    ['event', eventText(event)],
    ['time', `${seconds(event.time_ns)}${event.task === '' ? '' : `, task ${event.task}`}`],
    ['source', event.source],
  ];
}

/** Diffs of the base's state, or of the first group, with that of the others. */
function diffs(comparison: Comparison): Block[] {
  const [left, ...others] = comparison.states;
  if (left === undefined) return [];
  const name = (runs: readonly RunIndex[]): string => runNames(comparison, runs);
  const rest = others.slice(DIFFS_SHOWN).map(({ runs }) => name(runs));
  const shown = others.slice(0, DIFFS_SHOWN).flatMap((right): Block[] => {
    const lines = unifiedDiff(
      { name: name(left.runs), lines: left.lines }, { name: name(right.runs), lines: right.lines });
    if (lines.length === 0) return [];
    const more = lines.length - DIFF_LINES;
    return [{
      kind: 'lines', of: 'diff',
      lines: more > 0 ? [...lines.slice(0, DIFF_LINES), `(${more} more lines)`] : lines,
    }];
  });
  return rest.length === 0 ? shown
    : [...shown, text(`Others again: ${rest.join('; ')}. --format json has their states.`)];
}

function firstDivergence(comparison: Comparison): readonly Section[] {
  const first = comparison.divergences.find((one) => one.unknown === undefined);
  if (first === undefined) return [];
  const causes = causeItems(comparison, first);
  return part('First divergence',
    { kind: 'terms', terms: [...place(first), ['differs', `${first.kind}: ${first.subject}`]] },
    { kind: 'terms', terms: valueTerms(comparison, first) },
    causes.length === 0 ? undefined : text('Changed function that ran last:'),
    causes.length === 0 ? undefined : { kind: 'list', items: causes },
    ...diffs(comparison));
}

/** The other divergences, a line each, by event. */
function allDivergences(comparison: Comparison, { limit }: ReportOptions): readonly Section[] {
  const { divergences } = comparison;
  if (divergences.length < 2) return [];
  const items = divergences.slice(0, limit).map((one) => {
    const values = valueTerms(comparison, one)
      .map(([runs, value]) => `[${runs}] ${value}`).join(' ');
    const unknown = one.unknown === true ? ' [unknown: events were lost]' : '';
    return `${eventText(one.event)}: ${one.subject}: ${values}${unknown}`;
  });
  const more = divergences.length - items.length;
  return part(`All divergences (${divergences.length})`, { kind: 'list', items },
    more > 0 ? text(`${more} more; --limit shows them, --format json has all.`) : undefined);
}

function violationItem(comparison: Comparison, violation: Violation): string {
  const { invariant, from, until, first, last, runs } = violation;
  const length = until === undefined ? '' : ` (${seconds(until.time_ns - from.time_ns)})`;
  const end = until === undefined ? 'the end' : eventText(until);
  const later = last === undefined ? '' : ` Later: ${last.join('; ')}.`;
  return `${invariant}, from ${eventText(from)} to ${end}${length}, in ` +
    `${runNames(comparison, runs)}: ${first.join('; ')}.${later}`;
}

function invariantsPart(comparison: Comparison, options: ReportOptions): readonly Section[] {
  const { violations } = comparison;
  const { limit } = options;
  if (violations.length === 0) return [];
  const docs = new Map(violations.map(({ invariant, doc }) => [invariant, doc]));
  const more = violations.length - limit;
  return part('Invariants violated',
    { kind: 'terms', terms: [...docs] },
    {
      kind: 'list',
      items: violations.slice(0, limit).map((one) => violationItem(comparison, one)),
    },
    more > 0 ? text(`${more} more.`) : undefined);
}

/** Columns of a table of costs. */
const COST_COLUMNS = 6;

interface CostColumn {
  readonly name: string;
  readonly runs: RunIndex[];
  readonly costs: Readonly<Record<string, number>>;
}

/** Costs that some run had, a column for each set of runs with equal costs. */
function costsPart(comparison: Comparison): readonly Section[] {
  const models = comparison.runs.map((run, index) => ({ run, index }))
    .filter(({ run }) => run.kind === 'model');
  const names = [...new Set(models.flatMap(({ run }) => Object.keys(run.costs)))]
    .filter((name) => models.some(({ run }) => (run.costs[name] ?? 0) > 0));
  if (names.length === 0) return [];
  const same = new Map<string, CostColumn>();
  for (const { run, index } of models) {
    const key = names.map((name) => run.costs[name] ?? 0).join();
    const one = same.get(key) ?? { name: `(${same.size + 1})`, runs: [], costs: run.costs };
    one.runs.push(index);
    same.set(key, one);
  }
  const columns = [...same.values()];
  const blocks: Block[] = [{
    kind: 'terms', terms: columns.map(({ name, runs }) => [name, allNames(comparison, runs)]),
  }];
  for (let first = 0; first < columns.length; first += COST_COLUMNS) {
    blocks.push(costTable(names, columns.slice(first, first + COST_COLUMNS)));
  }
  return part('Costs', ...blocks);
}

function costTable(names: readonly string[], columns: readonly CostColumn[]): Block {
  return {
    kind: 'table', tight: true, head: ['', ...columns.map(({ name }) => name)],
    rows: names.map((name) => [
      name.replaceAll('_', ' '), ...columns.map(({ costs }) => `${costs[name] ?? 0}`)]),
  };
}

function lossesPart({ losses, divergences }: Comparison): readonly Section[] {
  if (losses.places === 0) return [];
  const first = losses.first === undefined ? '' : `, first at ${eventText(losses.first)}`;
  const { inputs, pageEvents } = losses;
  const before = divergences.some((one) => one.unknown === undefined &&
    inputs !== undefined && one.event.row < inputs.row);
  const hidden = inputs === undefined
    ? 'No input is among them: the steps of the recording tell all of them. What was recorded of ' +
      'results and state counts.'
    : `From ${eventText(inputs)} on an input may be among them. ${losses.unknown === 0
      ? 'Nothing that was recorded from there on differs.'
      : `${losses.unknown} recorded facts from there on differ from a run: losses can explain ` +
        'them, they are unknown.'}`;
  const early = before ? ' A divergence came before it: losses cannot explain that one.' : '';
  const pages = pageEvents === undefined ? '' : ` ${counted(pageEvents, 'event')} of single ` +
    `pages ${pageEvents === 1 ? 'was' : 'were'} not replayed, because others between them are ` +
    'missing: there the model knows no more of the pages than at the begin of a recording.';
  const lost = `${counted(losses.events, 'event')} ${losses.events === 1 ? 'was' : 'were'} lost`;
  return part('Losses',
    text(`${lost} in ${counted(losses.places, 'place')}${first}. ${hidden}${early}${pages}`));
}

/** Lines of the answer in a report; with title and command it is what one pastes into a mail. */
const ANSWER_LINES = 12;
const MAIL_LINES = 10;

function titleOf({ trace: { name, about } }: Comparison): string {
  return about === undefined ? name : `${name}: ${about.title}`;
}

/** The answer, before anything else is said: title, verdict, what its author expects. */
function answer(comparison: Comparison): readonly Section[] {
  const { problems } = comparison.trace;
  const terms = answerTerms(comparison, ANSWER_LINES);
  const full = answerTerms(comparison, Infinity);
  const isCut = JSON.stringify(terms) !== JSON.stringify(full);
  return [
    {
      title: titleOf(comparison), level: 1,
      blocks: [
        { kind: 'terms', terms },
        ...(problems.length === 0 ? [] : [{ kind: 'list', items: problems } as const]),
      ],
    },
    ...part('Verdict in full', isCut ? { kind: 'terms', terms: full } : undefined),
  ];
}

/** What one pastes into a mail. */
export function verdictSections(comparison: Comparison): readonly Section[] {
  const { problems } = comparison.trace;
  return [{
    title: titleOf(comparison), level: 1, blocks: [
      { kind: 'terms', terms: answerTerms(comparison, MAIL_LINES) },
      ...(problems.length === 0 ? [] : [{ kind: 'list', items: [
        ...problems.slice(0, 1),
        ...(problems.length > 1 ? [`${problems.length - 1} more, see the full report`] : []),
      ] } as const]),
      { kind: 'lines', of: 'sh', lines: [comparison.replay] },
    ],
  }];
}

/** All that is said of one trace, in order. */
export function traceSections(comparison: Comparison, options: ReportOptions): readonly Section[] {
  return [
    ...answer(comparison),
    ...head(comparison),
    ...runsTable(comparison),
    ...recordedPart(comparison),
    ...refusalsPart(comparison),
    ...firstDivergence(comparison),
    ...allDivergences(comparison, options),
    ...invariantsPart(comparison, options),
    ...claimsPart(comparison),
    ...costsPart(comparison),
    ...reachedPart(comparison),
    ...alikePart(comparison),
    ...policiesPart(comparison),
    ...skippedPart(comparison),
    ...lossesPart(comparison),
    ...part('Replay', { kind: 'lines', of: 'sh', lines: [comparison.replay] }),
  ];
}
