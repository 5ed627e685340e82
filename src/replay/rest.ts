/**
 * Calls in flight that no row but those of their own task lets go on, until a row that is known:
 * the schedule is not asked about them in between. With thousands of calls that others interrupt
 * each row would look through all of them.
 */
import { firstIndex } from '../base/first_index.js';
import { addTo } from '../base/long_lists.js';

export class Rest<One extends { readonly name: string }> {
  /** Those that may be asked, in the order in which they began. */
  readonly awake: One[] = [];
  readonly #restsUntil: (task: One) => number | undefined;
  readonly #order = new Map<One, number>();
  #begun = 0;
  /** By name of the task. */
  readonly #resting = new Map<string, Set<One>>();
  /** By the row that wakes them. */
  readonly #wakes = new Map<number, One[]>();
  #row = -1;
  /** Awake for this row only. */
  #called: One[] = [];

  constructor(restsUntil: (task: One) => number | undefined) {
    this.#restsUntil = restsUntil;
  }

  start(task: One): void {
    this.#order.set(task, this.#begun += 1);
    const row = this.#restsUntil(task);
    if (row === undefined || row <= this.#row) {
      this.awake.push(task);
      return;
    }
    addTo(this.#wakes, row, task);
    // At the row that begins it it is asked.
    this.awake.push(task);
    this.#called.push(task);
  }

  drop(task: One): void {
    this.#order.delete(task);
    this.#resting.get(task.name)?.delete(task);
    const place = this.awake.indexOf(task);
    if (place >= 0) this.awake.splice(place, 1);
  }

  /** The next row, of this task. */
  atRow(row: number, name: string): void {
    if (row === this.#row) return;
    for (const task of this.#called) if (this.#order.has(task)) this.#sleep(task);
    this.#called = [];
    while (this.#row < row) {
      this.#row += 1;
      for (const task of this.#wakes.get(this.#row) ?? []) this.#wake(task);
      this.#wakes.delete(this.#row);
    }
    this.#called = [...this.#resting.get(name) ?? []];
    for (const task of this.#called) this.#wake(task);
  }

  #sleep(task: One): void {
    const place = this.awake.indexOf(task);
    if (place >= 0) this.awake.splice(place, 1);
    const known = this.#resting.get(task.name) ?? new Set();
    this.#resting.set(task.name, known.add(task));
  }

  #wake(task: One): void {
    if (this.#resting.get(task.name)?.delete(task) !== true) return;
    const order = (one: One | undefined): number => this.#order.get(one as One) ?? 0;
    this.awake.splice(
      firstIndex(this.awake.length, (at) => order(this.awake[at]) > order(task)), 0, task);
  }
}
