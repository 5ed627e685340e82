/** Which policies of a question a recorded kernel seems to have. */
import { minOf } from '../base/long_lists.js';
import { standsOn } from '../patch/conflicts.js';
import { parseSeries, type Series } from '../patch/series.js';
import { pageRowsOf } from '../replay/pages/events.js';
import type { Trace } from '../trace/trace.js';
import type { Verification } from './facts.js';
import { verify } from './verify.js';

export interface PolicyAgreement {
  readonly id: string;
  /** Facts of which something can be told. */
  readonly facts: number;
  readonly agree: number;
}

/** Names told of policies that agree as well. */
const NAMES = 4;
/** Rows that are not of single pages, which are replayed for an advice: some 20 s at most. */
const MOST_ROWS = 2 ** 20;

function agreementOf(id: string, { verdicts }: Verification): PolicyAgreement {
  const agree = verdicts.agrees + verdicts.agrees_after_correction;
  return { id, agree, facts: agree + verdicts.disagrees };
}

async function applicable(ids: readonly string[], version: string): Promise<readonly Series[]> {
  const all = await Promise.all(ids.map((id) => parseSeries(id)));
  return all.filter(({ patches }) => standsOn(version, patches));
}

/**
 * What agrees better with the recording than the kernel without a policy; undefined: nothing does.
 * `ids`: policies to try, each alone.
 */
export async function policyAdvice(
  trace: Trace, without: Verification, ids: readonly string[], options: {
    readonly version: string; readonly name: string;
  },
): Promise<string | undefined> {
  const { version, name } = options;
  const wrong = ({ facts, agree }: PolicyAgreement): number => facts - agree;
  const own = agreementOf('base', without);
  const tried = await applicable(ids, version);
  if (tried.length * pageRowsOf(trace).others.length > MOST_ROWS) {
    return `${trace.length} rows are too many to try ${tried.length} policies on: -p tries one`;
  }
  const all = tried.map(({ id, patches }) =>
    agreementOf(id, verify(trace, { version, series: patches, name })));
  const least = minOf(all.map(wrong));
  if (least >= wrong(own)) return undefined;
  const best = all.filter((one) => wrong(one) === least);
  const told = best.slice(0, NAMES).map(({ id, agree, facts }) => `${id} (${agree} of ${facts})`);
  const more = best.length - told.length;
  return `agrees most with ${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}; ` +
    `with ${version} alone ${own.agree} of ${own.facts}`;
}
