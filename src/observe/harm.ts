/** What a broken invariant or a fault does to whoever runs the machine, the gravest first. */

/**
 * dead: the kernel does not come up; bug, oops: a task dies where it stands, with its locks;
 * loop: a call never returns; kill: a task is killed although memory is free; lost: memory that
 * nobody can use any more, or that is used twice; garbage: a decision on what was never written;
 * wrong: state that contradicts itself; warning: a line in the log.
 */
export const harms = [
  'dead', 'bug', 'oops', 'loop', 'kill', 'lost', 'garbage', 'wrong', 'warning',
] as const;
export type Harm = (typeof harms)[number];

/** Of faults of the modelled kernel, by their kind. */
export const harmOfFault: Readonly<Record<string, Harm>> = {
  BUG: 'bug', oops: 'oops', hang: 'loop', warning: 'warning',
};

/** Below 0: `a` is the graver one. */
export function byHarm(a: Harm, b: Harm): number {
  return harms.indexOf(a) - harms.indexOf(b);
}
