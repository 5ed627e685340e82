/**
 * Events of the table as steps and machine parts of a scenario: the fields are the columns and the
 * words of `args` that the event has. Nothing about single events stands here.
 */
import { PAGE_SIZE, hex } from '../../base/pfn.js';
import type { Json } from '../../base/located_json.js';
import { eventNames, eventType, type EventName } from '../events.js';
import { LAST_CPU, LAST_NODE, LAST_ORDER, LAST_PFN, LAST_TYPE } from '../row_limits.js';
import { zoneNames, type TraceRow } from '../trace.js';
import type { Word } from '../words.js';
import { checkFields, type FieldKind, type Fields, integer, type JsonObject, maybe, type Wrong,
} from './field_kinds.js';

/** Physical addresses have 52 bits. */
const LAST_BYTE = 2 ** 52;
const LAST_INT = 0x7fffffff;

const bytes = { is: 'bytes', from: 0, to: LAST_BYTE } as const;
const name = {
  is: 'text', like: /^[\w][\w.:/@+-]{0,99}$/, says: 'letters, digits, . _ : / @ + -',
} as const;
const word = {
  is: 'text', like: /^[^\0-\x1f\x7f]{1,4096}$/u, says: 'text without control characters',
} as const;
const dimm = { is: 'id', from: 0, to: 2 ** 31, like: /^\w[\w.-]{0,31}$/,
  says: 'the id of a DIMM' } as const;

/** Where a step is: one of block, pfn, address and dimm. */
export const placeFields = {
  block: maybe(integer(0, 2 ** 25 - 1)), pfn: maybe(integer(0, LAST_PFN)), address: maybe(bytes),
  dimm: maybe(dimm), offset_mb: maybe(integer(0, 2 ** 26)),
} as const satisfies Fields;
/** How much it is about; without one of them the block or the DIMM. */
const sizeFields: Fields = {
  nr_pages: maybe(integer(-LAST_PFN, LAST_PFN)), size: maybe(bytes),
};

const columnFields: Readonly<Record<string, Fields>> = {
  phase: { phase: maybe({ is: 'text', words: ['B', 'E'] }) },
  nid: { nid: maybe(integer(0, LAST_NODE)) },
  zone: { zone: maybe({ is: 'text', words: zoneNames }) },
  order: { order: maybe(integer(0, LAST_ORDER)) },
  migratetype: { migratetype: maybe(integer(0, LAST_TYPE)) },
  pfn: placeFields, nr_pages: sizeFields,
};
export const ofEveryRow: Fields = { cpu: maybe(integer(0, LAST_CPU)), task: maybe(name) };

/** Whether a step can be that event: what a scenario drives the kernel with, or tells it. */
export function isEventStep(event: string): event is EventName {
  const role = eventType(event)?.role;
  return (role === 'input' || role === 'taken') && event !== 'wait';
}

/** Events that make the machine: what it is, and what the boot took. */
export const machineEvents: readonly EventName[] = eventNames.filter((event) =>
  (eventType(event)?.role === 'setup' && event !== 'boot_param') || event === 'managed_at_boot');

/** The field that a word of `args` has: a step's own action is what it does. */
const fieldOf = (key: string): string => (key === 'action' ? 'event' : key);

function argFields(args: Readonly<Record<string, Word>>): Fields {
  const own = Object.entries(args).filter(([, { recorded }]) => recorded !== true)
    .map(([key, { inBytes }]): [string, FieldKind] =>
      [fieldOf(key), maybe(inBytes === true ? bytes : word)]);
  return Object.fromEntries('end' in args ? [...own, ['size', maybe(bytes)]] : own);
}

/** The fields of an event's row in a scenario. */
export function eventFields(event: EventName): Fields {
  const { uses = [], args = {}, asksRet } = eventType(event) ?? {};
  return {
    ...Object.assign({}, ...uses.map((column) => columnFields[column] ?? {})) as Fields,
    ...(asksRet === undefined ? {} : { ret: maybe(integer(-LAST_INT, LAST_INT)) }),
    // A word of the same name, such as the CPU that comes online, is what the row is about.
    ...ofEveryRow, ...argFields(args),
  };
}

export const rangeFields: Fields = { start: bytes, end: maybe(bytes), size: maybe(bytes) };

/** `end` of a range that may say its size instead. */
export function endOf(part: Json, range: JsonObject, wrong: Wrong): number {
  const { start, end, size } = range as { start?: number; end?: number; size?: number };
  if ((end === undefined) === (size === undefined)) {
    throw wrong(part, `a range has ${end === undefined ? 'no end' : 'end and size'}, expected `
      + '"end", the byte after the last, or "size"');
  }
  return end ?? (start ?? 0) + (size ?? 0);
}

/** `ranges` as a list of `{start, end}` becomes the word that rows have. */
export function withRangesText(part: JsonObject, wrong: Wrong): JsonObject {
  if (!Array.isArray(part.ranges)) return part;
  const texts = (part.ranges as readonly Json[]).map((one) => {
    const range = checkFields(one, 'a range', rangeFields, wrong);
    return `${hex(range.start as number)}-${hex(endOf(one, range, wrong))}`;
  });
  return { ...part, ranges: texts.join('/') };
}

/** The words of a row's `args`, in the order of the table. */
export function argsOf(event: EventName, fields: JsonObject): string {
  return Object.entries(eventType(event)?.args ?? {}).flatMap(([key, { inBytes, recorded }]) => {
    const value = fields[fieldOf(key)];
    if (value === undefined || value === null || recorded === true) return [];
    const shown = inBytes === true ? hex(value as number) : String(value).replaceAll(/\s+/g, '/');
    return [`${key}=${shown}`];
  }).join(' ');
}

const copied = ['phase', 'nid', 'zone', 'order', 'migratetype', 'ret', 'task', 'cpu'] as const;

/** The columns that a field has the name of; `cpu` may be a word of `args` instead. */
export function columnsOf(event: EventName, fields: JsonObject): Partial<TraceRow> {
  const { args = {} } = eventType(event) ?? {};
  return Object.fromEntries(copied.filter((column) =>
    fields[column] !== undefined && !Object.hasOwn(args, column))
    .map((column) => [column, fields[column]]));
}

/** A row of the machine: `{start: 0x100000, end: 2G, type: usable}`. */
export function machineRow(event: EventName, part: Json, wrong: Wrong): Omit<TraceRow, 'time_ns'> {
  const read = checkFields(part, `${event} of the machine`, eventFields(event), wrong);
  const takes = Object.keys(eventType(event)?.args ?? {});
  if (takes.includes('start') && read.start === undefined) {
    throw wrong(part, `${event} of the machine lacks "start", expected its first byte`);
  }
  const fields = takes.includes('end') ? { ...read, end: endOf(part, read, wrong) } : read;
  const usable = takes.includes('type') && fields.type === undefined ? { type: 'usable' } : {};
  const nr_pages = read.nr_pages ?? (takes.includes('end') || read.size === undefined ? undefined
    : Number(read.size) / PAGE_SIZE);
  const args = argsOf(event, { ...fields, ...usable });
  return {
    event, ...columnsOf(event, fields),
    ...(nr_pages === undefined ? {} : { nr_pages: Number(nr_pages) }),
    ...(args === '' ? {} : { args }),
  };
}
