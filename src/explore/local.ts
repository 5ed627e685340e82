/**
 * Where a task stands, apart from the machine's state: two tasks with the same number here go on
 * alike on the same machine.
 *
 * The model's own generators are known: where one stands and what it was told tells all of its
 * variables, and a pass of the offline loop that begins at the first page remembers nothing. What
 * a policy's generator remembers nobody can see, so all that it was told since it began is kept
 * with it: see policy_frames.ts.
 */

/** What one generator of a policy, or the model's below it, has behind it. */
export interface Context {
  /** What a policy's generator was told since it began; 0: only the model's own run here. */
  readonly frame: number;
  /** Preemption points passed since then; a drain counts as one. */
  readonly position: number;
  /**
   * Their names, as a list: how many a call passes depends on the machine's state, so that equal
   * numbers alone may be of generators with more or fewer pages behind them.
   */
  readonly passed: number;
  /** What the model's own functions were told since then. */
  readonly told: number;
  /** Pages were moved in this pass of the loop. */
  readonly migrated: boolean;
  /** Local variables that policies gave to the model's functions; 0: none was used. */
  readonly locals: number;
  /** It is code around a call that `outer` makes. */
  readonly inside: boolean;
  readonly outer: Context | undefined;
}

export class Local {
  /** Name of the preemption point. */
  readonly at: string;
  readonly done: boolean;
  /** CPUs that its drain has yet to come to, in order. */
  readonly pending: readonly number[];
  readonly context: Context;
  /** It waits for a lock until this says so. */
  readonly isFree: (() => boolean) | undefined;
  #text: string | undefined;

  constructor(
    at: string, done: boolean, pending: readonly number[], context: Context,
    isFree?: () => boolean,
  ) {
    this.at = at;
    this.done = done;
    this.pending = pending;
    this.context = context;
    this.isFree = isFree;
  }

  with(pending: readonly number[]): Local {
    return new Local(this.at, this.done, pending, this.context);
  }

  /** A round of a loop may begin here: in the model's own, or in one that a policy makes. */
  get beginsRound(): boolean {
    const { frame, position } = this.context;
    return position === 0 || (frame > 0 && position === 1);
  }

  /** Equal texts: tasks that stand alike, but for the CPUs of a drain. */
  get text(): string {
    this.#text ??= textOf(this);
    return this.#text;
  }
}

function textOf({ at, done, context }: Local): string {
  let text = done ? 'ended' : at;
  for (let now: Context | undefined = context; now !== undefined; now = now.outer) {
    text += ` ${now.frame}.${now.passed}.${now.told}${now.migrated ? 'm' : ''}`;
    if (now.locals > 0) text += `.${now.locals}`;
  }
  return text;
}

const nothing: Context = {
  frame: 0, position: 0, passed: 0, told: 0, migrated: false,
  locals: 0, inside: false, outer: undefined,
};

export const atBegin = new Local('', false, [], nothing);
/** What an ended task was told no longer matters. */
export const atEnd = new Local('', true, [], nothing);

/** The longest round of equal words that is looked for. */
const ROUND_MAX = 32;

/** Lists of words as numbers: equal lists, equal numbers. 0 is the empty list. */
export class WordLists {
  readonly #numbers = new Map<string, number>();
  /** By list: the list without its last word, and that word. */
  readonly #before: number[] = [0];
  readonly #last: string[] = [''];

  add(list: number, word: string): number {
    const key = `${list} ${word}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const made = this.#before.push(list) - 1;
    this.#last.push(word);
    this.#numbers.set(key, made);
    return made;
  }

  /** Where the list ends with more than `most` equal rounds: the list without the last of them. */
  settled(list: number, most: number): number {
    const before: number[] = [];
    const words: string[] = [];
    for (let now = list; now !== 0 && words.length < (most + 1) * ROUND_MAX;) {
      words.push(this.#last[now] as string);
      now = this.#before[now] as number;
      before.push(now);
    }
    for (let round = 1; round <= ROUND_MAX && (most + 1) * round <= words.length; round += 1) {
      let same = 0;
      while (same < most * round && words[same] === words[same + round]) same += 1;
      if (same === most * round) return before[round - 1] as number;
    }
    return list;
  }
}

// Field by field, for each step makes a context or two, and copies by `...` are slow.

/** The same, `position` preemption points after the begin, with this behind it. */
export function moved(
  { frame, locals, inside, outer }: Context,
  position: number, passed: number, told: number, migrated: boolean,
): Context {
  return { frame, position, passed, told, migrated, locals, inside, outer };
}

/** The same, a preemption point of this name further. */
export function further(
  context: Context, lists: WordLists, where: string, migrated = context.migrated,
): Context {
  const passed = lists.add(context.passed, where);
  return moved(context, context.position + 1, passed, context.told, migrated);
}

/** The same, with code of a policy that was told so much. */
export function inFrame(
  { position, passed, told, migrated, locals, inside, outer }: Context, frame: number,
): Context {
  return { frame, position, passed, told, migrated, locals, inside, outer };
}

/** The same, but the model's own functions were told so much. */
export function hasHeard(context: Context, told: number): Context {
  return moved(context, context.position, context.passed, told, context.migrated);
}

/** A pass begins, which depends on nothing that was before. */
export function begun(context: Context, told: number): Context {
  const { frame, locals, inside, outer } = context;
  const around = inside && outer !== undefined ? begun(outer, told) : outer;
  return {
    frame, position: 0, passed: 0, told, migrated: false, locals, inside, outer: around };
}
