/** One recording against every version of the model: which of them it is most like. */
import { addTo } from '../base/long_lists.js';
import { at } from '../base/assert.js';
import { versions } from '../linux/history/versions.js';
import { vendorOf } from '../replay/vendor.js';
import type { Trace } from '../trace/trace.js';
import { verify } from './verify.js';

export interface BaseAgreement {
  readonly version: string;
  readonly facts: number;
  readonly agree: number;
}

/** The best ones first; of those that are as good the newest first. */
export function agreementOfBases(trace: Trace, name: string): readonly BaseAgreement[] {
  return versions
    .map(({ id }): BaseAgreement => {
      const { verdicts } = verify(trace, { version: id, series: [], name });
      const agree = verdicts.agrees + verdicts.agrees_after_correction;
      // What nobody can tell speaks for no version.
      return { version: id, facts: agree + verdicts.disagrees, agree };
    })
    .sort((a, b) => wrongShare(a) - wrongShare(b));
}

/** Who tells nothing stands behind all who do. */
function wrongShare({ facts, agree }: BaseAgreement): number {
  return facts === 0 ? 1 : (facts - agree) / facts;
}

export const ofFacts = ({ agree, facts }: BaseAgreement): string => `${agree} of ${facts}`;

/** Versions that agree alike stand in one line, the oldest and the newest of a run of them. */
export function* anyBaseLines(all: readonly BaseAgreement[]): Generator<string> {
  const groups = new Map<string, string[]>();
  for (const one of all) addTo(groups, ofFacts(one), one.version);
  yield '  facts that agree, by version:';
  for (const [count, names] of groups) {
    yield `    ${count.padEnd(16)}${names.length > 4
      ? `${names.slice(0, 2).join(', ')}, ... ${names.at(-1)} (${names.length} versions)`
      : names.join(', ')}`;
  }
}

/** Of those that agree as well as any the one that is nearest to a version. */
function nearestOfBest(all: readonly BaseAgreement[], version: string): BaseAgreement {
  const place = (id: string): number => versions.findIndex((one) => one.id === id);
  const far = (one: BaseAgreement): number => Math.abs(place(one.version) - place(version));
  const first = at(all, 0);
  return all.filter((one) => ofFacts(one) === ofFacts(first))
    .reduce((near, one) => (far(one) < far(near) ? one : near), first);
}

/** What to make of a vendor's kernel; undefined: it is none, or no version agrees better. */
export function vendorAdvice(
  release: string, version: string, all: readonly BaseAgreement[],
): string | undefined {
  const own = all.find((one) => one.version === version);
  const vendor = vendorOf(release);
  if (vendor === undefined || own === undefined) return undefined;
  const better = nearest(version, own, all);
  return better === undefined ? undefined : `${release} has ${vendor.has}; ${better}`;
}

/** Which version agrees better; undefined: none does. */
export function nearest(
  version: string, own: BaseAgreement, all: readonly BaseAgreement[],
): string | undefined {
  const best = nearestOfBest(all, version);
  if (own.facts - own.agree <= best.facts - best.agree) return undefined;
  return `of the versions ${best.version} agrees most `
    + `(${ofFacts(best)}; ${version} ${ofFacts(own)})`;
}
