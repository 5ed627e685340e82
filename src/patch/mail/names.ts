/** Which function of the model a name of a patch means. */
import { modelName } from '../../base/kernel_names.js';
import { functionTags } from '../../linux/function_tag.js';

export interface Named {
  /** The model's name; undefined: it has no such function. */
  readonly model: string | undefined;
  /** Why it is another one than the patch has: `is X() in the model`. */
  readonly note: string | undefined;
}

/** diff -p cuts the heading of a hunk at so many characters. */
const HEADING_MAX = 40;

/** `cut`: the name stands at the end of a heading that can have been cut. */
export function namedInModel(name: string, cut: boolean): Named {
  const names = Object.keys(functionTags());
  if (names.includes(name)) return { model: name, note: undefined };
  const other = modelName(name, (one) => names.includes(one));
  if (other !== undefined) {
    return { model: other, note: `${name}() is ${other}() in the model` };
  }
  const begins = cut ? names.filter((one) => one.startsWith(name)) : [];
  const [only] = begins;
  if (only !== undefined && begins.length === 1) {
    return { model: only, note: `the heading was cut: ${name}... is ${only}()` };
  }
  return { model: undefined, note: cut
    ? `a change in a function whose name begins with ${name}` : undefined };
}

/** The name in a heading `static int create_altmaps_and_memory_blo`, and whether it was cut. */
export function nameInHeading(heading: string): { name: string; cut: boolean } | undefined {
  const notFunctions = /^(?:if|while|for|switch|return|sizeof|defined|SYSCALL_DEFINE\d)$/;
  const called = /\b([A-Za-z_]\w*)\s*\(/.exec(heading)?.[1];
  if (called !== undefined) {
    return notFunctions.test(called) ? undefined : { name: called, cut: false };
  }
  const last = /\b([A-Za-z_]\w*)$/.exec(heading)?.[1];
  const isCut = heading.length >= HEADING_MAX - 1 && /^[A-Za-z_]/.test(heading);
  return last === undefined || !isCut ? undefined : { name: last, cut: true };
}
