/** Where in an input something was read; `line` counts from 1, 0 when the whole file is meant. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
}

/** The input is wrong: printed as `file:line: what is wrong, what was expected`, exit status 2. */
export class TraceError extends Error {
  readonly position: SourcePosition;

  constructor(position: SourcePosition, problem: string) {
    super(`${positionText(position)}: ${problem}`);
    this.name = 'TraceError';
    this.position = position;
  }
}

/** A policy or a combination of policies cannot be used; the message says what to write instead. */
export class PatchError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PatchError';
  }
}

/** The command line is wrong. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Why a call of the system failed, without its code and without the path that callers print. */
export function reasonOf(error: Error): string {
  // `ENOENT: no such file or directory, stat 'PATH'`
  return error.message.replace(/^[A-Z_]+: /, '').replace(/, \w+( '.*')?$/, '');
}

/** `file:line`, or `file` alone when no line is meant. */
export function positionText(position: SourcePosition): string {
  return position.line > 0 ? `${position.file}:${position.line}` : position.file;
}
