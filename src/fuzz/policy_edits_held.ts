/** What a report says of one policy on one trace. */
import { PatchError, UsageError } from '../base/errors.js';
import { checkPolicies, evaluate } from '../pipeline.js';

export interface Held {
  /**
   * refused: before it ran; stopped: it threw or has no end; differs: an outcome is another one
   * than the base's; told: none is, and the report says why; silent: none is, and nothing does.
   */
  readonly what: 'refused' | 'stopped' | 'differs' | 'told' | 'silent';
  /** In the words of the message or the report. */
  readonly why: string;
}

/** Seconds that a policy may take on these traces. */
const SECONDS = 20;

/** `policy` as -p has it, on the trace. */
export async function heldOf(path: string, policy: string): Promise<Held> {
  let comparison;
  try {
    await checkPolicies([policy]);
    comparison = await evaluate({ path, series: [policy], base: undefined, config: {},
      seconds: SECONDS, tool: 'test' });
  } catch (error) {
    if (!(error instanceof PatchError || error instanceof UsageError)) throw error;
    return { what: 'refused', why: (error.message.split('\n')[0] ?? '').slice(0, 120) };
  }
  const run = comparison.runs.at(-1);
  const standing = comparison.verdict?.policies[0]?.standing;
  if (run?.stopped !== undefined) return { what: 'stopped', why: run.stopped.text.slice(0, 120) };
  const doubts = (run?.doubts ?? []).map(({ text }) => text).join('; ');
  if (standing === 'untested') return { what: 'told', why: `untested: ${doubts}`.slice(0, 160) };
  if (standing !== 'same' && standing !== 'unknown') {
    return { what: 'differs', why: standing ?? 'no verdict' };
  }
  const costs = comparison.verdict?.policies[0]?.costs ?? [];
  const why = [doubts, ...costs.map(({ name }) => `cost ${name}`)].filter(Boolean).join('; ');
  return { what: why === '' ? 'silent' : 'told', why: why.slice(0, 160) };
}
