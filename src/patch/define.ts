/** The policy interface: everything a policy file imports. */
import { didYouMean } from '../base/closest.js';
import { PatchError } from '../base/errors.js';
import type { Additions } from './additions.js';
import type { Difference } from '../linux/base/difference.js';
import type { Kernel } from '../linux/base/kernel.js';

import type { KernelConfig } from '../linux/history/switches/config.js';
import { differencesTo, versions } from '../linux/history/versions.js';

// What bodies of the model are written with, so that one can stand in a policy.
export { at } from '../base/assert.js';
export { additions } from './additions.js';
export type { Added, Additions, PolicyEvent, PolicyRow } from './additions.js';
export {
  PAGE_SIZE, clamp, hex, pfnDown, pfnUp, roundDown, roundUp,
} from '../base/pfn.js';
export { underDeviceLock } from '../linux/base/under_lock.js';
export * from '../linux/include/hugetlb.js';
export * from '../linux/include/migratetype.js';
export * from '../linux/include/page_alloc.js';
export { tellNode } from '../linux/mm/memory_hotplug/node_chain.js';
export { changedPieces } from '../linux/base/system_ram.js';
export { underHotplugLock } from '../linux/base/under_lock.js';
export { atOnce, mightSleep, waitUntil } from '../linux/base/wait.js';
export type { Locals } from '../linux/base/difference.js';
export type { Kernel, KernelFn, KernelFunctions, Preempt } from '../linux/base/kernel.js';
export type { Hrtimer } from '../linux/kernel/time/hrtimer.js';
export type { KernelState } from '../linux/base/kernel_state.js';
export * from '../linux/base/fault.js';
export * from '../linux/include/errno.js';
export * from '../linux/include/mmzone.js';
export { pfn_to_section_nr } from '../linux/include/sections.js';

/** What the author says of the patch; `run` holds it against what was seen. */
export interface Claim {
  /** One sentence, as the report prints it. */
  readonly text: string;
  /** Invariant that must hold in all states of a run (`Z1`, `N1`, ...), or a probe's value. */
  readonly holds: string;
  /** Ids of traces (folders of traces/) where it is claimed; all of the question when absent. */
  readonly on?: readonly string[];
}

/** A shipped invariant that the patch does away with: broken with it, that is no harm it does. */
export interface Intent {
  /** Why, in one sentence. */
  readonly text: string;
  /** Id of the invariant: `Z1`. */
  readonly breaks: string;
}

/** What must hold in every state of a run, beside the shipped invariants; it only looks. */
export interface Expectation<Seen = unknown> {
  /** As reports and claims name it: `min_free`. */
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly text: string;
  /** Is what it speaks of there? Where it never was, a claim of it is not exercised. */
  readonly arises?: (k: Kernel) => boolean;
  /** What the check after the next input is to know of this state. */
  readonly remember?: (k: Kernel) => Seen;
  /** What is wrong, in one sentence; undefined: nothing. `before`: undefined after the boot. */
  readonly broken: (k: Kernel, before: Seen | undefined) => string | undefined;
}

/** The type of `before` is that of what is remembered. */
export function expectation<Seen>(one: Expectation<Seen>): Expectation {
  return one as Expectation;
}

/** One proposed patch of the kernel, as the replacement of named kernel functions. */
export interface Patch extends Difference {
  /** Path below policies/ without extension; checked. */
  readonly id: string;
  /** Subject line as on the list. */
  readonly subject: string;
  /** Author and date of the proposal. */
  readonly author: string;
  /** Link or message id of the mail or commit that proposed it. */
  readonly link: string;
  /** Kernel versions in which this is what the kernel does: `v4.8 - v5.17`; absent: never. */
  readonly released?: string;
  /** The version it was made against; `mmreplay list versions`. */
  readonly base: string;
  /** Policies this one is to be applied after, by id. */
  readonly after?: readonly string[];
  /** Policies this one is a later patch to, by id: `-p` brings them along, and it comes after. */
  readonly requires?: readonly string[];
  /** Policies that cannot stand beside this one although they change other functions, by id. */
  readonly excludes?: readonly string[];
  /** What it does and what was raised against it, in our own words. */
  readonly doc: string;
  /** What it brings along: state, and with `additions()` all the rest. */
  readonly adds?: Additions;
  readonly claims?: readonly Claim[];
  /** Invariants that are broken with it, and are to be. */
  readonly intends?: readonly Intent[];
  /** Checked in all runs of the comparison, the base's too. */
  readonly expects?: readonly Expectation[];
}

/** Checks nothing at run time; gives the types of arguments and results inside the policy. */
export function definePatch(patch: Patch): Patch {
  return patch;
}

/**
 * What a released kernel does in the parts that the switches decide, for `config`: what a patch
 * builds on, when it is to run on other versions too. Error: PatchError for an unknown version.
 */
export function asIn(
  version: string, ...switches: readonly (keyof KernelConfig)[]
): Partial<KernelConfig> {
  const config = differencesTo(version)?.config;
  if (config === undefined) {
    const known = versions.map(({ id }) => id);
    throw new PatchError(`there is no version ${version}${didYouMean(version, known)}`);
  }
  return Object.fromEntries(switches.map((name) => [name, config[name]]));
}
