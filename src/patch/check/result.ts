/** What a function of a policy gives back must be what its callers take. */
import { PatchError } from '../../base/errors.js';
import { isSteps, type Call } from '../around.js';
import type { Patch } from '../define.js';
import { placeIn, sourceOf } from './source.js';

function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/** `fix.ts:6: ` of the function in the policy; '' for a policy of the tree. */
function placed(patch: Patch, fn: string): string {
  const path = sourceOf(patch);
  return path === undefined ? `${patch.id}: ` : `${placeIn(path, [fn])}: `;
}

/** A sleeping function gives a generator, any other one does not. Error: PatchError, as it runs. */
export function checkedResult(
  name: string, call: Call, sleeps: boolean, last: Patch | undefined,
): Call {
  if (last === undefined) return call;
  return (...args) => {
    const result = call(...args);
    if (isSteps(result) === sleeps) return result;
    throw new PatchError(placed(last, name) + (sleeps
      ? `${name}() may sleep and is to give a generator, but it gives ${shown(result)}\n` +
        '  write  function* (k, ...) { }  and call with yield* what may sleep'
      : `${name}() does not sleep, but what stands for it gives a generator`));
  };
}
