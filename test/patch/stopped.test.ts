/** What code of a policy cannot do to the runs beside it: fix a shared object for good. */
import Module from 'node:module';
import { afterEach, expect, test } from 'vitest';
import { stoppedBy } from '../../src/patch/stopped.js';

const done = Promise.resolve();
const shared = [globalThis, Object.prototype, Array.prototype, Map, Math, JSON] as const;

afterEach(() => {
  for (const object of shared) expect(Object.isExtensible(object)).toBe(true);
  expect(Object.getOwnPropertyDescriptor(Object, 'freeze')?.value?.name).toBe('freeze');
});

test.each([
  ['freeze', () => { Object.freeze(Object.prototype); }],
  ['freeze', () => { Object.freeze(globalThis); }],
  ['seal', () => { Object.seal(Array.prototype); }],
  ['preventExtensions', () => { Object.preventExtensions(Math); }],
  ['preventExtensions', () => { Reflect.preventExtensions(Map); }],
  ['defineProperty', () => { Object.defineProperty(Object.prototype, 'pfn', { value: 1 }); }],
  ['defineProperty', () => { Reflect.defineProperty(Array.prototype, 'pfn', { get: () => 1 }); }],
  ['defineProperties', () => { Object.defineProperties(JSON, { pfn: { value: 1 } }); }],
])('%s of a shared object stops the policy alone', (name, run) => {
  for (const seconds of [undefined, 5]) {
    expect(stoppedBy(run, [], seconds)).toMatchObject({ why: 'threw',
      text: `it calls ${name}() with an object that all runs share` });
  }
  expect('pfn' in {} || 'pfn' in [] || 'pfn' in JSON).toBe(false);
});

test('own objects can be fixed, and a loop afterwards is still a loop', () => {
  expect(stoppedBy(() => { Object.freeze(Object.defineProperty({}, 'a', { value: 1 })); }, [], 5))
    .toBeUndefined();
  expect(stoppedBy(() => { for (;;) Object.freeze([]); }, [], 1)).toMatchObject({ why: 'no end' });
});

/*  the policy's run      the next run of the process
 *  |------ setTimeout --->  |  here it would run
 *  Expect: it is refused where it is asked for, and is there again afterwards. */
test.each([
  ['setTimeout', () => { setTimeout(() => undefined, 0); }],
  ['setInterval', () => { setInterval(() => undefined, 0); }],
  ['queueMicrotask', () => { queueMicrotask(() => undefined); }],
  ['Promise', () => { void Promise.reject(new Error('lost')); }],
  ['Promise', () => { new Promise(() => undefined); }],
])('nothing is put off until the run is over: %s', (name, run) => {
  const real = Object.getOwnPropertyDescriptor(globalThis, name)?.value as unknown;
  expect(stoppedBy(run, [], 5)).toMatchObject({ why: 'threw',
    text: `it uses ${name}: nothing of a policy runs later than its run` });
  expect(Object.getOwnPropertyDescriptor(globalThis, name)?.value).toBe(real);
});

test('of an error that is as long as memory the begin is told', () => {
  const stopped = stoppedBy(() => { throw new Error('x'.repeat(1e7)); }, [], 5);
  expect(stopped?.text).toHaveLength(1000);
});

/** By names that are put together, which nobody finds in the text. */
interface Anything {
  (...args: unknown[]): unknown;
  readonly [name: string]: Anything;
}
const anything = globalThis as unknown as Record<string, Anything>;

/*  the policy's run: the language | the host: withheld, and there again afterwards
 *  Expect: no process, no module, no network, no code of texts, nothing of a promise later. */
test.each([
  ['process', () => { anything['pro' + 'cess']?.['getBuiltinModule']?.('fs'); }],
  ['process', () => { anything['pro' + 'cess']?.['stdout']; }],
  ['fetch', () => { anything['fe' + 'tch']?.('http://127.0.0.1'); }],
  ['console', () => { anything['con' + 'sole']?.['log']?.(1); }],
  ['WebAssembly', () => { anything['WebAss' + 'embly']?.['compile']?.(1); }],
  ['eval', () => { anything['ev' + 'al']?.('1'); }],
  ['the constructor of functions', () => { (function* () {}).constructor('1'); }],
  ['the constructor of functions', () => { (() => undefined).constructor('1'); }],
  ['a module of others', () => { Module.prototype.require('fs'); }],
  ['then() of a promise', () => { void done.then(() => undefined); }],
])('nothing of the host is in reach: %s', (name, run) => {
  const [real, then] = [process, Promise.prototype.then];
  expect(stoppedBy(run, [], 5)?.text).toMatch(`it uses ${name}: `);
  expect([process, Promise.prototype.then]).toEqual([real, then]);
  expect((() => undefined).constructor).toBe(Function);
});
