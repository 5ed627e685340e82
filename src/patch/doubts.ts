/** What a run cannot tell of the policies that it ran, although it ran them. */
import { existsSync, readFileSync } from 'node:fs';
import { functionTags } from '../linux/function_tag.js';
import { unfilledFrames } from './check/frames.js';
import { sourceOf } from './check/source.js';
import { touchedFunctions } from './conflicts.js';
import type { Patch } from './define.js';
import { notRun } from './not_run.js';
import { versionWithout } from './released.js';
import { isRead, isResultRead } from './reads.js';
import type { Reached } from './reached.js';
import { untoldText } from './untold_texts.js';

/**
 * unread: it ran, gave other results or wrote other state than the base, and nothing that was seen
 * depends on them, or it calls what the model leaves empty; not called: a callee that it sends
 * elsewhere is never called there; not run: lines of its file that were never reached; unfilled: a
 * frame of a skeleton; released: the base has it already; reduced: the model leaves out parts of a
 * function that it changes; no effect: it did nothing that the base does not; other text: likewise,
 * and the model may have the change already; unseen: what differs is read, and changed no outcome
 * here.
 */
export type DoubtKind = 'released' | 'unread' | 'not called' | 'not run' | 'unfilled' | 'reduced' |
  'no effect' | 'other text' | 'unseen';

export interface Doubt {
  readonly kind: DoubtKind;
  readonly patch: string;
  readonly names: readonly string[];
  /** A sentence without its full stop. */
  readonly text: string;
}

/** Frames that nobody filled in, and callees that are never called where the patch says. */
function doubtsOfReach(patch: Patch, reached: readonly Reached[]): readonly Doubt[] {
  const frames = unfilledFrames(patch).map(({ verb, fn }): Doubt => ({
    kind: 'unfilled', patch: patch.id, names: [fn],
    text: `${verb}.${fn} does what the kernel does: nobody filled in this frame`,
  }));
  const mine = reached.filter((one) => one.patch === patch.id && one.calls > 0);
  // A version can call another function there than the one that the text of the model names.
  const dead = mine.flatMap(({ fn, substitutions }) =>
    (substitutions?.called.length === 0 ? substitutions.all : [])
    .filter((callee) => substitutions?.done.includes(callee) !== true)
    .map((callee): Doubt => ({
      kind: 'not called', patch: patch.id, names: [fn, callee],
      text: `${fn}() ran and never called ${callee}() there: its substitution had no effect`,
    })));
  return [...frames, ...dead];
}

/** Functions of which the model leaves out parts: the patch may change one of these. */
function reduced(patch: Patch, reached: readonly Reached[]): readonly Doubt[] {
  return reached.filter((one) => one.patch === patch.id && one.active).flatMap(({ fn }) => {
    const tag = functionTags()[fn];
    if (tag === undefined || tag.why === '') return [];
    if (!['reduced', 'stub'].includes(tag.fidelity)) return [];
    return [{
      kind: 'reduced', patch: patch.id, names: [fn],
      text: `${fn}() is ${tag.fidelity} in the model: ${tag.why}`,
    } as const];
  });
}

/** Functions that the file of the patch calls and that do nothing in the model. */
function stubs(patch: Patch): readonly Doubt[] {
  const file = sourceOf(patch);
  if (file === undefined || !existsSync(file)) return [];
  const called = readFileSync(file, 'utf8').matchAll(/\bk\.(\w+)\(/g);
  return [...new Set([...called].map(([, fn = '']) => fn))].flatMap((fn) => {
    const tag = functionTags()[fn];
    if (tag?.fidelity !== 'stub') return [];
    return [{
      kind: 'unread', patch: patch.id, names: [fn],
      text: `it calls ${fn}(), which does nothing in the model, so that the model cannot tell: ` +
        tag.why,
    } as const];
  });
}

/** What differs from the base and was not seen by anybody. */
export interface Unseen {
  readonly functions: readonly string[];
  /** Of functions that give nothing: how many calls returned. */
  readonly calls: ReadonlyMap<string, { readonly base: number; readonly run: number }>;
  readonly fields: readonly string[];
  /** Whether all of the state was looked at: that of very many blocks is in part. */
  readonly whole: boolean;
  /** Work done, or lines of the log, which no outcome counts. */
  readonly work: boolean;
  /** Of these, lines of the log: the report quotes them. */
  readonly log: boolean;
}

/** What differs of a function: what it gives, or how often it ran where it gives nothing. */
function changeOf(fn: string, { calls }: Unseen): string {
  const count = calls.get(fn);
  return count === undefined ? `what ${fn}() gives`
    : `how often ${fn}() is called (${count.run}, base ${count.base})`;
}

/** Fields that stand for many: see `pageTrail`. The allocator reads them all. */
const ofPages: Readonly<Record<string, string>> = {
  'pages.blocks': 'which pages are free, and in which blocks',
  'pages.lists': 'the order of pages on their lists',
};

/** Why a policy of the user came to what the base does: each such run has an answer to that. */
function whySame(patch: Patch, unseen: Unseen, version: string): readonly Doubt[] {
  if (sourceOf(patch) === undefined) return [];
  const parts = [
    ...unseen.functions.filter(isResultRead).map((fn) => changeOf(fn, unseen)),
    ...unseen.fields.filter((path) => ofPages[path] !== undefined || isRead(path))
      .map((path) => ofPages[path] ?? path),
  ];
  const names = [...unseen.functions, ...unseen.fields];
  if (parts.length > 0) {
    return [{ kind: 'unseen', patch: patch.id, names,
      text: `it changes ${parts.join(' and ')}, on which no outcome depends here` }];
  }
  if (names.length === 0 && unseen.work) {
    const untold = touchedFunctions(patch).flatMap((fn) => untoldText(fn, version) ?? []);
    return [{ kind: 'unseen', patch: patch.id, names: [],
      text: unseen.log ? 'it changes lines of the log'
        : ['it changes how much work is done', ...untold].join('; ') }];
  }
  if (names.length > 0) return [];
  return [{ kind: 'no effect', patch: patch.id, names: [],
    text: `it did nothing here that the base does not: results, state${
      unseen.whole ? '' : ' (the part that is looked at of so many blocks)'}, work and log are ` +
      'equal; what another task could see in between was not looked at (mmreplay explore)' }];
}

/** Did nothing, on a base whose functions the model may have of a newer kernel. */
function otherTexts(patch: Patch, unseen: Unseen, version: string): readonly Doubt[] {
  const isNothing = unseen.functions.length + unseen.fields.length === 0 && !unseen.work;
  if (sourceOf(patch) === undefined || !isNothing) return [];
  return touchedFunctions(patch).flatMap((fn): readonly Doubt[] => {
    const text = untoldText(fn, version);
    return text === undefined ? [] : [{ kind: 'other text', patch: patch.id, names: [fn], text }];
  });
}

function unread(patch: Patch, unseen: Unseen): readonly Doubt[] {
  const functions = unseen.functions.filter((fn) => !isResultRead(fn));
  const fields = unseen.fields
    .filter((path) => ofPages[path] === undefined && !isRead(path));
  const parts = [
    ...functions.map((fn) => changeOf(fn, unseen)), ...fields,
  ];
  if (parts.length === 0) return [];
  return [{
    kind: 'unread', patch: patch.id, names: [...functions, ...fields],
    text: `it changes ${parts.join(' and ')}, which nothing in the model reads: ` +
      'the model cannot tell',
  }];
}

/** The base does it already: nothing can part on it. */
function isReleased(patch: Patch, version: string): readonly Doubt[] {
  const before = versionWithout(patch.released, version);
  if (before === undefined) return [];
  return [{
    kind: 'released', patch: patch.id, names: [before],
    text: `${version} does this already (in ${patch.released}): --base ${before} is a kernel ` +
      'without it',
  }];
}

/** Switches that nothing read: what they decide did not come up. */
function unreadSwitches(patch: Patch, read: ReadonlySet<string>): readonly Doubt[] {
  if (sourceOf(patch) === undefined) return [];
  return Object.keys(patch.config ?? {}).filter((name) => !read.has(name)).map((name) => ({
    kind: 'not run', patch: patch.id, names: [name],
    text: `nothing read the switch ${name}: what it decides did not come up (mmreplay show ` +
      `${name} says what that is, and who reads it)`,
  }));
}

/**
 * `unseen`: of a run whose outcomes are the base's; undefined of any other. `switches`: those of
 * the series that were read.
 */
export function doubtsOf(
  series: readonly Patch[], reached: readonly Reached[], unseen: Unseen | undefined,
  version: string, switches: ReadonlySet<string>,
): readonly Doubt[] {
  return series.flatMap((patch) => [
    ...doubtsOfReach(patch, reached),
    ...notRun(patch, version, { parts: unseen !== undefined }).map((text): Doubt =>
      ({ kind: 'not run', patch: patch.id, names: [], text })),
    ...(unseen === undefined || patch !== series.at(-1) ? []
      : [...stubs(patch), ...unread(patch, unseen), ...otherTexts(patch, unseen, version),
        ...whySame(patch, unseen, version)]),
    ...(unseen === undefined ? []
      : [...isReleased(patch, version), ...reduced(patch, reached),
        ...unreadSwitches(patch, switches)]),
  ]);
}
