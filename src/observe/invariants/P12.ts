import { EBUSY, EINTR, EINVAL, ENOMEM } from '../../linux/include/errno.js';
import { retText } from '../result_text.js';
import type { Invariant } from '../invariant.js';

const own: readonly unknown[] = [0, -EINVAL, -EBUSY, -EINTR, -ENOMEM];

const invariant: Invariant = {
  id: 'P12',
  broken: 'unexpected error of offline',
  doc: 'Taking pages offline gives 0, EINVAL, EBUSY, EINTR, ENOMEM, or what a notifier gave.',
  functions: ['offline_pages', 'memory_notify'],
  begin() {
    let vetoed: unknown;
    let wrong: string[] = [];
    return {
      left(fn, result) {
        if (fn === 'memory_notify') {
          if (result !== 0) vetoed = result;
          return;
        }
        if (!own.includes(result) && result !== vetoed) {
          wrong.push(`offline_pages() gave ${retText(Number(result))}`);
        }
        vetoed = undefined;
      },
      violations() {
        const found = wrong;
        wrong = [];
        return found;
      },
    };
  },
};
export default invariant;
