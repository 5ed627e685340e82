/**
 * Rows that no line of the trace has: where a full buffer began to lose events, and the marks that
 * it lost. They are put between the events by time.
 */
import { at } from '../../../base/assert.js';
import type { LogMerge } from '../log/log_merge.js';
import type { Marks } from './scan_marks.js';
import { TimeIndex } from './time_index.js';
import type { LostEvents, RecordingInfo, Span, Step } from './recording_info.js';

/** Rows that are to be written when this time has come. */
export interface Inserted {
  readonly time_ns: number;
  readonly write: (time_ns: number) => void;
}

/** CPUs whose buffer took no more events from some time on. */
export function fullCpus(info: RecordingInfo): ReadonlySet<number> {
  return new Set((info.recorder?.lost ?? [])
    .filter(({ which }) => which === undefined).map(({ cpu }) => cpu));
}

export class InsertedRows {
  /** In order of time; those of one time in the order in which they were given. */
  readonly #rows: readonly Inserted[];
  #index = 0;

  constructor(rows: readonly Inserted[]) {
    this.#rows = [...rows].sort((a, b) => a.time_ns - b.time_ns);
  }

  /** Time of the next row, Infinity after the last. */
  get next(): number {
    return this.#rows[this.#index]?.time_ns ?? Infinity;
  }

  /** Writes the rows before `time_ns`, and the log's. */
  before(time_ns: number, log: LogMerge): void {
    while (this.next < time_ns) {
      const row = at(this.#rows, this.#index++);
      log.before(row.time_ns);
      row.write(row.time_ns);
    }
    log.before(time_ns);
  }
}

/**
 * Where each CPU began to lose events: behind its last one. What an overwriting buffer lost, the
 * trace itself says in its first lines.
 */
export function losses(
  info: RecordingInfo, marks: Marks, write: (lost: LostEvents, time_ns: number) => void,
): readonly Inserted[] {
  return (info.recorder?.lost ?? []).filter(({ which }) => which !== 'first').map((lost) => ({
    time_ns: lost.which === undefined ? marks.lastOf.get(lost.cpu) ?? 0 : 0,
    write: (time_ns) => write(lost, time_ns),
  }));
}

/** The marks of steps that the trace does not have, where the recorder noted when they began. */
export function lostMarks(
  steps: readonly Step[], marks: Marks, write: (step: Step, time_ns: number) => void,
): readonly Inserted[] {
  return steps.flatMap((step) => {
    const time_ns = began(step);
    if (time_ns === undefined || marks.steps.has(step.step)) return [];
    return [{ time_ns, write: () => write(step, time_ns) }];
  });
}

/** When the step began, in ns of the trace's clock. */
export function began(step: Step): number | undefined {
  return step.began === undefined ? undefined : Math.round(step.began * 1e6) * 1000;
}

/** When each step began: by its mark, or as the recorder noted it when the mark was lost. */
export function beginnings(info: RecordingInfo, marks: Marks): ReadonlyMap<number, number> {
  const noted = (info.steps ?? []).map((step) => [step.step, began(step)] as const)
    .filter((pair): pair is [number, number] => pair[1] !== undefined);
  return new Map([...noted, ...marks.steps]);
}

/** When a step began and ended, by its mark and the next one; steps may be many. */
export function spansOf(
  begun: ReadonlyMap<number, number>,
): (step: Step) => Span | undefined {
  const times = [...new Set(begun.values())];
  const index = new TimeIndex(times, times);
  return (step) => {
    const from = begun.get(step.step);
    return from === undefined ? undefined : [from, index.next(from)];
  };
}

/** The text of a mark that was lost, as far as info.json tells. */
export function lostMarkText(step: Step): string {
  const { action, block, cmd } = step;
  const text = block === undefined ? cmd ?? action : `memory${block} ${action}`;
  return `step ${step.step}: ${text.replace(/\s+/g, ' ')}`;
}

/** What is said of steps that begin behind the end of the trace. */
export function cutOffText(steps: readonly Step[]): string {
  const [first, ...more] = steps;
  return `ends before step ${first?.step} of info.json (${first?.action}), which is left out`
    + (more.length === 0 ? '' : ` with the ${more.length} behind it`);
}
