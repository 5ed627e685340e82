/** What was decided for an input that leaves a choice: it stays with the trace, in its header. */
import { positionText } from '../base/errors.js';
import type { TraceHeader } from './trace.js';

const KEY = 'assumed';
/** Because of a place of the input: told when it is read. */
const DECIDED = 'decided';

/** A header line for what the input does not tell and is taken for granted. */
export function assumption(text: string): [string, string] {
  return [KEY, text];
}

/** Header lines for decisions about a file's lines. */
export function assumptions(
  file: string, notes: readonly { readonly line: number; readonly message: string }[],
): [string, string][] {
  return notes.map(({ line, message }) => [DECIDED, `${positionText({ file, line })}: ${message}`]);
}

/** Of these what a place of the input made necessary: not what every input of its kind needs. */
export function decided(header: TraceHeader): readonly string[] {
  return header.other.filter(([key]) => key === DECIDED).map(([, text]) => text);
}

/** What was decided when the trace was made. */
export function assumed({ other }: TraceHeader): readonly string[] {
  return other.filter(([key]) => key === KEY || key === DECIDED).map(([, text]) => text);
}

/** What the snapshots of a recording would have told. */
export const withoutSnapshots: readonly string[] = [
  'managed pages at boot: all present ones that the log does not show reserved, and watermarks '
    + 'accordingly',
  'no page of the kernel\'s own keeps a block from going offline, but those that the log names',
];
