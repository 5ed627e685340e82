/**
 * Error texts of a shell's `write error: ...` (musl's and glibc's words) and their numbers: what
 * memory hotplug can return, and what else a write to sysfs may fail with.
 */
import { own } from '../../../base/own.js';
const numbers: Readonly<Record<string, number>> = {
  'Operation not permitted': -1,
  'No such file or directory': -2,
  'Interrupted system call': -4,
  'Interrupted': -4,
  'I/O error': -5,
  'Input/output error': -5,
  'No such device or address': -6,
  'Argument list too long': -7,
  'Bad file descriptor': -9,
  'Resource temporarily unavailable': -11,
  'Try again': -11,
  'Out of memory': -12,
  'Cannot allocate memory': -12,
  'Permission denied': -13,
  'Bad address': -14,
  'Device or resource busy': -16,
  'Resource busy': -16,
  'File exists': -17,
  'No such device': -19,
  'Invalid argument': -22,
  'No space left on device': -28,
  'Read-only file system': -30,
  'Numerical result out of range': -34,
  'Result not representable': -34,
  'Function not implemented': -38,
  'Memory page has hardware error': -133,
  'Value too large for defined data type': -75,
  'Operation not supported': -95,
  'Not supported': -95,
  'Connection timed out': -110,
  'Operation timed out': -110,
};

/** The negative errno that `stderr` names; undefined when it names none that we know. */
export function errnoOf(stderr: string): number | undefined {
  const message = (/write error: (.+)$/m.exec(stderr)?.[1] ?? stderr).trim();
  return own(numbers, message);
}
