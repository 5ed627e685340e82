/** Replays the scenarios traces/memmap_on_memory-T* and keeps what their tables are about. */
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { at } from '../../src/base/assert.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import {
  ZONE_MOVABLE, ZONE_NORMAL, type NotifierArg, type Zone,
} from '../../src/linux/include/mmzone.js';
import { loadInvariants, type Check } from '../../src/observe/invariant.js';
import type { Patch } from '../../src/patch/define.js';
import type { ReplayObserver } from '../../src/replay/observer.js';
import { replay } from '../../src/replay/replay.js';
import { readTrace } from '../../src/trace/read.js';
import accountAtAdd from '../../policies/memmap_on_memory/account_at_add.js';
import accountAtAddBlock from '../../policies/memmap_on_memory/account_at_add_block.js';
import accountAtAddOnline from '../../policies/memmap_on_memory/account_at_add_online.js';
import accountAtAddSection from '../../policies/memmap_on_memory/account_at_add_section.js';
import blocks from '../../policies/memmap_on_memory/blocks.js';
import classic from '../../policies/memmap_on_memory/classic.js';
import locked from '../../policies/memmap_on_memory/locked.js';
import merged from '../../policies/memmap_on_memory/merged.js';
import prepare from '../../policies/memmap_on_memory/prepare.js';
import proofOfConcept from '../../policies/memmap_on_memory/proof_of_concept.js';
import v5 from '../../policies/memmap_on_memory/v5.js';

/** The designs by the names that the tables have. */
export const designs = {
  CLASSIC: [classic], V5: [v5], HOCKO: [accountAtAdd],
  'HOCKO-SEC': [accountAtAdd, accountAtAddSection],
  'HOCKO-BLK': [accountAtAdd, accountAtAddBlock],
  'HOCKO-ON': [accountAtAdd, accountAtAddOnline],
  POC: [proofOfConcept], MERGED: [merged], LOCKED: [locked], BLOCKS: [blocks],
  PREPARE: [prepare],
} satisfies Record<string, readonly Patch[]>;
export type Design = keyof typeof designs;
/** What came of the merged design: every table has the same cells for them. */
export const released: readonly Design[] = ['MERGED', 'LOCKED', 'BLOCKS', 'PREPARE'];
export const hockos: readonly Design[] = ['HOCKO', 'HOCKO-SEC', 'HOCKO-BLK', 'HOCKO-ON'];

export interface ZoneSeen {
  /** `0x240000-0x248000`, end not included; '' when nothing is spanned. */
  readonly span: string;
  readonly present: number;
  readonly managed: number;
  readonly free: number;
  readonly isolated: number;
  readonly contiguous: boolean;
}
export interface Row {
  readonly event: string;
  readonly ret: number | undefined;
  readonly detail: string | undefined;
  readonly normal: ZoneSeen;
  readonly movable: ZoneSeen;
}
/** What the calls of one input row did. */
export interface Did {
  /** `MEM_GOING_ONLINE 0x240200+32256`. */
  readonly notified: string[];
  /** Chunks handed over, by order. */
  readonly chunks: Record<number, number>;
  /** Spans of ZONE_MOVABLE after each change of a span. */
  readonly spans: string[];
  /** Present pages of ZONE_MOVABLE after each change of present pages. */
  readonly presents: number[];
  isolated: number;
  /** Most isolated pageblocks of ZONE_MOVABLE that were counted at once. */
  isolatedAtMost: number;
  rebuilds: number;
  resets: number;
  /** What add_memory_resource() said. */
  addResult: unknown;
}
export interface Run {
  readonly k: Kernel;
  readonly rows: readonly Row[];
  /** As `rows`. */
  readonly did: readonly Did[];
  /** Invariants that were violated in some state, sorted. */
  readonly violated: readonly string[];
}

export function zoneOf(k: Kernel, index: number): Zone {
  return at(at(k.state.nodes, 0).node_zones, index);
}

export function spanText(zone: Zone): string {
  if (zone.spanned_pages === 0) return '';
  const end = zone.zone_start_pfn + zone.spanned_pages;
  return `0x${zone.zone_start_pfn.toString(16)}-0x${end.toString(16)}`;
}

function seen(k: Kernel, index: number): ZoneSeen {
  const zone = zoneOf(k, index);
  return {
    span: spanText(zone), present: zone.present_pages, managed: zone.managed_pages,
    free: zone.nr_free_pages, isolated: zone.nr_isolate_pageblock, contiguous: zone.contiguous,
  };
}

function nothing(): Did {
  return {
    notified: [], chunks: {}, spans: [], presents: [], isolated: 0, isolatedAtMost: 0,
    rebuilds: 0, resets: 0, addResult: undefined,
  };
}

const entered: Readonly<Record<string, (did: Did, args: readonly unknown[]) => void>> = {
  memory_notify(did, args) {
    const [action, { start_pfn, nr_pages }] = args as [string, NotifierArg];
    did.notified.push(`${action} 0x${start_pfn.toString(16)}+${nr_pages}`);
  },
  online_page(did, args) {
    const order = args[1] as number;
    did.chunks[order] = (did.chunks[order] ?? 0) + 1;
  },
  set_migratetype_isolate(did) { did.isolated += 1; },
  build_all_zonelists(did) { did.rebuilds += 1; },
  zone_pcp_reset(did) { did.resets += 1; },
};
const spanChanges = new Set(['resize_zone_range', 'shrink_zone_span']);
const invariants = (await loadInvariants()).filter(({ id }) => /^[MZNI]/.test(id));

/** A replay and all that happened, by input row. */
export async function run(
  name: string, series: readonly Patch[], version = 'v6.1', extra: ReplayObserver = {},
): Promise<Run> {
  const path = `../../traces/memmap_on_memory-${name}/trace.csv`;
  const { trace, problems } = await readTrace(fileURLToPath(new URL(path, import.meta.url)));
  expect(problems).toEqual([]);
  const rows: Row[] = [];
  const did: Did[] = [];
  let now = nothing();
  let kernel: Kernel | undefined;
  const violated = new Set<string>();
  let checks: (readonly [string, Check, ReadonlySet<string>])[] = [];
  const told = (fn: string): Check[] =>
    checks.filter(([, , functions]) => functions.has(fn)).map(([, check]) => check);
  const k = replay(trace, { version, series, observers: [extra, {
    functions: new Set([
      ...Object.keys(entered), ...spanChanges, 'adjust_present_page_count', 'add_memory_resource',
      'count_isolated', ...invariants.flatMap(({ functions }) => functions ?? []),
    ]),
    composed(composed) {
      kernel = composed;
      checks = invariants.map((one) =>
        [one.id, one.begin(composed), new Set(one.functions ?? [])] as const);
    },
    booted() { now = nothing(); },
    enter(fn, args) {
      for (const check of told(fn)) check.entered?.(fn, args);
      entered[fn]?.(now, args);
    },
    leave(fn, result) {
      for (const check of told(fn)) check.left?.(fn);
      if (kernel === undefined || kernel.state.system_state === 'booting') return;
      const movable = zoneOf(kernel, ZONE_MOVABLE);
      if (spanChanges.has(fn)) now.spans.push(spanText(movable));
      if (fn === 'adjust_present_page_count') now.presents.push(movable.present_pages);
      if (fn === 'add_memory_resource') now.addResult = result;
      now.isolatedAtMost = Math.max(now.isolatedAtMost, movable.nr_isolate_pageblock);
    },
    result({ row, ret, detail }, after) {
      rows.push({
        event: trace.event(row), ret, detail,
        normal: seen(after, ZONE_NORMAL), movable: seen(after, ZONE_MOVABLE),
      });
      did.push(now);
      now = nothing();
    },
    afterRow() {
      for (const [id, check] of checks) if ([...check.violations()].length > 0) violated.add(id);
    },
  }] });
  return { k, rows, did, violated: [...violated].sort() };
}
