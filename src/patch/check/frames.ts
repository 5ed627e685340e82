/** Frames of a skeleton that nobody filled in: code that does what the kernel does without it. */
import * as functions from '../../linux/functions.js';
import type { KernelFn } from '../../linux/base/kernel.js';
import type { Patch } from '../define.js';
import { withoutMarks } from '../executed.js';

export interface Frame {
  readonly verb: 'wraps' | 'replaces';
  readonly fn: string;
}

/** Blanks and comments make no difference. */
function normal(text: string): string {
  return withoutMarks(text).replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '').replaceAll(/\s+/g, '')
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
  return normal(text).replace(/^(?:function)?\*?\w*/, '').replace('=>', '')
    .replaceAll(/[{}]/g, '');
}

/** Functions whose new body or code around is the model's own. */
export function unfilledFrames(patch: Patch): readonly Frame[] {
  const wraps = Object.entries(patch.wraps ?? {})
    .filter(([, wrap]) => isHandedOn(wrap)).map(([fn]): Frame => ({ verb: 'wraps', fn }));
  const replaces = Object.entries(patch.replaces ?? {})
    .filter(([fn, body]) => {
      const model: unknown = functions[fn as KernelFn];
      return typeof model === 'function' && bodyOf(String(body)) === bodyOf(String(model));
    })
    .map(([fn]): Frame => ({ verb: 'replaces', fn }));
  return [...wraps, ...replaces];
}
