/** A replay as it is kept on disk, and read back as the comparator wants it. */
import type { ModelRun, WorstBreach } from '../compare/run.js';
import { ObservationLog, type Observation } from '../observe/observation.js';

interface StoredRun {
  readonly run: Omit<ModelRun, 'log' | 'worst'>;
  readonly observations: readonly (readonly [
    row: number, kind: Observation['kind'], subject: string, value: Observation['value']])[];
  readonly worst: readonly (readonly [string, WorstBreach])[];
  /** Of the log: the same observations must come to it again. */
  readonly digest: string;
}

export function storedRun({ log, worst, ...run }: ModelRun): StoredRun {
  return {
    run, worst: [...worst], digest: log.digest(),
    observations: log.list.map(({ row, kind, subject, value }) => [row, kind, subject, value]),
  };
}

/** Undefined when it is not what was stored. */
export function runFromStore(stored: unknown): ModelRun | undefined {
  const { run, observations, worst, digest } = stored as Partial<StoredRun>;
  if (run === undefined || observations === undefined || worst === undefined) return undefined;
  const log = new ObservationLog();
  for (const [row, kind, subject, value] of observations) log.see(row, kind, subject, value);
  return log.digest() === digest ? { ...run, log, worst: new Map(worst) } : undefined;
}
