/**
 * The kernel versions of the model, the newest first: mainline releases, and the stable and
 * distribution releases whose picks change what the model knows. Each is composed from the model
 * as written and the table of changes (switches/, bodies.ts), never from another version.
 */
import { at } from '../../base/assert.js';
import type { Difference } from '../base/difference.js';
import { bodies } from './bodies.js';
import { branches, type ChangeName } from './branches.js';
import { mainline } from './mainline.js';
import { byAge, type Change, type Mainline, valueIn } from './since.js';
import { type KernelConfig, switches } from './switches/config.js';

export interface Version {
  /** `v6.1`: what `base` and --base name. */
  readonly id: string;
  readonly doc: string;
  /** Day of the release (ISO), for finding what a mail was written against. */
  readonly released: string;
  /** The mainline release that it is, or that its branch began with. */
  readonly on: Mainline;
  /** Changes of later releases that its branch has, with the release that brought them. */
  readonly picks: { readonly [N in ChangeName]?: Mainline };
}

/** Releases of one branch by age, then branches by age; both the newest first. */
function newestFirst(a: Version, b: Version): number {
  return byAge(b.on, a.on) || (a.released < b.released ? 1 : -1);
}

export const versions: readonly Version[] = [
  ...mainline.map(({ id, released }): Version =>
    ({ id, released, on: id, doc: `Linux ${id.slice(1)} as released.`, picks: {} })),
  ...branches,
].sort(newestFirst);

function value<V>(version: Version, name: ChangeName, change: Change<V>): V {
  return valueIn(change, version.picks[name] ?? version.on);
}

function configOf(version: Version): KernelConfig {
  const values = Object.entries(switches).map(([name, change]) =>
    [name, value<unknown>(version, name as ChangeName, change)]);
  return Object.fromEntries(values) as KernelConfig;
}

/** All switches as the newest version has them. */
export const newestConfig: KernelConfig = configOf(at(versions, 0));

export interface Differences {
  readonly config: Readonly<KernelConfig>;
  readonly bodies: readonly Difference[];
}

const composed = new Map<string, Differences>();

/** What makes this version of the model as written; undefined: no such version. */
export function differencesTo(id: string): Differences | undefined {
  const version = versions.find((one) => one.id === id);
  if (version === undefined) return undefined;
  const made = composed.get(id) ?? {
    config: Object.freeze(configOf(version)),
    bodies: Object.entries(bodies).map(([name, change]) =>
      value(version, name as ChangeName, change)),
  };
  composed.set(id, made);
  return made;
}
