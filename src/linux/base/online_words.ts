/** Words for how memory goes online. */
import type { Kernel } from './kernel.js';

/** Memory that is added can go online by itself in this way, or stay offline. */
export function isDefaultWord(k: Kernel, word: string): boolean {
  return k.config.default_online_words === 'all' || ['online', 'offline'].includes(word);
}
