/** Which policies a trace is replayed on when nobody names any. */
import { loadPolicies, questions, variantsOf } from './catalogue.js';
import { questionOf, touchedFunctions } from './conflicts.js';

/** What the header of a trace says of it. */
export interface AboutTrace {
  readonly question?: string;
  readonly series?: string;
  /** It tells of single pages. */
  readonly pageLevel: boolean;
  /** Other lines of the header; `note` describes the trace. */
  readonly other: readonly (readonly [key: string, value: string])[];
}

/** The question about races of single pages: asked of traces that tell of them, and of no other. */
const pageQuestion = 'offline_pcp';

/** The one question whose policies change the first kernel function that the note names. */
async function questionOfNote(note: string): Promise<string | undefined> {
  const fn = /\b([a-z_]\w*)\(\)/.exec(note)?.[1];
  if (fn === undefined) return undefined;
  const policies = await loadPolicies();
  const found = new Set(policies.filter((patch) => touchedFunctions(patch).includes(fn))
    .map((patch) => questionOf(patch.id)));
  const [only] = found;
  return found.size === 1 ? only : undefined;
}

/**
 * Ids of all policies of the trace's question: that of its header, of its name up to the first
 * `-`, of its events when they are of single pages, or of its note; of every hotplug question when
 * it has none. The policy that the recorded kernel had is among them.
 */
export async function defaultSeries(about: AboutTrace, name: string): Promise<readonly string[]> {
  const all = questions();
  const prefix = name.split('-')[0] ?? '';
  const note = about.other.find(([key]) => key === 'note')?.[1] ?? '';
  const question = about.question ?? (all.includes(prefix) ? prefix
    : about.pageLevel && all.includes(pageQuestion) ? pageQuestion : await questionOfNote(note));
  const ids = question === undefined
    ? all.filter((one) => one !== pageQuestion).flatMap(variantsOf)
    : variantsOf(question);
  const { series } = about;
  return series === undefined || ids.includes(series) ? ids : [...ids, series];
}
