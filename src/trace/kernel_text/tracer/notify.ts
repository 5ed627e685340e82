/**
 * The actions of memory_notify(). Until 6.11 they are bits; kernels with `enum
 * memory_block_state` number them from 0 (include/linux/memory.h). The release does not tell
 * (it was backported), the numbers of a recording do.
 */
const names = [
  'MEM_ONLINE', 'MEM_GOING_OFFLINE', 'MEM_OFFLINE', 'MEM_GOING_ONLINE', 'MEM_CANCEL_ONLINE',
  'MEM_CANCEL_OFFLINE', 'MEM_PREPARE_ONLINE', 'MEM_FINISH_OFFLINE',
] as const;

/** Are they bits? 8, 16, ... only occur as bits, 0, 3, 5, 6 and 7 only as numbers. */
function areBits(actions: readonly number[]): boolean {
  if (actions.some((action) => action >= 8)) return true;
  if (actions.some((action) => [0, 3, 5, 6, 7].includes(action))) return false;
  // Only 1, 2 and 4 left, so an offline: it begins with MEM_GOING_OFFLINE, 2 as a bit.
  return actions[0] !== 1;
}

/** Names of the actions of one recording, in order; a number that has none stays a number. */
export function notifyActions(actions: readonly number[]): string[] {
  const bits = areBits(actions);
  return actions.map((action) => names[bits ? Math.log2(action) : action] ?? String(action));
}
