/** What -p may name beside one series: several with commas, a question, a pattern. */
import { didYouMean } from '../../base/closest.js';
import { UsageError } from '../../base/errors.js';
import { policyFiles, questions, variantsOf } from '../../patch/catalogue.js';
import { isPolicyPath } from '../../patch/load.js';

/** Ids that a pattern with `*` means. */
function matching(pattern: string): readonly string[] {
  const literal = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  const whole = new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`);
  const ids = policyFiles().map(({ id }) => id);
  const found = ids.filter((id) => whole.test(id));
  if (found.length > 0) return found;
  const [question = ''] = pattern.split('/');
  throw new UsageError(`-p ${pattern}: no policy is called so${didYouMean(question, questions())}\n`
    + '  `mmreplay list policies` has them all');
}

/** The series, each for one run. Error: UsageError for a pattern that nothing matches. */
export function policyWords(given: readonly string[]): string[] {
  if (given.some((word) => word.trim() === '')) {
    throw new UsageError('-p is empty, expected a policy');
  }
  return given.flatMap((word) => (isPolicyPath(word) ? [word] : word.split(','))
    .filter((one) => one !== '').flatMap((one) => {
      if (isPolicyPath(one) || one.includes('+')) return [one];
      if (one.includes('*')) return matching(one);
      const question = one.replace(/\/$/, '');
      return questions().includes(question) ? variantsOf(question) : [one];
    }));
}
