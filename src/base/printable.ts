/** Text of others on a terminal: control characters, and marks that turn text round, as `?`. */
export function printable(text: string): string {
  return text.replaceAll(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, '?');
}
