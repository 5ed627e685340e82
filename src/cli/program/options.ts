/** Options that several commands have: described, checked and read in one way. */
import { UsageError } from '../../base/errors.js';
import { wholeNumber } from '../../base/whole_number.js';
import { kconfigWords } from './kconfig_words.js';
import { policyWords } from './policy_words.js';

/** `-p`, each for one run; a question, or a pattern with `*`, stands for its policies. */
export const policyOption = (describe: string) => ({
  alias: 'p', type: 'string', array: true, nargs: 1, coerce: policyWords, describe,
} as const);

export const baseOption = {
  type: 'string', requiresArg: true, describe: 'Base version [default: the recorded kernel\'s]',
} as const;

export const configOption = {
  type: 'string', array: true, nargs: 1, coerce: kconfigWords,
  describe: 'A Kconfig symbol that the trace does not show, as DEBUG_VM=y',
} as const;

export const outputOption = (describe = 'Write to this file') => ({
  alias: 'o', type: 'string', requiresArg: true, describe,
} as const);

export const checkOption = {
  type: 'boolean', default: false,
  describe: 'After each row, hold the model\'s own data against what must be so; for bug reports',
} as const;

/** Of an option in seconds: twice as many are counted in ms, and Node's timers have 31 bits. */
export const MOST_SECONDS = 1_000_000;

/** Worker threads: each is begun at once. */
export const MOST_JOBS = 1024;

/**
 * A whole number, read from its text: yargs takes 0x10, 1e3 and 1.0 for some. It is told to be a
 * number beside, for --help.
 */
export const numberOption = (
  name: string, describe: string, least = 0, most = Number.MAX_SAFE_INTEGER,
) => ({
  type: 'string', number: true, requiresArg: true, describe,
  coerce: (given: string | number): number => {
    // Twice is told where all options are; a default is a number.
    if (Array.isArray(given)) return given as unknown as number;
    const value = wholeNumber(String(given));
    if (value !== undefined && value >= least && value <= most) return value;
    throw new UsageError(`--${name} ${given}: expected a whole number from ${least} `
      + (most === Number.MAX_SAFE_INTEGER ? 'on' : `to ${most}`));
  },
} as const);

export const bootOption =
  numberOption('boot', 'Boot of a kernel log, from 1 [default: the last with a memory map]', 1);
