import { TraceBuilder } from '../../src/trace/build.js';
import { eventTypes } from '../../src/trace/events.js';
import { NONE, type Trace, type TraceRow } from '../../src/trace/trace.js';

const roleOf = (trace: Trace, row: number): string => eventTypes[trace.event(row)].role;

/** Pages that user space and the kernel take and give back all the time. */
const ofOnePage = new Set<string>(['mm_page_alloc', 'mm_page_free']);

const isAuto = (trace: Trace, row: number): boolean =>
  ` ${trace.args(row)} `.includes(' auto=1 ');

const stepOf = (trace: Trace, row: number): number | undefined => {
  const step = trace.event(row) === 'tracing_mark_write'
    ? /^step (\d+):/.exec(trace.args(row))?.[1] : undefined;
  return step === undefined ? undefined : Number(step);
};

function rowsOf(trace: Trace): readonly number[] {
  return Array.from({ length: trace.length }, (_, row) => row);
}

function inputText(trace: Trace, row: number): string {
  const { event, nid, pfn, nr_pages, ret, args } = trace.row(row);
  if (event === 'notifier_error' || event === 'write_parameter') return `${event} ${args} ${ret}`;
  if (event === 'virtio_mem_config_changed') {
    return `${event} ${nid} ${pfn} ${nr_pages} ${args?.replace(/ auto_online=\w+/, '')}`;
  }
  return [event, event === 'add_memory' ? nid : '', pfn, nr_pages].join(' ');
}

/** What the kernel was asked to do in each step. */
export function inputsBySteps(trace: Trace): ReadonlyMap<number, readonly string[]> {
  const steps = new Map<number, string[]>();
  let step = 0;
  for (const row of rowsOf(trace)) {
    step = stepOf(trace, row) ?? step;
    const isInput = roleOf(trace, row) === 'input' && trace.phase(row) !== 'E'
      && !ofOnePage.has(trace.event(row));
    // Time goes on in a recording by itself.
    if (!isInput || trace.event(row) === 'wait') continue;
    // What becomes of added blocks is written by a command; a recording shows it by its effect.
    if (isAuto(trace, row) || isAutoOnline(trace, row)) continue;
    steps.set(step, [...steps.get(step) ?? [], inputText(trace, row)]);
  }
  return steps;
}

const isAutoOnline = (trace: Trace, row: number): boolean =>
  trace.event(row) === 'write_parameter' && trace.args(row).includes('auto_online_blocks');

/**
 * Machine and inputs of the scenario with the answers of the recording: inputs of the two must be
 * the same, see `inputsBySteps`. Of what was taken from the recording only the pages that the
 * kernel had put into a block are left: they refuse its offlining.
 */
export function withAnswersOf(recorded: Trace, scenario: Trace): Trace {
  const builder = new TraceBuilder();
  const autoOnline = new Map<number, TraceRow>();
  let step = 0;
  for (const row of rowsOf(scenario)) {
    step = stepOf(scenario, row) ?? step;
    if (roleOf(scenario, row) === 'setup') builder.append(scenario.row(row));
    if (isAutoOnline(scenario, row)) autoOnline.set(step, scenario.row(row));
  }
  for (const row of rowsOf(recorded)) {
    const role = roleOf(recorded, row);
    const isOwnCall = role === 'input' && !isAuto(recorded, row);
    const isAutoEnd = recorded.phase(row) === 'E' && recorded.ret(row) === NONE
      && recorded.event(row).startsWith('online');
    const isUnmovable = recorded.event(row) === 'unmovable_page';
    if (role === 'outcome' || role === 'mark' || isUnmovable || (isOwnCall && !isAutoEnd)) {
      builder.append(recorded.row(row));
    }
    const write = autoOnline.get(stepOf(recorded, row) ?? NaN);
    if (write !== undefined) builder.append({ ...write, time_ns: recorded.time_ns(row) });
  }
  return builder.finish({ ...recorded.header, cpus: scenario.header.cpus });
}
