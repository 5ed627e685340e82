/** Holds a recorded sequence of lines against the modelled one: what is common, what is not. */
import { diffArrays } from 'diff';
import { ABSENT, type FactSheet } from './facts.js';

/** One element of a sequence and the step it belongs to. */
export interface Element {
  readonly step: number;
  readonly text: string;
  /** Events were lost around it: that the other side has not got it says nothing. */
  readonly inDoubt?: boolean;
}

/** More edits than this and two sequences have nothing to do with each other. */
const MAX_EDITS = 5000;

/**
 * Elements that both have in the same order agree. Where they part, recorded and modelled
 * elements are paired in order; what is left over stands against `absent`. Elements in doubt need
 * no partner.
 */
export function holdSequence(
  facts: FactSheet, name: string, recorded: readonly Element[], modelled: readonly Element[],
): void {
  const texts = (elements: readonly Element[]): string[] => elements.map((one) => one.text);
  const edits = diffArrays(texts(recorded), texts(modelled), { maxEditLength: MAX_EDITS }) ??
    [{ value: texts(recorded), removed: true }, { value: texts(modelled), added: true }];
  let atRecorded = 0;
  let atModelled = 0;
  const waiting: Element[] = [];
  const flush = (): void => {
    for (const one of waiting.splice(0)) facts.disagree(one.step, name, one.text, ABSENT);
  };
  const certain = (elements: readonly Element[], side: string): readonly Element[] => {
    const doubtful = elements.filter(({ inDoubt }) => inDoubt === true).length;
    if (doubtful > 0) facts.hide(`${name} that only the ${side} has`, doubtful);
    return elements.filter(({ inDoubt }) => inDoubt !== true);
  };
  for (const edit of edits) {
    const count = edit.value.length;
    if (edit.added === true) {
      for (const one of certain(modelled.slice(atModelled, atModelled + count), 'model')) {
        const partner = waiting.shift();
        facts.disagree(partner?.step ?? one.step, name, partner?.text ?? ABSENT, one.text);
      }
      atModelled += count;
    } else if (edit.removed === true) {
      flush();
      const mine = recorded.slice(atRecorded, atRecorded + count);
      waiting.push(...certain(mine, 'recording'));
      atRecorded += count;
    } else {
      flush();
      for (const one of recorded.slice(atRecorded, atRecorded + count)) {
        facts.hold(one.step, name, one.text, one.text);
      }
      atRecorded += count;
      atModelled += count;
    }
  }
  flush();
}
