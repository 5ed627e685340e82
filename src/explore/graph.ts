/**
 * States that were seen, and how many schedules lead from each to which end. A loop that changes
 * nothing can be left from each of its states, wherever it was entered: going round less than once
 * is no schedule of its own, so all states of a loop have the same counts.
 */
import { pushAll } from '../base/long_lists.js';

/** Outcome to number of schedules. */
type Counts = Map<string, bigint>;

export interface Node {
  /** Grows while the node is open. */
  counts: Counts;
  /** Its schedules are still being gone through. */
  open: boolean;
  /** Other states of the loops that come back to this one. */
  loop: Node[] | undefined;
}

function add(to: Counts, from: Counts): void {
  for (const [outcome, count] of from) to.set(outcome, (to.get(outcome) ?? 0n) + count);
}

function share(node: Node, counts: Counts): void {
  node.counts = counts;
  for (const other of node.loop ?? []) share(other, counts);
}

export class Graph {
  readonly #nodes = new Map<string, Node>();

  get size(): number {
    return this.#nodes.size;
  }

  known(key: string): Node | undefined {
    return this.#nodes.get(key);
  }

  open(key: string): Node {
    const node: Node = { counts: new Map(), open: true, loop: undefined };
    this.#nodes.set(key, node);
    return node;
  }

  /** From `node` to a state that was gone through. */
  add(node: Node, to: Node): void {
    add(node.counts, to.counts);
  }

  end(node: Node, outcome: string): void {
    node.counts.set(outcome, (node.counts.get(outcome) ?? 0n) + 1n);
  }

  /** These follow each other, and the first follows the last. */
  round([first, ...others]: readonly Node[]): void {
    if (first !== undefined) pushAll(first.loop ??= [], others);
  }

  close(node: Node, parent: Node | undefined): void {
    node.open = false;
    share(node, node.counts);
    if (parent !== undefined) add(parent.counts, node.counts);
  }
}
