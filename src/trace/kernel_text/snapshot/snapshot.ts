/** A snapshot file (`#FILE name` sections of /proc and sysfs files) as rows. */
import { pushAll } from '../../../base/long_lists.js';
import { own } from '../../../base/own.js';
import { zoneNames, type TraceRow, type ZoneName } from '../../trace.js';
import { hugePageRows } from './huge_pages.js';
import {
  boostOf, boostRow, freeRow, isPopulated, isZoneName, managedRow, readZoneinfo, zoneinfoRow,
  type FreeRows, type ZoneText,
} from './zoneinfo.js';
import type { SnapshotRow } from './snapshot_row.js';
import { wordsIn } from '../../row_words.js';

export interface Snapshot {
  readonly rows: readonly SnapshotRow[];
  /** Memory blocks by number: the args of their row. */
  readonly blocks: ReadonlyMap<number, string>;
  readonly migratetypes: readonly string[];
  /**
   * Has /proc/meminfo the line AnonHugePages, is the kernel built for huge pages? Undefined: the
   * snapshot is without that file.
   */
  readonly hasHugePages: boolean | undefined;
  /** The kernel has no ZONE_DEVICE: what a zone keeps back is said for fewer zones. */
  readonly noDeviceZone: boolean;
  /** The kernel has no ZONE_DMA: another one begins below 16 MiB. */
  readonly noDmaZone: boolean;
  /** There is a pool of huge pages. */
  readonly hasPool: boolean;
  /** Files under /sys and /proc that set the kernel's behaviour, by name. */
  readonly settings: ReadonlyMap<string, string>;
  /** Lines of sections that nothing is made of, by section. */
  readonly unused: ReadonlyMap<string, number>;
  /** Lines that cannot be right. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

interface Section {
  readonly name: string;
  /** Line of the section's first line in the file. */
  readonly first: number;
  readonly lines: string[];
}

function sections(text: string): Section[] {
  const found: Section[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.startsWith('#FILE ')) {
      found.push({ name: line.slice(6).trim(), first: index + 2, lines: [] });
    } else found.at(-1)?.lines.push(line);
  });
  return found;
}

interface Reading extends FreeRows {
  readonly blockPages: number;
  readonly before: ReadonlyMap<number, string>;
  readonly early: ReadonlySet<number>;
  readonly rows: SnapshotRow[];
  readonly blocks: Map<number, string>;
  readonly problems: { line: number; message: string }[];
  readonly settings: Map<string, string>;
  migratetypes: string[];
  noDeviceZone: boolean;
  noDmaZone: boolean;
}

/** Below 16 MiB, page 1 for instance, is the zone DMA where the kernel has one. */
const END_OF_DMA = 0x1000;

/** Of the five zones of x86-64 the first one. */
function lacksDmaZone(zones: readonly ZoneText[]): boolean {
  return zones.every(({ zone }) => zone !== 'DMA') && zones.some((one) =>
    isPopulated(one) && (one.counts.get('start_pfn') ?? END_OF_DMA) < END_OF_DMA);
}

/** The last one; the others are named, also those without pages. */
function lacksDeviceZone(zones: readonly ZoneText[]): boolean {
  const named = new Set(zones.map(({ zone }) => zone));
  const others = zoneNames.filter((name) =>
    name !== 'Device' && (name !== 'DMA' || !lacksDmaZone(zones)));
  return others.every((name) => named.has(name)) &&
    zones.every(({ protection }) => protection.length === others.length);
}

function zoneRows(reading: Reading, section: Section): void {
  const zones = readZoneinfo(section.lines, section.first);
  reading.noDeviceZone = lacksDeviceZone(zones);
  reading.noDmaZone = lacksDmaZone(zones);
  const populated = zones.filter(isPopulated);
  const push = (zone: ZoneText, row: Omit<TraceRow, 'time_ns'>): void => {
    reading.rows.push({ row, line: zone.line });
  };
  if (reading.first) {
    for (const zone of populated) push(zone, managedRow(zone));
  }
  const { early } = reading;
  pushAll(reading.rows, freeRows(populated.filter(({ nid }) => !early.has(nid)), reading));
  for (const zone of zones) push(zone, zoneinfoRow(zone));
}

/** What is taken of zones at a snapshot. */
function freeRows(zones: readonly ZoneText[], how: FreeRows): SnapshotRow[] {
  return zones.flatMap((zone) => [
    freeRow(zone, how), ...(boostOf(zone) > 0 ? [boostRow(zone)] : []),
  ].map((row) => ({ row, line: zone.line })));
}

/** The same of one node of a snapshot's text. */
export function nodeFreeRows(text: string, nid: number, how: FreeRows): readonly SnapshotRow[] {
  const zones = sections(text).filter(({ name }) => name === 'zoneinfo')
    .flatMap(({ lines, first }) => readZoneinfo(lines, first));
  return freeRows(zones.filter((zone) => zone.nid === nid && isPopulated(zone)), how);
}

const blockLine = /^memory(\d+) (.*)$/;

/**
 * `nodes=0 1` or `0,1` and `Normal,Movable` with `/` in between. Nodes stand in the order of their
 * numbers; a shell that looked for their links has node10 before node9.
 */
function blockWords(text: string): string {
  const words = new Map<string, string>();
  for (const [, key, value] of text.matchAll(/(\w+)=(.*?)(?= \w+=|$)/g)) {
    const parts = (value ?? '').trim().split(/[ ,]+/).filter((part) => part !== '');
    if (key === 'nodes') parts.sort((a, b) => Number(a) - Number(b));
    words.set(key ?? '', parts.join('/'));
  }
  const kept = ['state', 'valid_zones', 'removable', 'nodes'] as const;
  return kept.filter((key) => words.get(key) !== undefined && words.get(key) !== '')
    .map((key) => `${key}=${words.get(key)}`).join(' ');
}

function readBlocks(reading: Reading, section: Section): Map<number, number> {
  const lineOf = new Map<number, number>();
  section.lines.forEach((text, index) => {
    const match = blockLine.exec(text);
    if (match === null) {
      if (text.trim() !== '') {
        reading.problems.push({
          line: section.first + index,
          message: `not a memory block: ${JSON.stringify(text.slice(0, 60))}, `
            + 'expected `memoryN state=...`',
        });
      }
      return;
    }
    const number = Number(match[1]);
    reading.blocks.set(number, blockWords(match[2] ?? ''));
    lineOf.set(number, section.first + index);
  });
  return lineOf;
}

/** Blocks that differ from the snapshot before, by number; a block that went is `absent`. */
function blockRows(reading: Reading, section: Section): void {
  const lineOf = readBlocks(reading, section);
  const { blocks, before, blockPages } = reading;
  const numbers = new Set([...before.keys(), ...blocks.keys()]);
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const args = blocks.get(number) ?? 'state=absent';
    if (args === before.get(number)) continue;
    reading.rows.push({
      row: { event: 'memory_block', pfn: number * blockPages, nr_pages: blockPages, args },
      line: lineOf.get(number) ?? section.first,
    });
  }
}

function nodeStates(reading: Reading, section: Section): void {
  const words = section.lines.filter((line) => line.trim() !== '').map((line) => {
    const [name = '', list = ''] = line.trim().split(/\s+/);
    return `${name}=${list === '' ? '-' : list}`;
  });
  reading.rows.push({ row: { event: 'node_states', args: words.join(' ') }, line: section.first });
}

function zoneLine(text: string): { nid: number; zone: string; rest: string[] } | undefined {
  const [, nid, zone, rest] = /^Node +(\d+), zone +(\w+)\s+([\d\s]+)$/.exec(text) ?? [];
  if (nid === undefined || zone === undefined || rest === undefined) return undefined;
  return { nid: Number(nid), zone, rest: rest.trim().split(/\s+/) };
}

function buddyRows(reading: Reading, section: Section): void {
  section.lines.forEach((text, index) => {
    const found = zoneLine(text);
    if (found === undefined || !isZoneName(found.zone)) return;
    const args = `free=${found.rest.join('/')}`;
    reading.rows.push({
      row: { event: 'buddyinfo', nid: found.nid, zone: found.zone, args },
      line: section.first + index,
    });
  });
}

function pageblockRows(reading: Reading, section: Section): void {
  let types: string[] | undefined;
  section.lines.forEach((text, index) => {
    const head = /^Number of blocks type\s+(.*)$/.exec(text)?.[1];
    if (head !== undefined) types = head.trim().split(/\s+/);
    const found = types === undefined ? undefined : zoneLine(text);
    if (found === undefined || !isZoneName(found.zone)) return;
    const args = found.rest.map((count, type) => `${types?.[type] ?? type}=${count}`).join(' ');
    reading.rows.push({
      row: { event: 'pageblocks', nid: found.nid, zone: found.zone, args },
      line: section.first + index,
    });
  });
  reading.migratetypes = types ?? reading.migratetypes;
}

/**
 * `node0: 10 20` lines of the distance files: a file for each node that is online, in it a column
 * for each.
 */
function distancesIn(section: Section): readonly SnapshotRow[] {
  const found = section.lines.map((text) =>
    /^(?:node)?(\d+):?\s+([\d\s]+)$/.exec(text) ?? []);
  const nodes = found.flatMap(([, nid]) => (nid === undefined ? [] : [Number(nid)]))
    .sort((a, b) => a - b);
  return found.flatMap(([, nid, list], index) =>
    (list?.trim().split(/\s+/) ?? []).map((distance, column) => ({
      row: {
        event: 'numa_distance', nid: Number(nid),
        args: `to=${nodes[column] ?? column} distance=${distance}`,
      },
      line: section.first + index,
    })));
}

function distanceRows(reading: Reading, section: Section): void {
  for (const row of reading.first ? distancesIn(section) : []) reading.rows.push(row);
}

function distancesOf(text: string): readonly SnapshotRow['row'][] {
  const start = text.indexOf('#FILE node_distances\n');
  if (start < 0) return [];
  const end = text.indexOf('\n#FILE ', start);
  return sections(text.slice(start, end < 0 ? text.length : end))
    .flatMap(distancesIn).map(({ row }) => row);
}

/** LOCAL_DISTANCE and REMOTE_DISTANCE: what goes without saying. */
function isUsual({ nid, args }: SnapshotRow['row']): boolean {
  return args === `to=${nid ?? ''} distance=10` || (args?.endsWith(' distance=20') ?? false);
}

/**
 * Distances of nodes that were not there when the first of the snapshots was made, but usual ones.
 * @param known rows that there are already
 */
export function laterDistances(
  texts: Iterable<string>, known: readonly SnapshotRow['row'][],
): readonly SnapshotRow['row'][] {
  const pair = ({ nid, args }: SnapshotRow['row']): string => `${nid ?? ''} ${args ?? ''}`;
  const [first = [], ...later] = [...texts].map(distancesOf);
  const told = new Set([...known, ...first].map(pair));
  return later.flat().filter((row) => {
    const isNew = !told.has(pair(row)) && !isUsual(row);
    told.add(pair(row));
    return isNew;
  });
}

/** `min_free_kbytes 45056`; words of a value are joined by `/`. */
function readSettings(reading: Reading, section: Section): void {
  for (const text of section.lines) {
    const [name = '', ...value] = text.trim().split(/\s+/);
    if (value.length > 0) reading.settings.set(name, value.join('/'));
  }
}

const readers: Readonly<Record<string, (reading: Reading, section: Section) => void>> = {
  zoneinfo: zoneRows, memory_blocks: blockRows, node_states: nodeStates, buddyinfo: buddyRows,
  pagetypeinfo: pageblockRows, node_distances: distanceRows,
  settings: readSettings,
};
/** Order of the rows, whatever the order of the sections. */
const order = ['zoneinfo', 'memory_blocks', 'node_states', 'buddyinfo', 'pagetypeinfo'];

function rank(section: Section): number {
  return order.indexOf(section.name);
}

export interface SnapshotContext extends FreeRows {
  /** Nodes whose free pages have a row already, see nodeFreeRows(). */
  readonly early: ReadonlySet<number>;
  readonly blockPages: number;
  /** The snapshot before had a pool of huge pages. */
  readonly hadPool: boolean;
  /** Memory blocks of the snapshot before. */
  readonly before: ReadonlyMap<number, string>;
}

/** Reads a whole snapshot. */
export function readSnapshot(text: string, context: SnapshotContext): Snapshot {
  const reading: Reading = {
    ...context, rows: [], blocks: new Map(), problems: [], settings: new Map(), migratetypes: [],
    noDeviceZone: false, noDmaZone: false,
  };
  const unused = new Map<string, number>();
  let hasHugePages: boolean | undefined;
  const all = sections(text).sort((a, b) => rank(a) - rank(b));
  for (const section of all) {
    const read = own(readers, section.name);
    if (read !== undefined) read(reading, section);
    else unused.set(section.name, section.lines.filter((line) => line !== '').length);
    if (section.name === 'meminfo') {
      hasHugePages = section.lines.some((line) => line.startsWith('AnonHugePages:'));
    }
  }
  const { blocks, migratetypes, noDeviceZone, noDmaZone, settings, problems } = reading;
  const pool = hugePageRows(all, context.hadPool);
  const rows = [...reading.rows, ...pool];
  const hasPool = pool.some(({ row }) => row.nr_pages !== 0);
  return {
    rows, blocks, migratetypes, hasHugePages, hasPool, noDeviceZone, noDmaZone, settings, unused,
    problems,
  };
}

/** The zone of a block that is online, by the args of its row. */
export function onlineZone(args: string | undefined): ZoneName | undefined {
  const { state, valid_zones } = wordsIn('memory_block', args);
  return state === 'online' ? zoneNames.find((name) => name === valid_zones) : undefined;
}
