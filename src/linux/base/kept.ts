/** Lists that a loop of a policy could make as long as memory is: they have an end, and say so. */

/** How many found no room, as the last place says. */
const dropped = /^(\d+) more /;

/** Puts one more at the end of a list of up to `most`; `words`: what they are, for the last place. */
export function keepUpTo<T extends { readonly text: string }>(
  list: T[], most: number, one: T, words: string,
): void {
  const last = list[most - 1];
  if (last === undefined) {
    list.push(one);
    return;
  }
  // The last one that was kept gives its place away.
  const count = Number(dropped.exec(last.text)?.[1] ?? 1) + 1;
  const text = `${count} more ${words} of this step are not kept, and none of later steps`;
  list[most - 1] = { ...one, text };
}
