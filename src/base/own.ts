/** The entry of a table by a text of the input, which may be `constructor` too; undefined: none. */
export function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
