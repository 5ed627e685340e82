/** BUGs, oopses and warnings in a kernel log: heads, and the line that names the function. */
export interface LoggedFault {
  readonly kind: 'BUG' | 'oops' | 'warning';
  /** The function that it is in. */
  readonly fn: string;
  /** The line that began it. */
  readonly text: string;
}

const heads: readonly (readonly [kind: LoggedFault['kind'], pattern: RegExp])[] = [
  ['BUG', /^kernel BUG at /],
  ['oops', /^BUG: (?:kernel NULL pointer dereference|unable to handle|stack guard page)/],
  ['oops', /^Oops: |^general protection fault/],
  ['warning', /^WARNING: CPU: |^WARNING: \S+ at /],
];

const rip = /^RIP: [0-9a-f]+:([A-Za-z_]\w*)(?:\.[\w.]+)?\+0x/;
const warned = / at (?:\S+:\d+ )?([A-Za-z_]\w*)(?:\.[\w.]+)?\+0x/;

/** Is told the lines of a log in their order. */
export class FaultLines {
  #open: { readonly kind: LoggedFault['kind']; readonly text: string } | undefined;

  /**
   * `head`: a fault begins with this line. A fault: with this line it is known where it is. Lines
   * that belong to a fault say nothing else.
   */
  line(text: string): LoggedFault | 'head' | undefined {
    const kind = heads.find(([, pattern]) => pattern.test(text))?.[0];
    if (kind !== undefined) {
      // An oops has several such lines; the first one says what it is.
      if (kind !== 'oops' || (this.#open?.kind ?? 'warning') === 'warning') {
        this.#open = { kind, text };
      }
      const fn = kind === 'warning' ? warned.exec(text)?.[1] : undefined;
      return fn === undefined ? 'head' : this.#close(fn);
    }
    const fn = rip.exec(text)?.[1];
    return fn === undefined || this.#open === undefined ? undefined : this.#close(fn);
  }

  #close(fn: string): LoggedFault {
    const open = this.#open ?? { kind: 'oops', text: '' };
    this.#open = undefined;
    return { ...open, fn };
  }
}
