/** include/linux/node.h: the chain of node notifiers. */
export type NodeAction =
  | 'NODE_ADDING_FIRST_MEMORY' | 'NODE_ADDED_FIRST_MEMORY' | 'NODE_CANCEL_ADDING_FIRST_MEMORY'
  | 'NODE_REMOVING_LAST_MEMORY' | 'NODE_REMOVED_LAST_MEMORY' | 'NODE_CANCEL_REMOVING_LAST_MEMORY';

/** A notifier of the node chain; a result below 0 vetoes (negative errno). */
export type NodeNotifier = (action: NodeAction, nid: number) => number;
