/** Checks that must hold in every state of any kernel: one file of invariants/ each. */
import { loadFolder } from '../base/folder.js';
import type { Kernel } from '../mm/kernel.js';

/** A check of one run; what it remembers of earlier states is its own. */
export interface Check {
  /** A watched function is called. */
  entered?(fn: string, args: readonly unknown[]): void;
  /** It returned. */
  left?(fn: string): void;
  /** What is wrong now, a sentence each; the first ones are shown. */
  violations(): Iterable<string>;
}

export interface Invariant {
  /** What must hold, in one sentence. */
  readonly doc: string;
  /** Kernel functions whose calls the check is told of. */
  readonly functions?: readonly string[];
  /** For one run; the kernel has not booted yet. */
  begin(k: Kernel): Check;
}

export interface NamedInvariant extends Invariant {
  /** `Z1`: file name; as in the reports and in the claims of policies. */
  readonly id: string;
}

/** An invariant that needs nothing but the state. */
export function onState(doc: string, violations: (k: Kernel) => Iterable<string>): Invariant {
  return { doc, begin: (k) => ({ violations: () => violations(k) }) };
}

/** Sorted by letter, then number. */
function inOrder(a: NamedInvariant, b: NamedInvariant): number {
  const order = a.id.charCodeAt(0) - b.id.charCodeAt(0);
  return order !== 0 ? order : Number(a.id.slice(1)) - Number(b.id.slice(1));
}

/** All invariants. */
export async function loadInvariants(): Promise<readonly NamedInvariant[]> {
  const found = await loadFolder<Invariant>(new URL('./invariants/', import.meta.url));
  return found.map(({ id, plugin }) => ({ ...plugin, id })).sort(inOrder);
}
