/** What `explore` found, typed: the text and the JSON are made of it. */
import { shellPath, shellWord } from '../base/words.js';
import type { VerdictCounts } from '../observe/facts/fact.js';
import type { EndingKind } from './ending_kind.js';
import { runSchedule, type Candidate, type Explored, type Parting, type ScheduleRun } from
  './explore.js';
import { scheduleText } from './schedule_text.js';
import type { Window } from './window.js';

/** How what was recorded agrees with the kernel that is explored. */
export interface RecordedFacts {
  /** Of the rows before the window. */
  readonly before: VerdictCounts;
  readonly whole: VerdictCounts;
  /** The first fact that disagrees, in words; undefined: none does. */
  readonly first?: {
    readonly step: number;
    readonly fact: string;
    readonly recorded: string;
    readonly modelled: string;
  };
}

/** Steps of one task, until another takes over. */
export interface Turn {
  readonly letter: string;
  readonly steps: number;
  /** The preemption point at which it stands then; `ended`. */
  readonly at: string;
}

export interface ExploredEnding {
  readonly outcome: string;
  readonly kind: EndingKind;
  /** Decimal: there can be more of them than a number holds. */
  readonly schedules: string;
  /** `s1:a2b1a67`, for `run --schedule`. */
  readonly shortest: string;
  /** Of the shortest, to the end of the window. */
  readonly turns: readonly Turn[];
}

/** A schedule that two policies end differently, with what each of them makes of it. */
export interface ExploredParting extends Omit<Parting, 'turns'> {
  readonly turns: readonly [readonly Turn[], readonly Turn[]];
  /** That shows it. */
  readonly command: string;
}

export interface ExploredPolicy {
  readonly id: string;
  /** false: the limit was reached, or somebody interrupted. */
  readonly complete: boolean;
  /** Many equal rounds of the policy's own loop were taken as some. */
  readonly bounded: boolean;
  readonly states: number;
  readonly steps: number;
  readonly endings: readonly ExploredEnding[];
  /** null: nothing was recorded. */
  readonly recorded: RecordedFacts | null;
}

export interface ExploreDocument {
  readonly format: 1;
  readonly trace: string;
  readonly base: string;
  /** Schedules with at most so many switches away from a task that could go on; null: all. */
  readonly preemptions: number | null;
  readonly window: {
    readonly start_pfn: number;
    readonly nr_pages: number;
    /** Letters of schedules: a takes memory offline, the others are beside it. */
    readonly tasks: readonly { readonly letter: string; readonly task: string }[];
  };
  readonly policies: readonly ExploredPolicy[];
  readonly partings: readonly ExploredParting[];
}

/** Letters of the tasks, as schedules name them. */
export function lettersOf({ offliner, tasks }: Window): ExploreDocument['window']['tasks'] {
  return [offliner, ...tasks.map(({ name }) => name)]
    .map((task, index) => ({ letter: String.fromCharCode(97 + index), task }));
}

/** The turns of a run, by the letters of its tasks. */
function turnsOf(window: Window, { turns }: Pick<ScheduleRun, 'turns'>): readonly Turn[] {
  const letters = new Map(lettersOf(window).map(({ letter, task }) => [task, letter]));
  return turns.map(({ task, steps, at }) => ({ letter: letters.get(task) ?? '?', steps, at }));
}

export function exploredPolicy(
  window: Window, candidate: Candidate, { result }: Explored, recorded: RecordedFacts | undefined,
): ExploredPolicy {
  return {
    id: candidate.id, complete: !result.incomplete, bounded: result.bounded,
    states: result.states, steps: result.transitions, recorded: recorded ?? null,
    endings: result.endings.map(({ outcome, kind, schedules, shortest }) => {
      const text = scheduleText(shortest);
      return { outcome, kind, schedules: String(schedules), shortest: text,
        turns: turnsOf(window, runSchedule(window, candidate, text)) };
    }),
  };
}

/** `base`: as the user gave it. */
export function exploredParting(
  window: Window, parting: Parting, trace: string, base: string | undefined,
): ExploredParting {
  const [first, second] = parting.turns;
  return { ...parting, command: partingCommand(parting, trace, base),
    turns: [turnsOf(window, { turns: first }), turnsOf(window, { turns: second })] };
}

/** The command that shows where two policies part. */
function partingCommand(
  { one, other, schedule }: Parting, trace: string, base: string | undefined,
): string {
  const basis = base === undefined ? '' : ` --base ${base}`;
  return `mmreplay run ${shellPath(trace)}${basis} -p ${shellWord(one)} -p ${shellWord(other)} `
    + `--schedule ${schedule}`;
}
