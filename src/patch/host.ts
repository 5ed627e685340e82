/**
 * While code of a policy runs it has the language and nothing of the host: no process, no files, no
 * other program, nothing that runs later than its run. What makes code of texts is out of reach as
 * well: what the file says has been looked at (check/unrun.ts), what a text says has not.
 */
import Module from 'node:module';
import { runInNewContext } from 'node:vm';
import { PatchError } from '../base/errors.js';

/** Something was asked for that a policy does not have: its stack tells where. */
export class Withheld extends PatchError {}

/** As they are now: nobody can put others in their place. */
const { defineProperty: define, getOwnPropertyDescriptor: described } = Object;

const LATER = 'nothing of a policy runs later than its run';
const HOST = "nothing of the host is a policy's";
const TEXT = 'a policy makes no code of texts';

/** Of the language, and yet what they are given runs later, waits, or is machine code. */
const late: Readonly<Record<string, string>> = {
  Promise: LATER, FinalizationRegistry: LATER, setTimeout: LATER, setInterval: LATER,
  setImmediate: LATER, queueMicrotask: LATER, Atomics: LATER, WebAssembly: HOST, console: HOST,
  eval: TEXT, Function: TEXT,
};

/** What the loader of policies needs itself while it loads one. */
const ofLoader: readonly string[] = ['global', 'Buffer', 'URL', 'performance', 'process'];

/** Whatever is asked of it: it cannot be had. */
function refusing(name: string, why: string): unknown {
  // No arrow: it is to be constructed, too.
  const refuse = function (): never {
    throw new Withheld(`it uses ${name}: ${why}`);
  };
  return new Proxy(refuse, { get: refuse, set: refuse, has: refuse, getPrototypeOf: refuse,
    getOwnPropertyDescriptor: refuse, defineProperty: refuse, ownKeys: refuse, construct: refuse,
    apply: refuse });
}

interface Withholding {
  readonly holder: object;
  readonly name: string;
  readonly value: unknown;
}

/** A place of which nothing is given out. */
function withheld(holder: object, name: string, why: string, label = name): Withholding {
  return { holder, name, value: refusing(label, why) };
}

/** What Node puts beside the language, by the globals of a realm that Node did not fill. */
function hostNames(): readonly string[] {
  const language = new Set(
    runInNewContext('Object.getOwnPropertyNames(globalThis)') as readonly string[]);
  return Object.getOwnPropertyNames(globalThis).filter((name) =>
    name !== 'global' && (!language.has(name) || Object.hasOwn(late, name)));
}

/** Function and its kin, which every function names as its constructor. */
const makers = [function () {}, function* () {}, async () => {}, async function* () {}]
  .map((one) => Object.getPrototypeOf(one) as object);

let all: readonly Withholding[] | undefined;

function withholdings(): readonly Withholding[] {
  all ??= [
    ...hostNames().filter((name) => described(globalThis, name)?.configurable === true)
      .map((name) => withheld(globalThis, name, late[name] ?? HOST)),
    ...makers.map((maker) => withheld(maker, 'constructor', TEXT, 'the constructor of functions')),
    // What its file imports is read by the loader itself, as the file was.
    withheld(Module.prototype, 'require', HOST, 'a module of others'),
    withheld(Module, '_load', HOST, 'a module of others'),
    ...['then', 'catch', 'finally'].map((name) =>
      withheld(Promise.prototype, name, LATER, `${name}() of a promise`)),
  ];
  return all;
}

/** What the loader asks of the process: nothing that can be called but where it is. */
const processOfLoader: unknown = new Proxy(Object.freeze({
  env: Object.freeze({}), platform: process.platform, arch: process.arch,
  version: process.version, versions: Object.freeze({ ...process.versions }),
  argv: Object.freeze([]), execArgv: Object.freeze([]), cwd: () => process.cwd(),
}), { get: (known, name) => {
  if (typeof name === 'symbol' || Object.hasOwn(known, name)) {
    return (known as Record<PropertyKey, unknown>)[name];
  }
  throw new Withheld(`it uses process: ${HOST}`);
} });

/**
 * Runs it, to its end or until it throws, without the host; `loading`: with what the loader needs.
 * Error: Withheld at whoever asks for more.
 */
export function withoutHost<T>(run: () => T, loading = false): T {
  const taken = withholdings().filter(({ name }) => !loading || !ofLoader.includes(name));
  const set = [...taken, ...(loading
    ? [{ holder: globalThis, name: 'process', value: processOfLoader }] : [])];
  // Those that Node makes when they are first asked for are described anew each time.
  const were = set.map(({ holder, name }) => described(holder, name) ?? {});
  for (const { holder, name, value } of set) {
    define(holder, name, { value, configurable: true, writable: true, enumerable: false });
  }
  try {
    return run();
  } finally {
    for (let index = 0; index < set.length; index += 1) {
      const one = set[index];
      if (one !== undefined) define(one.holder, one.name, were[index] ?? {});
    }
  }
}
