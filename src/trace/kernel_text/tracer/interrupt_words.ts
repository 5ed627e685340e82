/** Words for a page that an interrupt frees while locks are held, by what the tracer prints. */

/** Places of the flags: in a hard or soft interrupt; how deep preemption is off. */
const CONTEXT = 2;
const PREEMPT = 3;

/** Hard, soft, both, and the same beside an NMI: the letters of the tracer (v4.13 to v7.3). */
const interrupts = new Set(Buffer.from('hsHzZ'));
const TWO = 50;
const LAST_DIGIT = 57;
const A = 97;
const F = 102;

/** `preempt` as it is in the flags: 0 to 15. Less than two are no pin and lock of a list. */
const words = Array.from({ length: 16 }, (_, depth) => `irq=1 preempt=${depth}`);

/**
 * The args of a mm_page_free; '' outside of interrupts, and where preemption is off less than
 * twice. `at` answers a byte of the flags by its place.
 */
export function interruptWords(at: (place: number) => number): string {
  if (!interrupts.has(at(CONTEXT))) return '';
  const depth = at(PREEMPT);
  const isDigit = depth >= TWO && depth <= LAST_DIGIT;
  if (!isDigit && (depth < A || depth > F)) return '';
  return words[isDigit ? depth - TWO + 2 : depth - A + 10] ?? '';
}
