import { UsageError } from '../base/errors.js';
import { sizeOfCase } from '../find/case.js';
import { reasonText, type Found } from '../find/difference.js';
import { evaluateCase, foundInCase } from '../find/evaluate.js';
import { benchFor, type Bench } from '../find/evaluator.js';
import { givenCase, type GivenCase } from '../find/given.js';
import { shrinkCase } from '../find/shrink/shrink.js';
import { caseFile, expectText } from '../find/write.js';
import { versions } from '../linux/history/versions.js';
import { checkPolicies } from '../pipeline.js';
import { versionOfHeader } from '../replay/version.js';
import { defineCommand } from './program/command.js';
import { print, tell, tellProblems, writeOutput } from './program/deliver.js';
import { oneTrace } from './program/find_traces.js';
import { baseOption, configOption, outputOption, policyOption } from './program/options.js';

interface Options {
  readonly trace: string;
  readonly keep: string;
  readonly policy: readonly string[] | undefined;
  readonly base: string | undefined;
  readonly config: Readonly<Record<string, string>> | undefined;
  readonly output: string | undefined;
}

const LISTED = '`mmreplay list invariants`';
const namedInvariant = /^violates[ :](\w+)$/;

/** What must still be there: of all that the case shows the gravest that `--keep` names. */
function keptBy(keep: string): (found: Found) => boolean {
  if (keep === 'difference') return () => true;
  if (keep === 'fault') return ({ reason }) => reason.kind === 'fault';
  const [, id] = namedInvariant.exec(keep) ?? [];
  if (id !== undefined) return ({ reason }) => reason.kind === 'violates' && reason.id === id;
  throw new UsageError(
    `--keep ${keep}: expected difference, fault or violates:ID (${LISTED})`);
}

/** A difference is one of two; a fault or a broken invariant is one run's. */
function sidesOf({ policy = [], keep }: Options): readonly string[] {
  const two = keep === 'difference';
  if (two && policy.length === 1) return ['base', ...policy];
  const sides = policy.length === 0 && !two ? ['base'] : policy;
  if (sides.length === (two ? 2 : 1)) return sides;
  throw new UsageError(two ? '--keep difference: expected one -p, held against the base, or two'
    : `--keep ${keep}: expected one -p at most`);
}

function versionFor({ base }: Options, { trace, case: one }: GivenCase): string {
  if (base !== undefined) return base;
  if (one.kind === 'scenario' && one.scenario.kernel === undefined) return versions[0]?.id ?? '';
  return versionOfHeader(trace.header);
}

function foundBy(args: Options, given: GivenCase, { sides, instruments }: Bench): Found {
  const [, id] = namedInvariant.exec(args.keep) ?? [];
  if (id !== undefined && !instruments.invariants.some((one) => one.id === id)) {
    throw new UsageError(`--keep ${args.keep}: there is no invariant ${id} (${LISTED})`);
  }
  const all = foundInCase(given.case, sides, instruments);
  const found = all.find(keptBy(args.keep));
  if (found !== undefined) return found;
  const { refused } = all.length > 0 ? {} : evaluateCase(given.case, sides, instruments);
  if (refused !== undefined) {
    throw new UsageError(`${args.trace} cannot be replayed on ${sides.version}: ${refused}`);
  }
  const shown = all.map(({ reason }) => reasonText(reason));
  throw new UsageError(`${args.trace} does not show it on ${sides.version}: ${args.keep}\n  ` +
    (shown.length === 0 ? 'it shows nothing at all' : `it shows ${shown.join('; ')}`));
}

export default defineCommand<Options>({
  usage: 'shrink <trace>',
  doc: 'The smallest trace or scenario that still shows a difference, a fault, a broken invariant',
  options: (yargs) => yargs
    .positional('trace', {
      type: 'string', demandOption: true, describe: 'A trace, a recording or a scenario',
    })
    .option('keep', { type: 'string', requiresArg: true, demandOption: true,
      describe: 'What must stay: difference, fault or violates:ID' })
    .option('policy', policyOption('The two that differ, or the one beside the base; of a fault '
      + 'or an invariant the one that has it [default: the base]'))
    .option('base', baseOption)
    .option('config', configOption)
    .option('output', outputOption('Write it to this file [default: print it]'))
    .example('$0 shrink traces/zonelists-S1-xen-grows --keep violates:Z1', 'As few rows as can be'),
  run: async (args) => {
    keptBy(args.keep);
    const series = sidesOf(args);
    await checkPolicies(series);
    const path = oneTrace([args.trace], 'shrink');
    const given = await givenCase(path, args.config);
    const isTrouble = tellProblems(given.problems);
    const version = versionFor(args, given);
    const bench = await benchFor({ version, series, expects: given.trace.header.expects });
    const first = foundBy(args, given, bench);
    const small = shrinkCase(given.case, first, bench.sides, bench.instruments);
    const told = {
      name: 'shrunk', case: small.case, found: small.found, version,
      sides: bench.sides.series.map(({ id }) => id),
      given: bench.sides.series.map(({ argument }) => argument),
    };
    const { text } = caseFile(told);
    if (args.output === undefined) await print(text);
    else await writeOutput(args.output, [text]);
    tell(`${sizeOfCase(given.case)} -> ${sizeOfCase(small.case)}, ${small.tests} cases tried\n` +
      `${reasonText(first.reason)}\nExpect: ${expectText(told)}\n`);
    return isTrouble ? 2 : 0;
  },
});
