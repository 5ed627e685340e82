/** What `mmreplay run --schedule` prints: one schedule under each policy. */
import { parseAllSeries } from '../patch/series.js';
import { versionOfHeader } from '../replay/version.js';
import { readTrace } from '../trace/read.js';
import { runSchedule, windowFor } from './explore.js';
import { scheduleRunText, windowText } from './report.js';

export interface ScheduleJob {
  readonly path: string;
  /** What -p named; empty: the kernel as released. */
  readonly series: readonly string[];
  readonly base: string | undefined;
  readonly config: Readonly<Record<string, string>>;
  readonly schedule: string;
}

/** The text, and whether the policies ended differently. Errors as of `parseSchedule`. */
export async function scheduleReport(
  job: ScheduleJob,
): Promise<{ readonly text: string; readonly differs: boolean }> {
  const { trace } = await readTrace(job.path, { config: job.config });
  const version = job.base ?? versionOfHeader(trace.header);
  const window = windowFor(trace);
  const names = job.series.length === 0 ? ['base'] : job.series;
  const outcomes = new Set<string>();
  let text = windowText(window);
  for (const { id, patches } of await parseAllSeries(names, version)) {
    const run = runSchedule(window, { id, version, series: patches }, job.schedule);
    outcomes.add(run.outcome);
    text += scheduleRunText(id, run);
  }
  return { text, differs: outcomes.size > 1 };
}
