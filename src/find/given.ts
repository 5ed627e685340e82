/** Traces and scenarios of the user as cases. */
import type { Problem } from '../trace/problems.js';
import { readTrace } from '../trace/read.js';
import { isAction } from '../trace/scenario/actions.js';
import { readScenario, type Scenario } from '../trace/scenario/scenario.js';
import type { Trace } from '../trace/trace.js';
import { rowsOf, type Case } from './case.js';

export interface GivenCase {
  readonly case: Case;
  readonly trace: Trace;
  /** Lines that were left out. */
  readonly problems: readonly Problem[];
}

/** One that `record` can boot, whose blocks are numbers: it can be changed and stay one. */
function isPlain({ machine, steps }: Scenario): boolean {
  const places = ['pfn', 'address', 'dimm'] as const;
  return machine.is_described !== true && machine.rows === undefined
    && machine.block_size === undefined
    && steps.every((step) => isAction(step.action)
      && places.every((key) => step[key] === undefined));
}

/** A scenario stays one, where it can; of anything else the rows. Errors: TraceError. */
export async function givenCase(
  path: string, config: Readonly<Record<string, string>> = {},
): Promise<GivenCase> {
  const { trace, importer, problems } = await readTrace(path, { config });
  const { header } = trace;
  const scenario = importer === 'scenario' ? readScenario(path) : undefined;
  if (scenario !== undefined && isPlain(scenario)) {
    return { trace, problems, case: { kind: 'scenario', scenario, config: header.config } };
  }
  const { block_size, cpus, migratetypes, other, question, expects } = header;
  return {
    trace, problems,
    case: {
      kind: 'rows', rows: rowsOf(trace), config: header.config,
      header: {
        block_size, cpus, migratetypes, other, ...(question === undefined ? {} : { question }),
        ...(expects === undefined ? {} : { expects }),
      },
    },
  };
}
