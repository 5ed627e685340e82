/** Lists that a loop of a policy could make as long as memory is have an end, and count on. */

/** In the last place of a full list: so many found no room, with the one that stands there. */
export interface Counted {
  readonly dropped?: number;
}

/** One more for a list that is full. The count is said where it is printed: `keptText()`. */
export function notKept<T extends Counted>(list: T[], one: T): void {
  const place = list.length - 1;
  // The last one that was kept gives its place away.
  list[place] = { ...one, dropped: (list[place]?.dropped ?? 1) + 1 };
}
