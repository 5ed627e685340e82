/** Functions of the model that can be made to fail as the kernel's own code expects of them. */
import { own } from '../base/own.js';
import * as errno from '../linux/include/errno.js';
import type { Entry } from '../patch/table.js';

/** A function that can come back with an error. */
export interface Fallible {
  readonly fn: string;
  /** Negative errnos. */
  readonly errors: readonly number[];
}

const errnos: Readonly<Record<string, number>> = errno;
const anyReturn = /\breturn\b\s*([^;]*);/g;
const errorReturn = /^-(?:\w+\.)?(E[A-Z0-9]+)$/;
/** What a function gives back that has 0 for success and an errno for trouble. */
const success = /^(0|-(?:\w+\.)?E[A-Z0-9]+|error|err|ret|rc)$/;

/** With the errors that its text has; what never fails in the model runs out of memory. */
export function fallibleOf({ name, body }: Entry): Fallible | undefined {
  const given = [...body.toString().matchAll(anyReturn)].map(([, value = '']) => value.trim());
  if (!given.includes('0') || !given.every((value) => success.test(value))) return undefined;
  if (given.every((value) => value === '0')) return { fn: name, errors: [-errno.ENOMEM] };
  const errors = given.flatMap((value) => {
    const number = own(errnos, errorReturn.exec(value)?.[1] ?? '');
    return number === undefined ? [] : [-number];
  });
  return errors.length === 0 ? undefined : { fn: name, errors: [...new Set(errors)] };
}
