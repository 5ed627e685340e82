/** A verification as text (72 columns) or JSON; the result itself is `facts.ts`. */
import type { Disagreement, Verification } from './facts.js';

const WIDTH = 72;

/** One line of JSON-able data, with the keys in the documented order. */
export function verificationJson(results: readonly Verification[]): string {
  return `${JSON.stringify(results.length === 1 ? results[0] : results, undefined, 2)}\n`;
}

/**
 * Recordings by series: how many facts disagree, and the step of the first that does. For one
 * recording and one series there is nothing to compare.
 */
export function* verificationTable(results: readonly Verification[]): Generator<string> {
  if (results.length < 2) return;
  const wide = Math.max(...results.map((one) => one.recording.length));
  // A name and a series that do not fit beside each other stand below each other.
  const below = wide + Math.max(...results.map((one) => one.series.length)) + 4 > WIDTH - 36;
  yield 'Facts that disagree, and the first step where one does';
  yield '';
  let last = '';
  for (const one of results) {
    const step = one.disagree[0]?.step;
    const first = step === undefined ? '' : `  first at ${step === 0 ? 'boot' : `step ${step}`}`;
    const count = `${one.disagree.length}`.padStart(6);
    const verdict = `${count} of ${`${one.facts}`.padStart(6)}${first}`;
    if (below) {
      if (one.recording !== last) yield `  ${one.recording}`;
      yield `${verdict.padEnd(34)}  ${one.series}`;
    } else yield `  ${one.recording.padEnd(wide)}  ${verdict.padEnd(34)}  ${one.series}`.trimEnd();
    last = one.recording;
  }
}

/** Text of one verification; `limit` is how many disagreements are shown. */
export function* verificationText(result: Verification, limit: number): Generator<string> {
  yield `${result.recording}`;
  yield `  held against ${result.series}`;
  yield `  ${result.facts} facts, ${result.agree} agree, ${result.disagree.length} disagree`;
  let step = -1;
  for (const one of result.disagree.slice(0, limit)) {
    if (one.step !== step) yield `  ${one.step === 0 ? 'boot' : `step ${one.step}`}:`;
    step = one.step;
    yield* disagreementLines(one);
  }
  if (result.disagree.length > limit) {
    yield `  ... and ${result.disagree.length - limit} more (--limit)`;
  }
  yield* countLines('taken from the recording', result.taken);
  yield* countLines('not spoken about by the model', result.unspoken);
}

function* disagreementLines(one: Disagreement): Generator<string> {
  yield `    ${one.fact}`;
  yield* wrapped('      recorded ', one.recorded);
  yield* wrapped('      modelled ', one.modelled);
}

/** `label` and the text, broken at blanks when it is too long; never cut. */
function* wrapped(label: string, text: string): Generator<string> {
  let line = label.trimEnd();
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH && line.trim() !== label.trim()) {
      yield line;
      line = ' '.repeat(label.length - 1);
    }
    line += ` ${word}`;
  }
  yield line;
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
