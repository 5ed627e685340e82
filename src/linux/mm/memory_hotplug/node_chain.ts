/** mm/memory_hotplug.c: who watches nodes is told, from v6.17 on. */
import type { Kernel } from '../../base/kernel.js';
import type { NotifierArg } from '../../include/mmzone.js';
import type { NodeAction } from '../../include/node.js';

/** Tells the node chain when the node gets its first memory or loses its last. 0, or a veto. */
export function tellNode(k: Kernel, action: NodeAction, arg: NotifierArg): number {
  if (!k.config.node_notifiers || arg.status_change_nid < 0) return 0;
  return k.node_notify(action, arg.status_change_nid);
}
