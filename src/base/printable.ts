/**
 * Text of an input on its way to a terminal or a document: characters that move the cursor, turn
 * the writing direction or show nothing are written as escapes.
 */

/**
 * C0 and C1 controls; marks of direction and of zero width; line and paragraph separators; the
 * byte order mark, tag characters and variation selectors; halves of a surrogate pair.
 */
const hidden = new RegExp(String.raw`[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160`
  + String.raw`\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f`
  + String.raw`\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]|\p{Cs}`, 'gu');

const hasHidden = new RegExp(hidden.source, 'u');

/** `\u001b`, as JSON and JavaScript write it; a character above 0xffff is two of them. */
function escaped(character: string): string {
  return Array.from({ length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
}

/** The text on one line, nothing of it hidden. Of a printable text it is the same text. */
export function printable(text: string): string {
  return hasHidden.test(text) ? text.replace(hidden, escaped) : text;
}

/** On one line, and every run of blanks (line ends, no-break spaces) is one blank. */
export function printableLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ').trim());
}

/** The same for a text of several lines: line ends and tabs stay. */
export function printableLines(text: string): string {
  return hasHidden.test(text)
    ? text.replace(hidden, (one) => (one === '\n' || one === '\t' ? one : escaped(one))) : text;
}

/** Only ASCII, where nothing else gets through unharmed: in mail. */
export function asciiText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, escaped);
}

/**
 * The same for what a program prints into the log of a CI job: a line that begins with `::` would
 * be a command to that job, and a file or a policy may have such a name.
 */
export function harmlessLines(text: string): string {
  const shown = printableLines(text);
  return shown.includes('::')
    ? shown.replace(/^([ \t]*):(?=:\w)/gm, (_, blanks: string) => `${blanks}\\u003a`) : shown;
}
