/** What a command prints: whole, or an error; and nothing in it that moves a terminal. */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf, UsageError } from '../../base/errors.js';
import { printableLines } from '../../base/printable.js';
import { writeFileWhole } from '../../base/write_file.js';

const STDOUT = 1;
/** How often a full pipe is tried again, in ms. */
const PAUSE = 5;

/** A pipe that a slow reader has filled takes no more for now. */
function writeSome(bytes: Uint8Array, at: number): number {
  try {
    return writeSync(STDOUT, bytes, at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}

/**
 * Writes to standard output, no faster than it is read. Node's own stream takes a short write of
 * a file, which a full disk makes, for a whole one. A reader that has seen enough (`| head`) ends
 * the program without a word. Error: UsageError.
 */
export async function print(content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    for (let at = 0; at < bytes.length;) {
      const written = writeSome(bytes, at);
      at += written;
      if (written === 0) await sleep(PAUSE);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit();
    throw new UsageError(`standard output: ${reasonOf(error as Error)}`);
  }
}

/** To the file that `-o` names, else to standard output. */
export async function deliver(text: string, output: string | undefined): Promise<void> {
  const shown = printableLines(text);
  if (output === undefined) await print(shown);
  else writeFileWhole(output, shown);
}

/** A message on standard error: what an input says shows as escapes. */
export function tell(text: string): void {
  process.stderr.write(printableLines(text));
}
