/** A verification as text (72 columns) or JSON; the result itself is `facts.ts`. */
import { maxOf } from '../base/long_lists.js';
import { wrap } from '../base/wrap.js';
import { isNewerThanModel } from '../replay/version.js';
import { correctionCauses, type CorrectionCause } from '../observe/facts/causes.js';
import type { CauseCounts, Fact } from '../observe/facts/fact.js';
import { factText, verdictText } from '../observe/facts/fact_text.js';
import type { FreePages, Verification } from './facts.js';
import { anyBaseLines, type BaseAgreement } from './any_base.js';

const WIDTH = 72;

/** A fact with what it is about in words; values as text. */
function factData(fact: Fact) {
  const { step, row, subject, field, recorded, modelled, causes } = fact;
  return {
    step, fact: factText(fact), recorded: `${recorded}`, modelled: `${modelled}`,
    row, subject, field, ...(causes.length === 0 ? {} : { causes }),
  };
}

/** JSON-able data, with the keys in the documented order. */
export function verificationData(result: Verification) {
  const { recording, series, facts, verdicts, afterCorrection, corrections, disagree } = result;
  const { taken, unspoken, unknown, losses, free_pages } = result;
  return {
    recording, series, facts, agree: verdicts.agrees, verdicts,
    after_correction: afterCorrection, corrections, disagree: disagree.map(factData),
    taken, unspoken, unknown,
    ...(losses === undefined ? {} : { losses }),
    ...(free_pages === undefined ? {} : { free_pages }),
  };
}

/** The data of one verification, or of all in a list. */
export function verificationJson(results: readonly Verification[]): string {
  const data = results.map(verificationData);
  return `${JSON.stringify(data.length === 1 ? data[0] : data, undefined, 2)}\n`;
}

/** A verification, and the release of the kernel that the recording is of. */
export interface HeldRecording {
  readonly kernel: string;
  readonly result: Verification;
  /** Which version a vendor's kernel is most like, and which policies agree better. */
  readonly advice?: string;
  /** How well each version agrees, the best first. */
  readonly bases?: readonly BaseAgreement[];
}

/** What stands in one line of the table: one recorded scenario with one series of policies. */
interface TableRow {
  readonly recording: string;
  readonly policies: string;
  /** Kernel release to verdict. */
  readonly cells: Map<string, string>;
}

/** `v6.1+a/b+c/d` without the version, which the kernel's release says. */
function policiesOf({ series }: Verification): string {
  const [, ...policies] = series.split('+');
  return policies.length === 0 ? 'base' : policies.join('+');
}

function cellText({ disagree, facts }: Verification): string {
  const step = disagree[0]?.step;
  const first = step === undefined ? '' : `, ${step === 0 ? 'boot' : `step ${step}`}`;
  return `${disagree.length} of ${facts}${first}`;
}

/** The same recording given twice makes two rows. */
function tableRows(held: readonly HeldRecording[]): readonly TableRow[] {
  const rows: TableRow[] = [];
  for (const { kernel, result } of held) {
    const { recording } = result;
    const policies = policiesOf(result);
    const place = rows.find((row) => row.recording === recording && row.policies === policies
      && !row.cells.has(kernel));
    if (place !== undefined) place.cells.set(kernel, cellText(result));
    else rows.push({ recording, policies, cells: new Map([[kernel, cellText(result)]]) });
  }
  // Rows of a recording stand together, in the order in which the recordings were given.
  const order = [...new Set(rows.map((row) => row.recording))];
  return order.flatMap((name) => rows.filter((row) => row.recording === name));
}

/**
 * Recordings and policies by kernels: how many facts disagree, and the step of the first that
 * does. For one recording and one series there is nothing to compare.
 */
export function* verificationTable(held: readonly HeldRecording[]): Generator<string> {
  if (held.length < 2) return;
  const kernels = [...new Set(held.map(({ kernel }) => kernel))];
  const rows = tableRows(held);
  yield 'Facts that disagree, and the first step where one does';
  yield '';
  // Without a choice of policies the recording alone names the row.
  const plain = new Set(rows.map((row) => row.policies)).size === 1;
  const labels = rows.map((row) => (plain ? `  ${row.recording}` : `    ${row.policies}`));
  const first = longest(labels);
  const widths = kernels.map((kernel) =>
    longest([kernel, ...rows.map((row) => row.cells.get(kernel) ?? '-')]));
  const line = (label: string, cells: readonly string[]): string => [label.padEnd(first),
    ...cells.map((cell, index) => cell.padEnd(widths[index] ?? 0))].join('  ').trimEnd();
  const wide = first + widths.reduce((sum, width) => sum + 2 + width, 0) > WIDTH;
  if (!wide) yield line('', kernels);
  for (const [index, row] of rows.entries()) {
    if (!plain && row.recording !== rows[index - 1]?.recording) yield `  ${row.recording}`;
    const label = labels[index] ?? '';
    if (!wide) yield line(label, kernels.map((kernel) => row.cells.get(kernel) ?? '-'));
    else yield* cellLines(label, row);
  }
}

/** Columns that do not fit beside each other stand below each other. */
function* cellLines(label: string, row: TableRow): Generator<string> {
  yield label;
  const indent = ' '.repeat(label.length - label.trimStart().length + 2);
  const width = longest([...row.cells.keys()]);
  for (const [kernel, cell] of row.cells) yield `${indent}${kernel.padEnd(width)}  ${cell}`;
}

const longest = (texts: readonly string[]): number =>
  maxOf(texts.map((text) => text.length));

/** Text of one verification; `limit` is how many disagreements are shown. */
export function* verificationText(held: HeldRecording, limit: number): Generator<string> {
  const { kernel, result } = held;
  yield `${result.recording}`;
  yield `  recorded on ${kernel}`;
  yield `  held against ${result.series}`;
  if (isNewerThanModel(kernel)) yield '  the kernel is newer than the newest version of the model';
  yield* wrapped('  ', `${result.facts} facts: ${verdictText(result.verdicts)}`);
  if (held.advice !== undefined) yield* wrapped('  kernel ', held.advice);
  if (held.bases !== undefined) yield* anyBaseLines(held.bases);
  let step = -1;
  for (const one of result.disagree.slice(0, limit)) {
    if (one.step !== step) yield `  ${one.step === 0 ? 'boot' : `step ${one.step}`}:`;
    step = one.step;
    yield* disagreementLines(one);
  }
  if (result.disagree.length > limit) {
    yield `  ... and ${result.disagree.length - limit} more (--limit)`;
  }
  yield* causeLines('facts that agree after a correction, by cause', result.afterCorrection);
  yield* causeLines('the model set right by the recording, how often', result.corrections);
  yield* freePageLines(result.free_pages ?? []);
  yield* lossLines(result);
  yield* countLines('unknown, whatever both sides say', result.unknown);
  yield* countLines('taken from the recording', result.taken);
  yield* countLines('not spoken about by the model', result.unspoken);
}

function* causeLines(title: string, counts: CauseCounts): Generator<string> {
  const entries = Object.entries(counts) as [CorrectionCause, number][];
  if (entries.length === 0) return;
  yield `  ${title}:`;
  for (const [cause, count] of entries) {
    yield* wrapped(`    ${`${count}`.padStart(8)}  `, correctionCauses[cause]);
  }
}

function* lossLines({ losses }: Verification): Generator<string> {
  if (losses === undefined) return;
  const { places, events, step } = losses;
  const where = `${places} place${places === 1 ? '' : 's'}`;
  const first = step === 0 ? 'before the first step' : `first in step ${step}`;
  yield `  ${events} events were lost in ${where}, ${first}`;
}

/** Free pages by zone: what the snapshot has, the model has, and of what the difference is. */
function* freePageLines(zones: readonly FreePages[]): Generator<string> {
  if (zones.length === 0) return;
  yield '  free pages of each zone at the snapshots, recorded and modelled:';
  for (const { step, zone, snapshot, model, parts } of zones) {
    const difference = snapshot - model;
    yield `    step ${`${step}`.padEnd(4)}${zone.padEnd(11)}${`${snapshot}`.padStart(9)}` +
      `${`${model}`.padStart(9)}${signed(difference).padStart(7)}`;
    for (const { pages, cause } of parts) {
      yield* wrapped(`    ${signed(pages).padStart(8)}  `, cause);
    }
  }
}

const signed = (pages: number): string => (pages > 0 ? `+${pages}` : `${pages}`);

function* disagreementLines(one: Fact): Generator<string> {
  yield `    ${factText(one)}`;
  yield* wrapped('      recorded ', `${one.recorded}`);
  yield* wrapped('      modelled ', `${one.modelled}`);
}

/** `label` and the text, broken at blanks when it is too long; never cut. */
function* wrapped(label: string, text: string): Generator<string> {
  yield* wrap(text, WIDTH, label, ' '.repeat(label.length));
}

function* countLines(title: string, counts: Readonly<Record<string, number>>): Generator<string> {
  const entries = grouped(counts);
  if (entries.length === 0) return;
  yield `  ${title}:`;
  for (const [kind, count] of entries) yield `    ${`${count}`.padStart(8)}  ${kind}`;
}

/** Kinds `group:kind` as one line for each group; the JSON has them all. */
function grouped(counts: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  const groups = new Map<string, { count: number; kinds: number }>();
  for (const [kind, count] of Object.entries(counts)) {
    const [name = kind] = kind.split(':', 1);
    const group = groups.get(name) ?? { count: 0, kinds: 0 };
    groups.set(name, { count: group.count + count, kinds: group.kinds + 1 });
  }
  return [...groups].map(([name, { count, kinds }]) =>
    [kinds > 1 ? `${name} (${kinds} kinds)` : name, count] as const);
}
