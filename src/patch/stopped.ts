/** Runs code of a policy so that nothing it does ends the program, or reaches another run. */
import { resolve } from 'node:path';
import { runInThisContext } from 'node:vm';
import { Broken } from '../base/assert.js';
import { PatchError } from '../base/errors.js';
import { placeIn, sourceOf } from './check/source.js';
import * as functions from '../linux/functions.js';
import type { Patch } from './define.js';
import { withoutHost, Withheld } from './host.js';
import { keepSharedObjects, restoreSharedObjects, withoutFreezing } from './shared_objects.js';

/** A run of a policy that came to no end of its own. */
export interface Stopped {
  readonly why: 'threw' | 'no end' | 'exit' | 'shared';
  /** `fix.ts:6:59`; undefined: not known. */
  readonly place?: string;
  /** What happened, in one sentence. */
  readonly text: string;
}

class Exit extends Error {}

const ways = ['exit', 'abort', 'reallyExit', 'kill'] as const;

/** The process cannot be ended by what runs in it. */
function withoutExit<T>(run: () => T): T {
  const own = process as unknown as Record<string, unknown>;
  const were = ways.map((name) => own[name]);
  for (const name of ways) {
    own[name] = (): never => {
      throw new Exit(`it calls process.${name}()`);
    };
  }
  try {
    return run();
  } finally {
    ways.forEach((name, index) => {
      own[name] = were[index];
    });
  }
}

const entry = 'mmreplay: what runs within a time';

/** Error: of V8, with the code below, when it takes longer. Only V8 can stop a loop. */
function withinSeconds<T>(run: () => T, seconds: number): T {
  const global = globalThis as unknown as Record<string, unknown>;
  global[entry] = run;
  try {
    return runInThisContext(`globalThis[${JSON.stringify(entry)}]()`,
      { timeout: Math.max(1, Math.ceil(seconds * 1000)), filename: entry }) as T;
  } finally {
    delete global[entry];
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

/** The innermost place that is in one of these files; as the user named the file. */
function placeOf(error: Error, files: readonly string[]): string | undefined {
  for (const line of (error.stack ?? '').split('\n')) {
    const [, path = '', where = ''] = /\(?(?:file:\/\/)?(\/[^()]*?):(\d+:\d+)\)?$/.exec(line) ?? [];
    const file = files.find((one) => resolve(one) === path);
    if (file !== undefined) return `${file}:${where}`;
    // Of the tree: dist/policies/... or policies/...
    if (/\/policies\/[\w/]+\.[jt]s$/.test(path) && files.length === 0) return `${path}:${where}`;
  }
  return undefined;
}

/** The innermost function of the model that the error passed through. */
function modelFunctionOf(error: Error): string | undefined {
  for (const line of (error.stack ?? '').split('\n')) {
    const [, name = ''] = /^\s*at (?:[\w.]*\.)?(\w+) .*\/src\/linux\//.exec(line) ?? [];
    if (Object.hasOwn(functions, name)) return name;
  }
  return undefined;
}

/** The base came to its end: what the model met, it met because of the policy. */
function textOf(error: Error): string {
  if (error instanceof PatchError || error instanceof Exit) return error.message;
  if (!(error instanceof Broken)) return `${error.name}: ${error.message}`;
  const fn = modelFunctionOf(error);
  return `with it ${fn === undefined ? 'the model' : `${fn}() of the model`} cannot go on: ` +
    error.what;
}

function threw(error: unknown, files: readonly string[]): Stopped {
  if (!(error instanceof Error)) return { why: 'threw', text: `it throws ${String(error)}` };
  const said = /^(\S+:\d+): ([\s\S]*)$/.exec(error instanceof PatchError ? error.message : '');
  if (said !== null) return { why: 'threw', place: said[1] ?? '', text: said[2] ?? '' };
  const place = placeOf(error, files) ?? files[0];
  return {
    why: error instanceof Exit ? 'exit' : 'threw',
    ...(place === undefined || (error instanceof PatchError && !(error instanceof Withheld))
      ? {} : { place }),
    text: textOf(error),
  };
}

/** Letters of what is said of an error: a policy can throw any text. */
const LONGEST_TEXT = 1000;

/** Of an error that cannot even be read no more than that. */
function told(error: unknown, files: readonly string[]): Stopped {
  try {
    const stopped = threw(error, files);
    return { ...stopped, text: stopped.text.slice(0, LONGEST_TEXT) };
  } catch {
    return { why: 'threw', ...(files[0] === undefined ? {} : { place: files[0] }),
      text: 'it throws what cannot be read' };
  }
}

/**
 * Runs it to its end, or until the policy throws, ends the process, changes what runs share or
 * takes longer than it may; undefined: it came to its end.
 */
export function stoppedBy(
  run: () => void, series: readonly Patch[], seconds: number | undefined,
): Stopped | undefined {
  const files = series.map(sourceOf).filter((path) => path !== undefined);
  keepSharedObjects();
  let stopped: Stopped | undefined;
  let isOver = false;
  // What was thrown is read within the time: its fields can be code of the policy, too.
  const tried = (): void => {
    try {
      run();
    } catch (error) {
      stopped = told(error, files);
    }
  };
  try {
    withoutExit(() => withoutHost(() => {
      withoutFreezing(() => (seconds === undefined ? tried() : withinSeconds(tried, seconds)));
    }));
  } catch (error) {
    if (!isTimeout(error)) throw error;
    isOver = true;
  }
  const changed = restoreSharedObjects();
  if (changed !== undefined) {
    return { why: 'shared', ...placeOfName(series, changed),
      text: `it changes ${changed}, which all runs share` };
  }
  if (!isOver) return stopped;
  return { why: 'no end', ...(files[0] === undefined ? {} : { place: files[0] }),
    text: `it did not come to an end within ${seconds} s (--timeout names another limit)` };
}

function placeOfName(series: readonly Patch[], name: string): { readonly place?: string } {
  const patch = series.find((one) => sourceOf(one) !== undefined);
  const path = patch === undefined ? undefined : sourceOf(patch);
  return path === undefined ? {} : { place: placeIn(path, [name.split('.').at(-1) ?? '']) };
}

/** What a file throws as it is loaded, as an error of which nothing is code of its own. */
function copied(path: string, error: unknown): Error {
  try {
    if (error instanceof Withheld) {
      return new PatchError(`${placeOf(error, [path]) ?? path}: ${error.message}`);
    }
    if (error instanceof PatchError || error instanceof Exit) return error;
    if (error instanceof Error) {
      const copy = new Error(String(error.message));
      copy.stack = String(error.stack);
      return copy;
    }
    return new PatchError(`${placeIn(path, ['throw'])}: it throws ${String(error)}`);
  } catch {
    return new PatchError(`${placeIn(path, ['throw'])}: it throws what cannot be read`);
  }
}

/** Seconds that a file may take to load. */
const LOAD_SECONDS = 10;

/** As the function, which loads a file of the user. Error: PatchError when it has no end. */
export function loadedInTime<T>(path: string, load: () => T): T {
  keepSharedObjects();
  try {
    const loaded = withoutExit(() => withoutHost(() => withoutFreezing(() => withinSeconds(() => {
      try {
        return load();
      } catch (error) {
        throw copied(path, error);
      }
    }, LOAD_SECONDS)), true));
    const changed = restoreSharedObjects();
    if (changed === undefined) return loaded;
    throw new PatchError(`${path}: it changes ${changed}, which all runs share`);
  } catch (error) {
    restoreSharedObjects();
    if (error instanceof Exit) throw new PatchError(`${path}: ${error.message}`);
    if (!isTimeout(error)) throw error;
    throw new PatchError(`${path}: loading it does not come to an end within ${LOAD_SECONDS} s\n` +
      '  a policy file only says what the policy is: no loop');
  }
}
