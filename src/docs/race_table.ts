/** The race of the per-cpu lists under every design, gone through in every order. */
import { exploreNow, windowFor } from '../explore/explore.js';
import { raceTrace } from '../explore/race.js';
import { loadPolicy, variantsOf } from '../patch/catalogue.js';
import { markdownTable } from '../base/markers.js';

const QUESTION = 'offline_pcp';
const BASE = 'v5.8';
/** Freeing tasks; the full search is shown for the first two. */
const TASKS = [1, 2, 3, 4];
const FULL = [1, 2];

/** `1234567` as `1,234,567`. */
function grouped(count: bigint): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** One line for each way in which a design can end. */
async function rowsOf(id: string): Promise<string[][]> {
  const candidate = { id, version: BASE, series: [await loadPolicy(id)] };
  const columns = [
    ...FULL.map((tasks) => ({ tasks, reduced: false })),
    ...TASKS.map((tasks) => ({ tasks, reduced: true })),
  ].map(({ tasks, reduced }) => exploreNow(
    windowFor(raceTrace({ tasks, kernel: `${BASE.slice(1)}.0` })), candidate, { reduced }).endings);
  const outcomes = [...new Set(columns.flat().map(({ outcome }) => outcome))].sort();
  return outcomes.map((outcome, index) => [
    index === 0 ? `\`${id.replace(`${QUESTION}/`, '')}\`` : '', outcome,
    ...columns.map((endings) =>
      grouped(endings.find((end) => end.outcome === outcome)?.schedules ?? 0n)),
  ]);
}

export async function raceTable(): Promise<string> {
  const rows: string[][] = [];
  for (const id of variantsOf(QUESTION)) rows.push(...await rowsOf(id));
  return markdownTable([
    'policy', 'outcome', ...FULL.map((tasks) => `all, ${tasks}`), ...TASKS.map(String),
  ], rows);
}
