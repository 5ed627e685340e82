/** The backport view of a trace: which releases have the fault, and what mends each of them. */
import { addTo } from '../base/long_lists.js';
import type {
  Affected, AffectedFault, AffectedVersion, Release,
} from '../compare/verdict/affected.js';
import { text, type Block, type Section } from './blocks.js';

/** Names told of policies that do the same. */
const NAMES = 5;

/**
 * `v4.13 - v5.17, v5.15.35 and later`: runs of releases that lie side by side, in the order in
 * which they came. A branch begins behind the mainline release that it is of.
 */
function releasesText(
  list: readonly AffectedVersion[], releases: readonly Release[],
): string {
  const wanted = new Set(list.map(({ version }) => version));
  const oldest = [...releases].reverse();
  const mainline = oldest.filter(({ id, on }) => id === on);
  const branches = [...new Set(oldest.map(({ on }) => on))];
  const parts = runsOf(mainline, wanted).map(({ first, last }) =>
    (first === last ? first : `${first} - ${last}`));
  for (const branch of branches) {
    const stable = oldest.filter(({ id, on }) => on === branch && id !== branch);
    for (const { first, next } of runsOf(stable, wanted)) {
      parts.push(next === undefined ? `${first} and later ${branch}.y` : `${first} to ${next}~`);
    }
  }
  return parts.join(', ');
}

interface Run {
  readonly first: string;
  last: string;
  /** The release behind it that is not in it. */
  next: string | undefined;
}

function runsOf(list: readonly Release[], wanted: ReadonlySet<string>): readonly Run[] {
  const runs: Run[] = [];
  let open: Run | undefined;
  for (const { id: version } of list) {
    if (!wanted.has(version)) {
      if (open !== undefined) open.next = version;
      open = undefined;
    } else if (open === undefined) {
      open = { first: version, last: version, next: undefined };
      runs.push(open);
    } else {
      open.last = version;
    }
  }
  return runs;
}

/** A version, for one of its faults. */
interface Faulty extends AffectedVersion {
  readonly fault: AffectedFault;
}

function grouped<One>(
  list: readonly One[], key: (one: One) => string,
): ReadonlyMap<string, readonly One[]> {
  const groups = new Map<string, One[]>();
  for (const one of list) addTo(groups, key(one), one);
  return groups;
}

function names(list: readonly string[]): string {
  const short = list.map((name) => name.replace(/^[^/+]+\//, ''));
  const more = short.length - NAMES;
  return short.slice(0, NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function fixText({ fault: { fixed_by: fixed, partly_by: partly } }: Faulty): string {
  return [
    fixed.length === 0 ? 'no policy takes it away without adding something'
      : `fixed by ${names(fixed)}`,
    ...(partly.length === 0 ? [] : [`partly by ${names(partly)}`]),
  ].join('; ');
}

/** What is graver than all that policies are about, and stays whatever they do. */
function graverText({ findings: [first], faults }: AffectedVersion): string {
  const about = faults.some(({ finding }) => finding.id === first?.id);
  return first === undefined || about ? '' : first.text;
}

/** The text as sections; `~`: before that release. */
export function affectedSections(
  affected: Affected, releases: readonly Release[],
): readonly Section[] {
  const { trace, title, versions, failed } = affected;
  const hit = versions.filter(({ findings }) => findings.length > 0);
  const terms: (readonly [string, string])[] = [];
  const faulty = hit.flatMap((one) => one.faults.map((fault): Faulty => ({ ...one, fault })));
  for (const same of grouped(faulty, ({ fault }) => fault.finding.id).values()) {
    const [first] = same;
    terms.push(['affected', `${releasesText(same, releases)}: ${first?.fault.finding.text}`]);
    for (const [fix, of] of grouped(same, fixText)) {
      terms.push(['', of.length === same.length ? fix : `${releasesText(of, releases)}: ${fix}`]);
    }
  }
  for (const [graver, of] of grouped(hit, graverText)) {
    if (graver === '') continue;
    terms.push(['also', `${releasesText(of, releases)}: ${graver}`],
      ['', 'graver, and no policy takes it away']);
  }
  const clean = versions.filter(({ findings }) => findings.length === 0);
  if (clean.length > 0) terms.push(['not', releasesText(clean, releases)]);
  for (const [why, of] of grouped(failed, (one) => one.why)) {
    terms.push(['unknown', `${of.map(({ version }) => version).join(', ')}: ${why}`]);
  }
  const blocks: Block[] = [{ kind: 'terms', terms }, text('A release stands for those behind it ' +
    'up to the next one that the model knows; ~ means before that one.')];
  return [{ title: title === '' ? trace : `${trace}: ${title}`, level: 1, blocks }];
}
