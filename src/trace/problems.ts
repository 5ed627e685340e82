import { TraceError, type SourcePosition } from '../base/errors.js';
import { printable } from '../base/printable.js';

/** Something in an input that cannot be right; what could be read around it was kept. */
export interface Problem {
  readonly position: SourcePosition;
  /** What is wrong and what was expected. */
  readonly message: string;
}

/** So many are told; of a file that is damaged all over nobody reads more. */
const MOST = 1000;

/** So many lines of which nothing can be made, and fewer of the others: it is another file. */
const TOO_MANY = 2 ** 22;

/** Error: TraceError when an input is something else than it began as. */
export function refuseStrange(
  { file, line }: SourcePosition, strange: number, read: number, expected: string,
): void {
  if (strange <= TOO_MANY || strange <= read) return;
  throw new TraceError({ file, line },
    `more than ${TOO_MANY} lines are no ${expected}, and fewer are; is it another file?`);
}

/** Problems of one input, in the order found. */
export class Problems {
  readonly list: Problem[] = [];
  #more = 0;

  add(file: string, line: number, message: string): void {
    if (this.list.length < MOST) this.list.push({ position: { file, line }, message });
    else this.#more += 1;
  }

  /** All that are told, and of the others how many there are. */
  told(file: string): readonly Problem[] {
    const message = `${this.#more} more things are wrong, expected a file without damage`;
    return this.#more === 0 ? this.list
      : [...this.list, { position: { file, line: 0 }, message }];
  }
}

/** A bit of a bad line for a message: quoted, at most 60 characters. */
export function excerpt(text: string): string {
  return printable(JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text));
}
