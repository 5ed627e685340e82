/** The values that each run's subjects have, row by row. */
import { addTo } from '../base/long_lists.js';
import {
  ABSENT, isPoint, type Kind, type Observation, type Scalar,
} from '../observe/observation.js';

export interface SubjectKey {
  readonly kind: Kind;
  readonly subject: string;
}

/** A subject that some run says something new of at this row, with each run's value. */
export interface Moment extends SubjectKey {
  readonly row: number;
  readonly values: readonly Scalar[];
}

function keyOf({ kind, subject }: SubjectKey): string {
  return `${kind}\t${subject}`;
}

/** Observations by row, ascending. */
function byRow(list: readonly Observation[]): Map<number, Observation[]> {
  const rows = new Map<number, Observation[]>();
  for (const one of list) addTo(rows, one.row, one);
  return rows;
}

/** Walks all runs together. */
export class Timeline {
  readonly #runs: readonly ReadonlyMap<number, readonly Observation[]>[];
  readonly #values: Map<string, Scalar>[];
  readonly rows: readonly number[];

  constructor(runs: readonly (readonly Observation[])[]) {
    this.#runs = runs.map(byRow);
    this.#values = runs.map(() => new Map());
    this.rows = [...new Set(this.#runs.flatMap((run) => [...run.keys()]))].sort((a, b) => a - b);
  }

  /** Takes in what was seen at the row; the subjects that any run spoke of. */
  advance(row: number): Moment[] {
    const touched = new Map<string, SubjectKey>();
    const points: Map<string, Scalar>[] = this.#runs.map(() => new Map<string, Scalar>());
    this.#runs.forEach((run, index) => {
      for (const one of run.get(row) ?? []) {
        const key = keyOf(one);
        touched.set(key, one);
        (isPoint(one.kind) ? points[index] : this.#values[index])?.set(key, one.value);
      }
    });
    return [...touched].map(([key, { kind, subject }]) => ({
      row, kind, subject,
      values: this.#runs.map((_, index) =>
        (isPoint(kind) ? points[index] : this.#values[index])?.get(key) ?? ABSENT),
    }));
  }

  /** The value of a subject that lasts, as of the last row taken in. */
  value(run: number, { kind, subject }: SubjectKey): Scalar {
    return this.#values[run]?.get(keyOf({ kind, subject })) ?? ABSENT;
  }

  /** All lasting subjects of a run that are there now. */
  state(run: number): (SubjectKey & { readonly value: Scalar })[] {
    return [...this.#values[run] ?? []].flatMap(([key, value]) => {
      const [kind = '', subject = ''] = key.split('\t');
      return value === ABSENT ? [] : [{ kind: kind as Kind, subject, value }];
    });
  }
}
