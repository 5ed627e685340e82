/** Traces and scenarios of the user as cases. */
import { readTrace } from '../trace/read.js';
import { readScenario } from '../trace/scenario/scenario.js';
import type { Trace } from '../trace/trace.js';
import { rowsOf, type Case } from './case.js';

export interface GivenCase {
  readonly case: Case;
  readonly trace: Trace;
}

/** A scenario stays one; of anything else the rows. Errors: TraceError. */
export async function givenCase(
  path: string, config: Readonly<Record<string, string>> = {},
): Promise<GivenCase> {
  const { trace, importer } = await readTrace(path, { config });
  const { header } = trace;
  if (importer === 'scenario') {
    return { trace, case: { kind: 'scenario', scenario: readScenario(path), config } };
  }
  const { block_size, cpus, migratetypes, other, question } = header;
  return {
    trace,
    case: {
      kind: 'rows', rows: rowsOf(trace), config: header.config,
      header: {
        block_size, cpus, migratetypes, other, ...(question === undefined ? {} : { question }),
      },
    },
  };
}
