/** Frames of a skeleton that nobody filled in: code that does what the kernel does without it. */
import { readFileSync } from 'node:fs';
import * as functions from '../../linux/functions.js';
import type { KernelFn } from '../../linux/base/kernel.js';
import { differencesTo } from '../../linux/history/versions.js';
import { versionTable } from '../conflicts.js';
import type { Patch } from '../define.js';
import { asWritten } from '../executed.js';
import { baseTable } from '../table.js';
import { wholeBody } from '../whole_body.js';
import { sourceOf } from './source.js';

export interface Frame {
  readonly verb: 'wraps' | 'replaces';
  readonly fn: string;
}

/** Blanks and comments make no difference. */
function normal(text: string): string {
  return asWritten(text).replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '').replaceAll(/\s+/g, '')
    .replaceAll(';', '');
}

const name = '(\\w+)';
/** `(next) => (k, ...args) => next(k, ...args)`, as a function or a generator too. */
const handsOn = [
  `^\\(?${name}\\)?=>\\(([^()]*)\\)=>\\1\\(\\2\\)$`,
  `^\\(?${name}\\)?=>\\(([^()]*)\\)=>\\{(?:return)?\\1\\(\\2\\)\\}$`,
  `^\\(?${name}\\)?=>function\\*?\\w*\\(([^()]*)\\)\\{(?:return)?(?:yield\\*)?\\1\\(\\2\\)\\}$`,
  `^\\(?${name}\\)?=>\\1$`,
].map((text) => new RegExp(text));

function isHandedOn(wrap: unknown): boolean {
  const text = normal(String(wrap));
  return handsOn.some((pattern) => pattern.test(text));
}

/** The parameters and the body, whatever the function is written as; braces say nothing. */
function bodyOf(text: string): string {
  return normal(text).replace(/^(?:function)?\*?/, '').replace(/^\w*(?=\()/, '')
    .replace('=>', '').replaceAll(/[{}]/g, '');
}

/** Something that stands beside the body in the model's file, and in the policy's, is changed. */
function isHelperChanged(patch: Patch, helpers: readonly string[]): boolean {
  const path = sourceOf(patch);
  if (path === undefined || helpers.length === 0) return false;
  const text = bodyOf(readFileSync(path, 'utf8'));
  return !helpers.every((one) => text.includes(bodyOf(one)));
}

/** The body is the model's, of the newest version or of the policy's base. */
function isModels(patch: Patch, fn: string, body: unknown): boolean {
  const model: unknown = functions[fn as KernelFn];
  if (typeof model !== 'function') return false;
  const entries = [baseTable().get(fn),
    ...(differencesTo(patch.base) === undefined ? [] : [versionTable(patch.base).get(fn)])];
  return entries.some((entry) => entry !== undefined &&
    bodyOf(String(body)) === bodyOf(String(entry.body)) &&
    !isHelperChanged(patch, wholeBody(entry)?.helpers ?? []));
}

const found = new WeakMap<Patch, readonly Frame[]>();

/**
 * Functions whose new body or code around is the model's own, in a file of the user: a policy of
 * the tree whose body is that of its base is what that kernel did, to be run on others.
 */
export function unfilledFrames(patch: Patch): readonly Frame[] {
  if (sourceOf(patch) === undefined) return [];
  const known = found.get(patch);
  if (known !== undefined) return known;
  const wraps = Object.entries(patch.wraps ?? {})
    .filter(([, wrap]) => isHandedOn(wrap)).map(([fn]): Frame => ({ verb: 'wraps', fn }));
  const replaces = Object.entries(patch.replaces ?? {})
    .filter(([fn, body]) => isModels(patch, fn, body))
    .map(([fn]): Frame => ({ verb: 'replaces', fn }));
  const frames = [...wraps, ...replaces];
  found.set(patch, frames);
  return frames;
}
