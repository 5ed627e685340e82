/** How much the lines of a patch and a sentence about a change speak of the same. */

/** Words of identifiers and of prose: `node_states_clear_node` has node, state and clear. */
function wordsOf(text: string): ReadonlySet<string> {
  return new Set((text.toLowerCase().match(/[a-z]{3,}/g) ?? [])
    .map((word) => word.replace(/(?:ing|ed|es|s|e)$/, '')));
}

/**
 * Of each text the weight of the words that it shares with the lines: a word that many of the
 * texts have (page, zone) weighs little.
 */
export function sharedWeights(lines: readonly string[], texts: readonly string[]): number[] {
  const asked = wordsOf(lines.join('\n'));
  const all = texts.map(wordsOf);
  const weightOf = (word: string): number =>
    Math.log(texts.length / all.filter((words) => words.has(word)).length);
  return all.map((words) => [...words].filter((word) => asked.has(word))
    .reduce((sum, word) => sum + weightOf(word), 0));
}
