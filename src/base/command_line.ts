/**
 * The kernel command line, as kernel/params.c reads it: words with blanks between them, `name` or
 * `name=value`. Dashes and underscores of a name mean the same.
 */

/** What each word of this name gives, in order; '' for one without a value. */
export function parameters(cmdline: string, name: string): readonly string[] {
  const wanted = name.replaceAll('-', '_');
  return cmdline.split(/\s+/).flatMap((word) => {
    const [key = '', ...rest] = word.split('=');
    return key.replaceAll('-', '_') === wanted ? [rest.join('=')] : [];
  });
}

/** The last of them, which counts for most parameters; undefined: not given. */
export function parameter(cmdline: string, name: string): string | undefined {
  return parameters(cmdline, name).at(-1);
}

/**
 * A parameter that is on or off: one without a value is on; `otherwise` when it is not given, or
 * kstrtobool() refuses the value (as v6.12 has it; v7.3 knows `enable` and `disable` too).
 */
export function switchParameter(cmdline: string, name: string, otherwise: boolean): boolean {
  const value = parameter(cmdline, name);
  if (value === undefined) return otherwise;
  if (value === '' || /^([yYtT1]|[oO][nN])/.test(value)) return true;
  return /^([nNfF0]|[oO][fF])/.test(value) ? false : otherwise;
}
