/** The kernel's log, read again and again: its buffer is a ring, which drops the oldest lines. */

/**
 * What was kept so far, and behind it what of `now` is new: `now` begins somewhere in it, and goes
 * on where it ends. Where the two have nothing in common, lines between them are gone; nothing
 * tells of those.
 */
export function keptLog(before: string, now: string): string {
  const first = now.slice(0, now.indexOf('\n') + 1);
  if (first === '') return before + now;
  const lines = `\n${before}`;
  for (let at = lines.indexOf(`\n${first}`); at >= 0; at = lines.indexOf(`\n${first}`, at + 1)) {
    if (now.startsWith(before.slice(at))) return before.slice(0, at) + now;
  }
  return before + now;
}
