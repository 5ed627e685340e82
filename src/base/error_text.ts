/** What is printed when a command failed. */
import { PatchError, reasonOf, TraceError, UsageError } from './errors.js';
import { packageRoot } from './package_root.js';
import { versionText } from './program_version.js';

/** Where a policy's own code threw: the innermost place, when it is in a policy. */
function placeInPolicy(error: Error): string | undefined {
  // What Node does for somebody is that one's.
  const frame = (error.stack ?? '').split('\n')
    .find((line) => /^ +at .*:\d+:\d+\)?$/.test(line) && !/[ (]node:/.test(line));
  const place = /[ (]((?:file:\/\/)?\/[^()]*:\d+:\d+)\)?$/.exec(frame ?? '')?.[1];
  const path = place?.replace('file://', '');
  if (path === undefined) return undefined;
  const root = packageRoot();
  const ours = path.startsWith(root) && !path.startsWith(`${root}dist/policies/`) &&
    !path.startsWith(`${root}policies/`);
  return ours || path.includes('/node_modules/') ? undefined : path;
}

/** `PATH: no such file or directory`: the system's reason, as the file of an input is named. */
function systemText(error: NodeJS.ErrnoException): string {
  return `${error.path ?? 'error'}: ${reasonOf(error)}\n`;
}

/** What is printed for an error: one message when the user can act on it, else a stack. */
export function errorText(error: unknown, given: readonly string[]): string {
  if (error instanceof TraceError) return `${error.message}\n`;
  if (error instanceof PatchError || error instanceof UsageError) {
    return /^\S+:\d+:(\d+:)? /.test(error.message)
      ? `${error.message}\n` : `error: ${error.message}\n`;
  }
  if (!(error instanceof Error)) return `error: ${String(error)}\n`;
  if ('syscall' in error) return systemText(error as NodeJS.ErrnoException);
  const place = placeInPolicy(error);
  if (place !== undefined) {
    return `${place}: ${error.name}: ${error.message}\n  thrown by the policy while it ran\n`;
  }
  return `${error.stack ?? error.message}\n` +
    `this is a bug of ${versionText()}; it was run as: mmreplay ${given.join(' ')}\n`;
}
