/**
 * What happened in each run, instant by instant, as compact data for a page: rows of the trace as
 * columns, the state of memory as layers that are each kept once, what was seen as changes.
 */
import { mapLayers, plotted, type MapLayer, type Span } from '../observe/memory_map.js';
import { wordsOfValue, type Observation } from '../observe/observation.js';
import type { Trace } from '../trace/trace.js';
import type { Events } from './events.js';
import type { RecordedFact } from './recorded.js';
import type { ModelRun } from './run.js';
import type { EventRef } from './document_parts.js';

/** Each row of the trace that happened at a time, by columns; times as differences, in ns. */
export interface CourseRows {
  readonly row: readonly number[];
  readonly time: readonly number[];
  readonly event: readonly number[];
  readonly task: readonly number[];
  readonly cpu: readonly number[];
  /** 0: a point, 1: begin, 2: end. */
  readonly phase: readonly number[];
  readonly events: readonly string[];
  readonly tasks: readonly string[];
}

/** From `row` on; a number for each layer, its place in `layers`. */
export type CourseFrame = readonly [row: number, layers: readonly number[],
  counters: readonly number[]];

/** From `row` on the subject has the value; both are places in their lists. */
export type CourseChange = readonly [row: number, subject: number, value: number];

export interface CourseRun {
  readonly frames: readonly CourseFrame[];
  readonly changes: readonly CourseChange[];
}

export interface Course {
  readonly layerNames: readonly MapLayer[];
  readonly counterNames: readonly string[];
  readonly layers: readonly (readonly Span[])[];
  readonly subjects: readonly (readonly [kind: string, subject: string])[];
  readonly values: readonly string[];
  /** In the order of the comparison's runs. */
  readonly runs: readonly CourseRun[];
  /** Rows at which something can be seen, in order. */
  readonly instants: readonly EventRef[];
  readonly rows: CourseRows;
  /** Where one can look: pages of the machine. */
  readonly block_pages: number;
  readonly page_size: number;
}

/** Values that are kept once each. */
class Pool<T> {
  readonly list: T[] = [];
  readonly #places = new Map<string, number>();

  put(key: string, value: T): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.list.length);
    return this.list.push(value) - 1;
  }
}

interface Pools {
  readonly layers: Pool<readonly Span[]>;
  readonly subjects: Pool<readonly [string, string]>;
  readonly values: Pool<string>;
}

function changesOf(list: readonly Observation[], pools: Pools): readonly CourseChange[] {
  return list.filter(({ kind }) => kind !== 'cost').map(({ row, kind, subject, value }) => [
    row, pools.subjects.put(`${kind} ${subject}`, [kind, subject]),
    pools.values.put(`${value}`, `${value}`)]);
}

const NOTHING: readonly Span[] = [];

/** Of a recording only blocks and zones are known, and those at its snapshots. */
function recordedFrames(
  facts: readonly RecordedFact[], pools: Pools, block_pages: number,
): readonly CourseFrame[] {
  const zones = new Map<string, Span>();
  const blocks = new Map<number, Span>();
  const frames = new Map<number, CourseFrame>();
  for (const { row, kind, subject, value } of facts) {
    if (kind !== 'state') continue;
    const words = wordsOfValue(value);
    const [, nid, zone] = /^node (\d+) (\w+)$/.exec(subject) ?? [];
    const id = /^memory(\d+)$/.exec(subject)?.[1];
    const start = Number(words.get('start_pfn'));
    const spanned = Number(words.get('spanned'));
    if (zone !== undefined && spanned > 0 && Number.isFinite(start)) {
      zones.set(subject, [start, spanned, `${nid}:${zone}`]);
    } else if (zone !== undefined && spanned === 0) {
      zones.delete(subject);
    } else if (id !== undefined && words.has('state')) {
      blocks.set(Number(id),
        [Number(id) * block_pages, block_pages, words.get('state') ?? '']);
    } else if (id !== undefined && value === 'absent') {
      blocks.delete(Number(id));
    } else {
      continue;
    }
    const layers = mapLayers.map((layer) => {
      const spans = layer === 'zone' ? [...zones.values()].sort((a, b) => a[0] - b[0])
        : layer === 'block' ? [...blocks.values()].sort((a, b) => a[0] - b[0]) : NOTHING;
      return pools.layers.put(JSON.stringify(spans), spans);
    });
    frames.set(row, [row, layers, []]);
  }
  return [...frames.values()].sort((a, b) => a[0] - b[0]);
}

function rowsOf(trace: Trace, isShown: (row: number) => boolean): CourseRows {
  const columns = { row: [] as number[], time: [] as number[], event: [] as number[],
    task: [] as number[], cpu: [] as number[], phase: [] as number[] };
  const events = new Pool<string>();
  const tasks = new Pool<string>();
  let before = 0;
  for (let row = 0; row < trace.length; row += 1) {
    if (!isShown(row)) continue;
    const time = trace.time_ns(row);
    columns.row.push(row);
    columns.time.push(time - before);
    before = time;
    columns.event.push(events.put(trace.event(row), trace.event(row)));
    columns.task.push(tasks.put(trace.task(row), trace.task(row)));
    columns.cpu.push(trace.cpu(row));
    columns.phase.push(['B', 'E'].indexOf(trace.phase(row)) + 1);
  }
  return { ...columns, events: events.list, tasks: tasks.list };
}

export interface CourseParts {
  readonly trace: Trace;
  readonly runs: readonly ModelRun[];
  readonly facts: readonly RecordedFact[];
  readonly events: Events;
  /** Rows of the trace that are inputs: what the timeline shows. */
  readonly isShown: (row: number) => boolean;
}

/** Undefined when the runs were made without their courses. */
export function courseOf({ trace, runs, facts, events, isShown }: CourseParts): Course | undefined {
  if (runs.some(({ frames }) => frames === undefined)) return undefined;
  const pools: Pools = { layers: new Pool(), subjects: new Pool(), values: new Pool() };
  const block_pages = trace.header.block_size / trace.header.page_size;
  const models = runs.map((run): CourseRun => ({
    frames: (run.frames ?? []).map(({ row, layers, counters }): CourseFrame => [
      row, mapLayers.map((layer) =>
        pools.layers.put(JSON.stringify(layers[layer]), layers[layer])), counters]),
    changes: changesOf(run.log.list, pools),
  }));
  const recorded: readonly CourseRun[] = facts.length === 0 ? [] : [{
    frames: recordedFrames(facts, pools, block_pages), changes: changesOf(facts, pools) }];
  const all = [...recorded, ...models];
  const rows = new Set(all.flatMap(({ frames, changes }) =>
    [...frames.map(([row]) => row), ...changes.map(([row]) => row)]));
  return {
    layerNames: mapLayers, counterNames: plotted, layers: pools.layers.list,
    subjects: pools.subjects.list, values: pools.values.list, runs: all,
    instants: [...rows].sort((a, b) => a - b).map((row) => events.ref(row)),
    rows: rowsOf(trace, isShown), block_pages, page_size: trace.header.page_size,
  };
}
