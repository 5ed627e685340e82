/**
 * The search: rounds of cases, random ones and changed ones of those that led somewhere new. What a
 * round tries depends on the rounds before it and the seed alone, so that the number of workers
 * decides how long it takes and nothing else.
 */
import type { Case } from './case.js';
import { sizeOfCase } from './case.js';
import { isSameReason, type Found } from './difference.js';
import { byGravity, isGrave, isOutcome } from './gravity.js';
import type { Evaluated } from './evaluate.js';
import type { Impossible } from './possible.js';
import { randomCase, randomOf, type CaseOptions } from './generate/case.js';
import { mutated } from './mutate.js';

/** When a search ends before its cases do. */
export interface Stop {
  /** A case that is under way ends at once. */
  readonly signal?: AbortSignal | undefined;
  /** No case is begun from then on, by performance.now(), ms. */
  readonly until?: number;
}

export interface Evaluator {
  /** In the order in which they are given; those from the first on that was stopped are missing. */
  evaluate(cases: readonly Case[], stop: Stop): Promise<readonly Evaluated[]>;
}

export interface SearchOptions extends CaseOptions {
  readonly seed: number;
  /** Given by the user: they are tried first, as they are, and then changed. */
  readonly from: readonly Case[];
  /** All that can be found is asked for, not one thing that is grave. */
  readonly all: boolean;
  /** No case is begun after these many ms; Infinity: no limit. */
  readonly time_ms: number;
  /** Most cases. */
  readonly cases: number;
  /** Told after each round. */
  readonly progress?: (cases: number, found: number) => void;
  readonly signal?: AbortSignal;
}

/** A case and the gravest thing that it shows for this reason. */
export interface FoundCase {
  readonly case: Case;
  readonly found: Found;
  /** Place among the cases that were tried, from 0. */
  readonly index: number;
}

export interface Searched {
  /** One for each reason, the gravest first; behind them what is not of the policy. */
  readonly found: readonly FoundCase[];
  readonly cases: number;
  readonly replays: number;
  /** Cases that were none, or that no machine can be. */
  readonly refused: number;
  /** Steps between functions, kinds of results and findings that were seen. */
  readonly features: number;
  /** Changed functions, as `POLICY FUNCTION`, whose change ran. */
  readonly reached: readonly string[];
  /** Cases in which the sides went other ways through the model. */
  readonly infected: number;
  /** Cases whose orders of tasks were gone through, and those of them that came to a bound. */
  readonly races: number;
  readonly cutRaces: number;
  /** The time was over before the cases were. */
  readonly late: boolean;
}

/** Cases of a round; those of one round do not know of each other. */
const ROUND = 32;
/** Rounds beyond those that it took to find something: for something graver, or smaller. */
const ROUNDS_MORE = 4;
/** Cases that are kept to be changed. */
const KEPT = 400;
/** Out of ten cases, so many are changed ones. */
const CHANGED = 5;

interface Kept { readonly case: Case; readonly weight: number }

function better(a: FoundCase, b: FoundCase): number {
  const kinds = (one: FoundCase): number => (one.case.kind === 'scenario' ? 0 : 1);
  const shared = ({ found }: FoundCase): number => (found.reason.shared === true ? 1 : 0);
  return shared(a) - shared(b) || byGravity(a.found.gravity, b.found.gravity) ||
    kinds(a) - kinds(b) ||
    sizeOfCase(a.case) - sizeOfCase(b.case) || a.index - b.index;
}

export class Search {
  readonly #options: SearchOptions;
  readonly #evaluator: Evaluator;
  readonly #features = new Set<number>();
  readonly #reached = new Set<string>();
  readonly #found: FoundCase[] = [];
  #kept: Kept[] = [];
  #cases = 0;
  #replays = 0;
  #refused = 0;
  #infected = 0;
  #races = 0;
  #cutRaces = 0;
  #late = false;
  /** As some of the given cases cannot be, neither need what is made of them. */
  readonly #allowed = new Set<Impossible>();
  #firstFound: number | undefined;

  constructor(evaluator: Evaluator, options: SearchOptions) {
    this.#evaluator = evaluator;
    this.#options = options;
  }

  async run(): Promise<Searched> {
    const { time_ms, signal, progress } = this.#options;
    const until = performance.now() + time_ms;
    while (this.#goesOn() && !this.#late) {
      const cases = this.#nextRound();
      const tried = await this.#evaluator.evaluate(cases, { signal, until });
      for (const [index, one] of tried.entries()) this.#note(cases[index] as Case, one);
      this.#late = tried.length < cases.length;
      progress?.(this.#cases, this.#found.length);
    }
    return {
      found: [...this.#found].sort(better), cases: this.#cases, replays: this.#replays,
      refused: this.#refused, features: this.#features.size,
      reached: [...this.#reached].sort(), infected: this.#infected, late: this.#late,
      races: this.#races, cutRaces: this.#cutRaces,
    };
  }

  #goesOn(): boolean {
    if (this.#cases >= this.#options.cases) return false;
    if (this.#options.all || this.#firstFound === undefined) return true;
    if (this.#found.some(({ found }) =>
      isGrave(found) && found.reason.shared !== true)) return false;
    return this.#cases < this.#firstFound + Math.min(this.#firstFound, ROUNDS_MORE * ROUND);
  }

  #nextRound(): readonly Case[] {
    const { cases } = this.#options;
    return Array.from({ length: Math.min(ROUND, cases - this.#cases) }, (_, at) =>
      this.#caseAt(this.#cases + at));
  }

  #caseAt(index: number): Case {
    const { seed, from } = this.#options;
    const given = from[index];
    if (given !== undefined) return given;
    const random = randomOf(seed ^ 0x5bd1e995, index);
    const isChanged = this.#kept.length > 0 && random.between(1, 10) <= CHANGED;
    if (!isChanged) return randomCase(seed, index, this.#options);
    return mutated(random, this.#pick(random.between(0, 2 ** 30)), seed, index, this.#options);
  }

  /** One of those that are kept, by weight. */
  #pick(draw: number): Case {
    const sum = this.#kept.reduce((all, { weight }) => all + weight, 0);
    let at = draw % sum;
    for (const one of this.#kept) {
      if (at < one.weight) return one.case;
      at -= one.weight;
    }
    return (this.#kept[0] as Kept).case;
  }

  #note(one: Case, tried: Evaluated): void {
    const index = this.#cases;
    this.#cases += 1;
    this.#replays += tried.replays;
    const { impossible } = tried;
    if (impossible !== undefined && index < this.#options.from.length) {
      this.#allowed.add(impossible).add('pages');
    }
    const isNone = impossible !== undefined && !this.#allowed.has(impossible);
    if (tried.refused !== undefined || isNone) {
      this.#refused += 1;
      return;
    }
    if (tried.infected) this.#infected += 1;
    if (tried.explored !== undefined) this.#races += 1;
    if (tried.explored === 'some') this.#cutRaces += 1;
    this.#keep(one, tried, index);
    for (const found of tried.found) this.#noteFound({ case: one, found, index });
  }

  /** Reaching a change, and going another way with it, is worth more than any new function. */
  #keep(one: Case, { features, reached, infected }: Evaluated, index: number): void {
    const before = this.#features.size;
    for (const feature of features) this.#features.add(feature);
    const fresh = this.#features.size - before;
    const reaches = reached.filter((text) => !this.#reached.has(text)).length;
    for (const text of reached) this.#reached.add(text);
    const isGiven = index < this.#options.from.length;
    if (fresh === 0 && reaches === 0 && !isGiven) return;
    const weight = 1 + (infected ? 8 : 0) + 4 * reaches + (isGiven ? 8 : 0);
    this.#kept.push({ case: one, weight });
    if (this.#kept.length > KEPT) this.#kept = this.#kept.slice(-KEPT);
  }

  #noteFound(one: FoundCase): void {
    // What the kernel without the policy has as well is told, and ends nothing.
    if (one.found.reason.shared !== true && isOutcome(one.found)) this.#firstFound ??= this.#cases;
    const same = this.#found.findIndex(({ found }) =>
      isSameReason(found.reason, one.found.reason));
    const known = this.#found[same];
    if (known === undefined) this.#found.push(one);
    else if (better(one, known) < 0) this.#found[same] = one;
  }
}
