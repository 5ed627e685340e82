import type { SourcePosition } from '../base/errors.js';

/** Something in an input that cannot be right; what could be read around it was kept. */
export interface Problem {
  readonly position: SourcePosition;
  /** What is wrong and what was expected. */
  readonly message: string;
}

/** Problems of one input, in the order found. */
export class Problems {
  readonly list: Problem[] = [];

  add(file: string, line: number, message: string): void {
    this.list.push({ position: { file, line }, message });
  }
}

/** A bit of a bad line for a message: quoted, at most 60 characters. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
