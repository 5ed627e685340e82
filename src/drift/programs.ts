/**
 * Programs of the system that read what others made. A clone's own configuration can name programs
 * (of signatures, of remotes that lack an object) and files without an end: none of it is used.
 */
import { execFileSync } from 'node:child_process';
import { UsageError } from '../base/errors.js';
import { printable } from '../base/printable.js';

/** Most bytes that a program of the system may answer with. */
export const MOST_BYTES = 2 ** 30;
/** How long a program may take that answers at once unless something never ends, in ms. */
const AT_ONCE = 8000;

interface Asked {
  readonly input?: string;
  /** In ms; undefined: any. */
  readonly timeout?: number;
  readonly env?: NodeJS.ProcessEnv;
}

function saidBy(command: string, error: unknown, timeout: number | undefined): string {
  const { stderr, message, code } = error as Error & { stderr?: Buffer; code?: string };
  if (code === 'ENOENT') return `${command} is not installed`;
  if (code === 'ETIMEDOUT') return `${command}: has not ended after ${(timeout ?? 0) / 1000} s`;
  const said = stderr?.toString('utf8').trim().split('\n').at(-1) ?? '';
  // Quiet when there is no such revision.
  const status = (error as { status?: number | null }).status ?? message;
  return printable(`${command}: ${said === '' ? `ended with ${status}` : said}`);
}

/** What it prints. Error: UsageError with its own words when it fails. */
function output(command: string, args: readonly string[], asked: Asked): Buffer {
  try {
    return execFileSync(command, args, { ...asked,
      input: asked.input ?? '', maxBuffer: MOST_BYTES, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    throw new UsageError(saidBy(command, error, asked.timeout));
  }
}

/** What a clone's configuration may say, and does not: programs to run, files to read. */
const overruled = [
  'core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.attributesFile=/dev/null',
  'log.showSignature=false', 'log.mailmap=false', 'diff.orderFile=/dev/null',
].flatMap((setting) => ['-c', setting]);

/** No remote is asked for an object that is not there, whatever its address names. */
const environment = (): NodeJS.ProcessEnv => ({ ...process.env,
  GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' });

/** What git prints of a clone. Error: UsageError. */
export function gitOutput(clone: string, args: readonly string[], input?: string): Buffer {
  return output('git', ['--no-pager', ...overruled, '-C', clone, ...args],
    { env: environment(), ...(input === undefined ? {} : { input }) });
}

/** The commit that a revision names. Error: UsageError, also when the clone gives no answer. */
export function commitOf(clone: string, revision: string): string {
  const commit = output('git', ['--no-pager', ...overruled, '-C', clone, 'rev-parse', '--verify',
    '--quiet', '--end-of-options', `${revision}^{commit}`],
    { env: environment(), timeout: AT_ONCE }).toString('utf8').trim();
  // `^v7.2` is all but that.
  if (!/^[0-9a-f]{40,64}$/.test(commit)) throw new UsageError(`git: ${revision} is no commit`);
  return commit;
}
