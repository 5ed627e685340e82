/**
 * Calls of kernel functions, recorded and modelled, step by step. Steps that one call spans
 * (an offline in the background) are held together.
 */
import type { Causes } from '../observe/facts/causes.js';
import { onceFor } from '../base/once.js';
import type { Trace } from '../trace/trace.js';
import {
  callText, firedAtReturn, modelledWords, ownFileActions, recordedWords, withoutMigratetype,
  type CallWords, type Kconfig,
} from './call_facts.js';
import type { FactSheet } from './facts.js';
import { holdSequence, type Element } from './sequence.js';

interface Call {
  readonly step: number;
  readonly row: number;
  readonly fn: string;
  readonly words: CallWords;
  /** Of a return: the result, '' for none; undefined for an entry. */
  readonly result?: string;
  /** Corrections that a modelled call depends on. */
  readonly causes: Causes;
  /** Recorded where the model cannot know what happened: see `recorded`. */
  readonly inDoubt?: boolean;
}

/** A row that tells of a call. */
export interface RecordedCall {
  readonly fn: string;
  /** What its probe printed; nothing at a return. */
  readonly printed: CallWords;
  /** As in Call. */
  readonly result: string | undefined;
}

/** Every run of a trace is held against the same calls. */
const callsByRow = onceFor((_trace: Trace) => new Map<number, RecordedCall>());

/** The row as a call of a kernel function. */
export function recordedCall(trace: Trace, row: number): RecordedCall {
  const known = callsByRow(trace);
  const found = known.get(row) ?? readCall(trace, row);
  known.set(row, found);
  return found;
}

function readCall(trace: Trace, at: number): RecordedCall {
  const row = trace.row(at);
  const fn = row.event;
  const result = row.phase === 'E' || firedAtReturn.has(fn) ? `${row.ret ?? ''}` : undefined;
  return { fn, result, printed: row.phase === 'E' ? new Map() : recordedWords(row) };
}

export class CallFacts {
  /** Tracing is set up after the boot: calls before it are in no recording. */
  tracing = false;
  /** Isolation is a bit of its own in the kernel that is held against. */
  isolationBit = false;
  readonly #facts: FactSheet;
  readonly #trace: Trace;
  readonly #config: Kconfig;
  readonly #recorded: Call[] = [];
  readonly #modelled: Call[] = [];
  readonly #arguments: CallWords[] = [];
  /** B row of an input in flight to the step it began in. */
  readonly #inFlight = new Map<number, number>();
  /** Step to the first step of its group. */
  readonly #group = new Map<number, number>();
  readonly #lossy = new Set<number>();
  #last = 0;
  #cut = Infinity;

  constructor(facts: FactSheet, trace: Trace) {
    this.#facts = facts;
    this.#trace = trace;
    this.#config = trace.header.config;
  }

  /** An input call begins. */
  begin(row: number, step: number): void {
    this.#inFlight.set(row, step);
  }

  /** It returned: the steps since it began are one group. */
  finish(row: number, step: number): void {
    const from = this.#inFlight.get(row) ?? step;
    this.#inFlight.delete(row);
    const first = this.#first(from);
    for (let one = from; one <= step; one += 1) {
      this.#group.set(one, Math.min(this.#first(one), first));
    }
  }

  /** Events were lost in this step: calls that only the model has may be among them. */
  lost(step: number): void {
    this.#lossy.add(step);
  }

  /** The trace ends in a call: what it calls from this row on is in no recording. */
  cut(row: number): void {
    this.#cut = row;
  }

  /** `inDoubt`: inputs or the pace of a call may have been lost, so the model may not have it. */
  recorded(step: number, at: number, call: RecordedCall, inDoubt: boolean): void {
    this.#last = step;
    const { fn, printed, result } = call;
    const words = this.isolationBit ? withoutMigratetype(fn, printed, undefined, true) : printed;
    this.#recorded.push({
      step, row: at, fn, words, causes: 0, inDoubt, ...(result === undefined ? {} : { result }),
    });
  }

  /** `row` is being replayed. */
  enter(
    step: number, row: number, fn: string, args: readonly unknown[], causes: Causes,
  ): void {
    const named = modelledWords(fn, args, this.#config);
    const words = this.isolationBit ? withoutMigratetype(fn, named, args[3], false) : named;
    this.#arguments.push(words);
    if (this.tracing && !firedAtReturn.has(fn)) {
      this.#modelled.push({ step, row, fn, words, causes });
    }
  }

  leave(step: number, row: number, fn: string, value: unknown, causes: Causes): void {
    const entered = this.#arguments.pop() ?? new Map<string, string>();
    if (!this.tracing) return;
    const words = firedAtReturn.has(fn) ? entered : new Map<string, string>();
    const result = typeof value === 'number' ? `${value}` : '';
    this.#modelled.push({ step, row, fn, words, causes, result });
  }

  /** Holds all of it; the recording is over. */
  hold(): void {
    for (const row of [...this.#inFlight.keys()]) this.finish(row, this.#last);
    const spoken = spokenWords(this.#recorded);
    const returns = new Set(
      this.#recorded.filter(({ result }) => result !== undefined).map(({ fn }) => fn));
    const lossy = new Set([...this.#lossy].map((step) => this.#first(step)));
    const beyond = this.#beyond();
    const element = (call: Call): Element => {
      const { step, row, fn, words, result, causes } = call;
      const isIn = row < this.#cut && !beyond.has(call) && !lossy.has(this.#first(step));
      return {
        step, row, field: fn, causes,
        text: callText(fn, words, spoken.get(fn) ?? new Set(), result),
        inDoubt: call.inDoubt ?? !isIn,
      };
    };
    const recorded = this.#recorded.map(element);
    const actions = new Set(this.#recorded.map(({ words }) => words.get('action')));
    const unseen = ({ words }: Call): boolean => {
      const action = words.get('action') ?? '';
      return ownFileActions.has(action) && !actions.has(action);
    };
    const modelled = this.#modelled
      .filter(({ fn, result }) => result === undefined || returns.has(fn))
      .filter((call) => !unseen(call)).map(element);
    const steps = new Set([...recorded, ...modelled].map(({ step }) => this.#first(step)));
    for (const step of [...steps].sort((a, b) => a - b)) {
      const mine = (one: Element): boolean => this.#first(one.step) === step;
      holdSequence(
        this.#facts, this.#trace, { kind: 'call' }, recorded.filter(mine), modelled.filter(mine));
    }
  }

  /**
   * What a call that the trace ends in does behind its last row without another step: the row tells
   * of the first of these calls, and whether the others still came nobody knows.
   */
  #beyond(): ReadonlySet<Call> {
    const last = this.#cut === Infinity ? undefined : this.#recorded.at(-1);
    const there = this.#modelled.filter(({ row }) => row === last?.row);
    const told = there.findIndex(({ fn }) => fn === last?.fn);
    return new Set(told < 0 ? [] : there.slice(told + 1));
  }

  #first(step: number): number {
    return this.#group.get(step) ?? step;
  }
}

/** For each function the words that the probes of the recording print and the model has too. */
function spokenWords(recorded: readonly Call[]): ReadonlyMap<string, ReadonlySet<string>> {
  const spoken = new Map<string, Set<string>>();
  for (const { fn, words } of recorded) {
    const mine = spoken.get(fn) ?? new Set<string>();
    for (const key of words.keys()) if (key !== 'fin_pfn') mine.add(key);
    spoken.set(fn, mine);
  }
  return spoken;
}
