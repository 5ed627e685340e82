/** Results in words, the same for a modelled and a recorded call. */

/** Errors that memory hotplug gives. */
const errnoNames: Readonly<Record<number, string>> = {
  1: 'EPERM', 2: 'ENOENT', 4: 'EINTR', 5: 'EIO', 6: 'ENXIO', 7: 'E2BIG', 11: 'EAGAIN',
  12: 'ENOMEM', 16: 'EBUSY', 17: 'EEXIST', 18: 'EXDEV', 19: 'ENODEV', 22: 'EINVAL', 28: 'ENOSPC',
  34: 'ERANGE', 110: 'ETIMEDOUT', 125: 'ECANCELED', 133: 'EHWPOISON',
};

/** `0`, `-16 EBUSY`, `100`; `-` when the call returns nothing. */
export function retText(ret: number | undefined): string {
  if (ret === undefined) return '-';
  if (ret >= 0) return `${ret}`;
  const name = errnoNames[-ret];
  return name === undefined ? `${ret}` : `${ret} ${name}`;
}

/** `BUG in fn()`, `oops in fn()`. */
export function faultSubject(fault: { readonly kind: string; readonly fn: string }): string {
  return `${fault.kind} in ${fault.fn}`;
}

/** `38.000000 s`. */
export function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(6)} s`;
}

/** The text of a line or a warning; in the last place of a full list, how many are not kept. */
export function keptText(
  { text, dropped }: { readonly text: string; readonly dropped?: number }, words: string,
): string {
  return dropped === undefined ? text
    : `${dropped} more ${words} of this step are not kept, and none of later steps`;
}
