/** What a search tries: a machine and what is done to it, as plain data that workers are sent. */
import { TraceBuilder } from '../trace/build.js';
import { Problems } from '../trace/problems.js';
import type { Scenario } from '../trace/scenario/scenario.js';
import { scenarioRows } from '../trace/scenario/scenario_rows.js';
import type { Trace, TraceHeader, TraceRow } from '../trace/trace.js';

/** What of a header matters to a replay; the rest is of a trace that the case was made of. */
export type CaseHeader = Pick<TraceHeader, 'block_size' | 'cpus'> &
  Partial<Pick<TraceHeader, 'migratetypes' | 'other' | 'question' | 'expects'>>;

/** A machine that QEMU boots: its steps can be recorded on a real kernel. */
export interface ScenarioCase {
  readonly kind: 'scenario';
  readonly scenario: Scenario;
  readonly config: Readonly<Record<string, string>>;
}

/** Any machine, and inputs that no scenario can say: pages, holds, device memory, balloons. */
export interface RowsCase {
  readonly kind: 'rows';
  readonly rows: readonly TraceRow[];
  readonly header: CaseHeader;
  readonly config: Readonly<Record<string, string>>;
}

export type Case = ScenarioCase | RowsCase;

/** Release for the header of a case: the version without its v, `6.1` as `6.1.0`. */
export function releaseOf(version: string): string {
  const [release = ''] = /\d.*/.exec(version) ?? [];
  return /^\d+\.\d+$/.test(release) ? `${release}.0` : release;
}

/** How large a case is: what a reader has to go through. */
export function sizeOfCase(one: Case): number {
  return one.kind === 'rows' ? one.rows.length
    : one.scenario.steps.length + one.scenario.machine.nodes.length;
}

/** Rows that do something, or steps. */
export function stepsOf(one: Case): number {
  return one.kind === 'scenario' ? one.scenario.steps.length
    : one.rows.filter(({ time_ns }) => time_ns > 0).length;
}

/** The case as a trace; undefined: it is none (QEMU would refuse a step, a cell cannot be). */
export function traceOfCase(one: Case, version: string): Trace | undefined {
  const kernel = releaseOf(version);
  const header = { kernel, config: one.config };
  if (one.kind === 'scenario') {
    const { rows, refused, header: own } = scenarioRows(one.scenario);
    return refused.length > 0 ? undefined
      : traceIfAny(rows.map(({ row }) => row), { ...own, ...header });
  }
  return traceIfAny(one.rows, { ...one.header, ...header });
}

/** Rows of a trace as data. */
export function rowsOf(trace: Trace): readonly TraceRow[] {
  return Array.from({ length: trace.length }, (_, row) => trace.row(row));
}

function traceIfAny(
  rows: readonly TraceRow[], header: Partial<TraceHeader>,
): Trace | undefined {
  const builder = new TraceBuilder(new Problems());
  for (const row of rows) if (builder.append(row) < 0) return undefined;
  return builder.finish(header);
}
