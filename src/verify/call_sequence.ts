/**
 * Calls of kernel functions, recorded and modelled, step by step. Steps that one call spans
 * (an offline in the background) are held together.
 */
import type { TraceRow } from '../trace/trace.js';
import { modelledCall, modelledReturn, recordedCall, returnsRecorded } from './call_facts.js';
import type { FactSheet } from './facts.js';
import { holdSequence, type Element } from './sequence.js';

export class CallFacts {
  readonly #facts: FactSheet;
  readonly #config: Readonly<Record<string, string>>;
  readonly #functions: ReadonlySet<string>;
  /** Functions of which the recording has returns. */
  readonly #returns = new Set<string>();
  readonly #recorded: Element[] = [];
  readonly #modelled: (Element & { readonly returnOf?: string })[] = [];
  readonly #arguments: (readonly unknown[])[] = [];
  /** B row of an input in flight to the step it began in. */
  readonly #inFlight = new Map<number, number>();
  /** Step to the first step of its group. */
  readonly #group = new Map<number, number>();
  readonly #lossy = new Set<number>();

  constructor(
    facts: FactSheet, config: Readonly<Record<string, string>>, functions: ReadonlySet<string>,
  ) {
    this.#facts = facts;
    this.#config = config;
    this.#functions = functions;
  }

  begin(row: number, step: number): void {
    this.#inFlight.set(row, step);
  }

  finish(row: number, step: number): void {
    const from = this.#inFlight.get(row) ?? step;
    this.#inFlight.delete(row);
    for (let one = from; one <= step; one += 1) {
      this.#group.set(one, Math.min(this.#group.get(one) ?? one, this.#group.get(from) ?? from));
    }
  }

  lost(step: number): void {
    this.#lossy.add(step);
  }

  recorded(step: number, row: TraceRow): void {
    if (row.phase === 'E') this.#returns.add(row.event);
    this.#recorded.push({ step, text: recordedCall(row) });
  }

  enter(step: number, fn: string, args: readonly unknown[]): void {
    this.#arguments.push(args);
    if (returnsRecorded.has(fn)) return;
    this.#modelled.push({ step, text: modelledCall(fn, args, this.#config) });
  }

  leave(step: number, fn: string, result: unknown): void {
    const args = this.#arguments.pop() ?? [];
    const text = returnsRecorded.has(fn)
      ? modelledReturn(modelledCall(fn, args, this.#config), result) : modelledReturn(fn, result);
    this.#modelled.push(returnsRecorded.has(fn) ? { step, text } : { step, text, returnOf: fn });
  }

  /** Holds all of it; the recording is over. */
  hold(): void {
    for (const [row] of this.#inFlight) this.finish(row, Number.MAX_SAFE_INTEGER);
    const modelled = this.#modelled.filter(
      ({ returnOf }) => returnOf === undefined || this.#returns.has(returnOf));
    const steps = new Set([...this.#recorded, ...modelled].map(({ step }) => this.#first(step)));
    for (const step of [...steps].sort((a, b) => a - b)) {
      const mine = (one: Element): boolean => this.#first(one.step) === step;
      const recorded = this.#recorded.filter(mine);
      if (this.#lossy.has(step)) this.#facts.leave('call after lost events', recorded.length);
      else holdSequence(this.#facts, 'call', recorded, modelled.filter(mine));
    }
    if (this.#functions.size === 0) this.#facts.leave('calls: the recording has no probes');
  }

  #first(step: number): number {
    return this.#group.get(step) ?? step;
  }
}
