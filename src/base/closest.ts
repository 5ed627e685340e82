/** Edits (insert, delete, replace, swap of neighbours) that lead from one word to the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1;
      let best = Math.min(
        (last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + same);
      if (from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? best) + 1);
      }
      next.push(best);
    }
    beforeLast = last;
    last = next;
  }
  return last[to.length] ?? 0;
}

/** The words most like `word`, best first, at most three; none when nothing is alike. */
export function closest(word: string, words: Iterable<string>): readonly string[] {
  const limit = Math.max(2, Math.floor(lastPart(word).length / 4));
  return [...words]
    .map((candidate) => ({ candidate, distance: distanceOfParts(word, candidate) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** `populated` is near `zonelists/populated_zone`: the last part, and its beginning, count too. */
function distanceOfParts(word: string, candidate: string): number {
  const part = lastPart(candidate);
  const begins = word.length >= 3 && part.startsWith(word) ? 1 : Number.POSITIVE_INFINITY;
  return Math.min(editDistance(word, candidate), editDistance(word, part), begins);
}

/** `; did you mean a or b?`, to end a message with; empty when nothing is alike. */
export function didYouMean(word: string, words: Iterable<string>): string {
  const near = closest(word, words);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}
