/** Lists that a loop of a policy could make as long as memory is: they have an end, and say so. */

const END = 'of this step are not kept, and none of later steps';

/** How many found no room, as the last place says: in words that end as no other line does. */
const dropped = new RegExp(`^(\\d+) more .* ${END}$`, 's');

/** One more for a list that is full; `words`: what they are, for the last place. */
export function notKept<T extends { readonly text: string }>(
  list: T[], one: T, words: string,
): void {
  const place = list.length - 1;
  // The last one that was kept gives its place away.
  const count = Number(dropped.exec(list[place]?.text ?? '')?.[1] ?? 1) + 1;
  list[place] = { ...one, text: `${count} more ${words} ${END}` };
}
