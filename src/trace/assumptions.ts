/** What was decided for an input that leaves a choice: it stays with the trace, in its header. */
import { positionText } from '../base/errors.js';
import type { TraceHeader } from './trace.js';

const KEY = 'assumed';

/** A header line for what the input does not tell and is taken for granted. */
export function assumption(text: string): [string, string] {
  return [KEY, text];
}

/** Header lines for decisions about a file's lines. */
export function assumptions(
  file: string, notes: readonly { readonly line: number; readonly message: string }[],
): [string, string][] {
  return notes.map(({ line, message }) => [KEY, `${positionText({ file, line })}: ${message}`]);
}

/** Of these what a place of the input made necessary: not what every input of its kind needs. */
export function decided(header: TraceHeader): readonly string[] {
  return assumed(header).filter((text) => /^[^ ]+:\d+: /.test(text));
}

/** What was decided when the trace was made. */
export function assumed({ other }: TraceHeader): readonly string[] {
  return other.filter(([key]) => key === KEY).map(([, text]) => text);
}
