/** How a report is shown on a terminal: in its width, with colour, in a pager. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Terminal } from '../../report/report.js';
import { WIDTH } from '../../report/term_lines.js';

/** Lines longer than this are hard to read, however wide the terminal is. */
const READABLE = 100;

export interface ScreenOptions {
  readonly color: 'auto' | 'always' | 'never';
  readonly pager: boolean;
}

export const screenOptions = {
  color: {
    choices: ['auto', 'always', 'never'] as const, default: 'auto' as const, requiresArg: true,
    describe: 'Colour in the text report; auto: on a terminal, unless NO_COLOR is set',
  },
  pager: {
    type: 'boolean', default: true,
    describe: 'On a terminal, show what is longer than it in $PAGER (less); --no-pager does not',
  },
} as const;

/** Undefined: the text goes to a file, a pipe or a mail, and nothing of ours is in it. */
export function terminalOf({ color }: ScreenOptions): Terminal | undefined {
  const { isTTY, columns } = process.stdout;
  const asked = process.env['NO_COLOR'] === undefined || process.env['NO_COLOR'] === '';
  const shown = color === 'always' || (color === 'auto' && isTTY && asked &&
    process.env['TERM'] !== 'dumb');
  if (!isTTY && !shown) return undefined;
  return { columns: Math.max(WIDTH, Math.min(isTTY ? columns : WIDTH, READABLE)), color: shown };
}

function lines(text: string): number {
  return text.split('\n').length - 1;
}

/** Writes the pieces to the pager until it is left. `LESS` is as git sets it. */
async function showIn(pager: string, pieces: Iterable<string>): Promise<void> {
  const child = spawn('sh', ['-c', pager], {
    stdio: ['pipe', 'inherit', 'inherit'], env: { LESS: 'FRX', LV: '-c', ...process.env },
  });
  const ended = once(child, 'close');
  let left = false;
  child.stdin.on('error', () => { left = true; });
  for (const piece of pieces) {
    if (left) break;
    if (child.stdin.write(piece)) continue;
    await Promise.race([once(child.stdin, 'drain').catch(() => undefined), ended]);
  }
  child.stdin.end();
  await ended;
}

/** What is kept back until it is longer than the screen, then all the rest. */
function* after(held: string, rest: Iterator<string>): Generator<string> {
  yield held;
  for (let next = rest.next(); next.done !== true; next = rest.next()) yield next.value;
}

/** Shows pieces in the pager when they are longer than the screen, else through `print`. */
export async function showPaged(
  pieces: Iterable<string>, { pager }: ScreenOptions, print: (text: string) => Promise<void>,
): Promise<void> {
  const command = process.env['PAGER'] ?? 'less';
  const paged = pager && process.stdout.isTTY && command !== '' && command !== 'cat';
  const all = pieces[Symbol.iterator]();
  let held = '';
  while (paged && lines(held) < process.stdout.rows) {
    const next = all.next();
    if (next.done === true) return print(held);
    held += next.value;
  }
  if (paged) return showIn(command, after(held, all));
  for (const piece of after(held, all)) await print(piece);
}
