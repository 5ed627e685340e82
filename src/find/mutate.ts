/** Cases that came of others: what led somewhere new is changed a little and tried again. */
import { maxOf } from '../base/long_lists.js';
import { PAGE_SIZE } from '../base/pfn.js';
import type { Random } from '../base/random.js';
import type { Step } from '../trace/scenario/actions.js';
import type { TraceRow } from '../trace/trace.js';
import type { Case, RowsCase, ScenarioCase } from './case.js';
import { DMA32_END, edgeNear } from './generate/edges.js';
import {
  pickFamily, randomCase, randomConfig, type CaseOptions,
} from './generate/case.js';
import { EventMaker } from './generate/events.js';
import type { RawMachine } from './generate/raw_machine.js';
import { wordsIn } from '../trace/row_words.js';

const isSetup = ({ time_ns }: TraceRow): boolean => time_ns === 0;

/** Times anew, so that rows that were moved keep the order in which they now stand. */
function timed(rows: readonly TraceRow[]): TraceRow[] {
  let last = 0;
  return rows.map((row) => {
    last = row.time_ns === 0 ? 0 : Math.max(last + 1, row.time_ns);
    return { ...row, time_ns: last };
  });
}

/** What an event maker has to know of a machine that is there only as rows. */
function machineIn({ rows, header }: RowsCase): RawMachine {
  const ranges = rows.flatMap(({ event, args }) => {
    const { start = 0, end = 0, type } = wordsIn('e820', args);
    return event === 'e820' && type === 'usable'
      ? [{ start_pfn: start / PAGE_SIZE, end_pfn: Math.floor(end / PAGE_SIZE) }] : [];
  });
  const ends = rows.map(({ pfn = 0, nr_pages = 0 }) => pfn + nr_pages);
  const block = header.block_size / PAGE_SIZE;
  const free = maxOf([...ranges.map(({ end_pfn }) => end_pfn), ...ends], DMA32_END);
  return {
    rows: [], cpus: header.cpus, block_size: header.block_size, memory: ranges,
    nodes: 1 + maxOf(rows.map(({ nid = 0, event }) => (event === 'srat_mem' ? nid : 0)), 0),
    free_pfn: Math.ceil(free / block) * block,
  };
}

function changedNumber(random: Random, row: TraceRow): TraceRow {
  const { pfn, nr_pages, nid } = row;
  switch (random.between(0, 3)) {
    case 0: return pfn === undefined ? row : { ...row, pfn: edgeNear(random, pfn) };
    case 1: return nr_pages === undefined || nr_pages < 2 ? row
      : { ...row, nr_pages: Math.max(1, random.pick([nr_pages >> 1, nr_pages - 1, 512, 1])) };
    case 2: return nid === undefined ? row
      : { ...row, nid: Math.max(0, nid + random.pick([1, -1])) };
    default: return row;
  }
}

const online = ['online', 'online_kernel', 'online_movable'] as const;

function otherWord(random: Random, row: TraceRow): TraceRow {
  const isOnline = (online as readonly string[]).includes(row.event);
  return isOnline ? { ...row, event: random.pick(online) } : row;
}

function mutatedRows(random: Random, one: RowsCase, options: CaseOptions): RowsCase {
  const setup = one.rows.filter(isSetup);
  const steps = one.rows.filter((row) => !isSetup(row));
  const at = random.between(0, Math.max(0, steps.length - 1));
  const maker = new EventMaker(random, machineIn(one), options.guide.fallible);
  const fresh = (): readonly TraceRow[] => maker.make(pickFamily(random, options.guide));
  const changed = random.pick<() => readonly TraceRow[]>([
    () => steps.filter((_, index) => index !== at),
    () => [...steps.slice(0, at), ...fresh(), ...steps.slice(at)],
    () => [...steps, ...fresh(), ...fresh()],
    () => [...steps.slice(0, at), ...fresh(), ...steps.slice(at)],
    () => steps.map((row, index) => (index === at ? changedNumber(random, row) : row)),
    () => steps.map((row, index) => (index === at ? otherWord(random, row) : row)),
    () => steps.flatMap((row, index) => (index === at ? [row, row] : [row])),
    () => {
      const row = steps[at];
      const rest = steps.filter((_, index) => index !== at);
      const to = random.between(0, rest.length);
      return row === undefined ? rest : [...rest.slice(0, to), row, ...rest.slice(to)];
    },
  ])();
  const config = random.oneIn(4) ? randomConfig(random) : one.config;
  // Inserted rows have times of their own: they stand where they are put.
  const stepTimes = changed.map((row, index) => ({ ...row, time_ns: 1e9 * (index + 1) }));
  const isPaced = steps.some(({ phase }) => phase !== undefined);
  return { ...one, config, rows: isPaced ? timed([...setup, ...changed])
    : [...setup, ...stepTimes] };
}

function changedStep(random: Random, step: Step): Step {
  if (step.block === undefined) return step;
  return random.oneIn(2) ? { ...step, action: random.pick([...online, 'offline']) }
    : { ...step, block: Math.max(0, Number(step.block) + random.pick([1, -1])) };
}

function mutatedScenario(
  random: Random, one: ScenarioCase, other: ScenarioCase | undefined,
): ScenarioCase {
  const { scenario } = one;
  const { steps } = scenario;
  const at = random.between(0, Math.max(0, steps.length - 1));
  const from = other?.scenario;
  const changed = random.pick<() => Partial<typeof scenario>>([
    () => ({ steps: steps.filter((_, index) => index !== at) }),
    () => ({ steps: steps.map((step, index) =>
      (index === at ? changedStep(random, step) : step)) }),
    () => ({ steps: steps.flatMap((step, index) => (index === at ? [step, step] : [step])) }),
    () => (from === undefined ? {} : { machine: from.machine }),
    () => (from === undefined ? {} : { cmdline: from.cmdline }),
    () => (from === undefined ? {} : { steps: [...steps.slice(0, at + 1), ...from.steps] }),
  ])();
  const config = random.oneIn(4) ? randomConfig(random) : one.config;
  return { ...one, config, scenario: { ...scenario, ...changed } };
}

/** A few changes, each at any place; `seed` and `index` are for what is taken from elsewhere. */
export function mutated(
  random: Random, one: Case, seed: number, index: number, options: CaseOptions,
): Case {
  let now = one;
  for (let count = random.pick([1, 1, 2, 3]); count > 0; count -= 1) {
    if (now.kind === 'rows') now = mutatedRows(random, now, options);
    else {
      const fresh = randomCase(seed, index, options);
      now = mutatedScenario(random, now, fresh.kind === 'scenario' ? fresh : undefined);
    }
  }
  return now;
}
