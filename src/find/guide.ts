/**
 * What the sides of a search touch, and which kinds of steps lead there: by the calls that the
 * model's functions make, read from their own text. A change that few kinds of steps reach makes
 * those frequent.
 */
import { onceFor } from '../base/once.js';
import { byAge } from '../linux/history/since.js';
import { firstTextOf } from '../linux/history/texts.js';
import type { Calls } from '../patch/calls.js';
import { touchedFunctions, versionTable } from '../patch/conflicts.js';
import type { Entry, ReadonlyTable } from '../patch/table.js';
import { callsOfWhole } from '../patch/whole_body.js';
import { fallibleOf, type Fallible } from './fallible.js';
import type { Sides } from './sides.js';
import { sharesByState } from './state_words.js';

/** Kinds of steps, with the kernel functions that they begin in. */
const families = {
  add_memory: ['acpi_memory_enable_device'],
  remove_memory: ['acpi_scan_hot_remove'],
  online: ['state_store'],
  offline: ['state_store'],
  notifier_error: ['memory_notify'],
  callback: ['probe_balloon_driver', 'restore_online_page_callback'],
  free_reserved_page: ['release_withheld_pages'],
  balloon: ['leak_balloon', 'fill_balloon'],
  memremap_pages: ['memremap_pages'],
  memunmap_pages: ['memunmap_pages'],
  write_parameter: ['write_parameter'],
  cpu: ['cpu_up', 'cpu_down', 'acpi_processor_remove'],
  compact_zone: ['compact_zone'],
  read_kpageflags: ['kpageflags_read'],
  read_valid_zones: ['valid_zones_show'],
  alloc_pages: ['alloc_pages', 'free_zone_pages'],
  alloc_contig_pages: ['__alloc_contig_pages', 'free_contig_range'],
  page_error: ['soft_offline_page', 'memory_failure'],
  huge_pages: ['write_hugepages', 'hugetlb_no_page', 'folio_put', 'hugetlb_acct_memory',
    'alloc_gigantic_folio'],
  hold: ['state_store'],
  dax_kmem: ['dev_dax_kmem_probe', 'dax_kmem_state_store', 'dev_dax_kmem_remove'],
  virtio_mem: ['virtio_mem_config_changed', 'virtio_mem_run_wq'],
  managed_memory: ['add_memory_driver_managed', 'offline_and_remove_memory'],
  xen_balloon: ['balloon_set_new_target', 'balloon_thread'],
  read_parameter: ['read_parameter'],
  fail_function: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type Family = keyof typeof families;
const familyNames = Object.keys(families) as readonly Family[];

/** How often a kind of case or step is tried, relative to each other. */
export interface Guide {
  readonly weights: readonly (readonly [family: Family, weight: number])[];
  /** The boot itself reaches a change: machines are as important as steps. */
  readonly boot: boolean;
  /** Out of ten cases so many are of single pages. */
  readonly pages: number;
  /** Switches that some side sets, and functions that some side changes. */
  readonly touched: readonly string[];
  /** Functions that can be made to fail: those that a change calls, if it calls any. */
  readonly fallible: readonly Fallible[];
}

/** Drivers that are younger than the oldest version; other names only changed. */
const youngDrivers: ReadonlySet<Family> = new Set(['dax_kmem', 'virtio_mem', 'managed_memory']);

/** This release has what such a step begins in. */
function isThere(family: Family, version: string): boolean {
  const first = families[family].flatMap((fn) => firstTextOf(fn) ?? []);
  return !youngDrivers.has(family) || first.some((release) => byAge(release, version) <= 0);
}

/** Of a function of this version, read once: many kinds of steps come to it. */
const callsRead = onceFor((entry: Entry): Calls => callsOfWhole(entry));

/** All functions that a call of these can come to, with how many calls lie between. */
function reachable(table: ReadonlyTable, from: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map(from.map((name) => [name, 0]));
  for (const [name, calls] of found) {
    const entry = table.get(name);
    if (entry === undefined) continue;
    for (const next of callsRead(entry).names) {
      if (table.has(next) && !found.has(next)) found.set(next, calls + 1);
    }
  }
  return found;
}

/** Functions that read a switch. */
function readersOf(table: ReadonlyTable, switches: readonly string[]): readonly string[] {
  const reads = switches.map((name) => new RegExp(`\\bk\\.config\\.${name}\\b`));
  return [...table.values()].filter(({ texts }) =>
    texts.some((text) => reads.some((read) => read.test(text.toString())))).map(({ name }) => name);
}

/** Of all functions that can fail, those that the touched ones come to in a few calls. */
function nearTo(
  table: ReadonlyTable, touched: readonly string[], all: readonly Fallible[],
): readonly Fallible[] {
  const near = new Set([...reachable(table, touched)]
    .filter(([, calls]) => calls <= NEAR).map(([fn]) => fn));
  return all.filter(({ fn }) => near.has(fn) && !touched.includes(fn));
}

/** Functions that stand where single pages go to lists and come from them. */
const ofPages = /pcp|drain|unref|contig|migratetype_isolate|isolate_page_range|isolated|free_one/;

const PLAIN = 1;
/** Drivers that few machines have, and failures: they take the place of what all have. */
const RARE = 0.4;
const rare: ReadonlySet<Family> = new Set([
  'dax_kmem', 'virtio_mem', 'managed_memory', 'xen_balloon', 'read_parameter', 'fail_function',
]);
const FOR_TOUCHED = 6;
/** A failing function is worth so much where a change calls some. */
const FOR_FALLIBLE = 2;
/** What changes the state that a change looks at is worth as much as what comes to it. */
const FOR_STATE = 6;
/** Calls between a change and a function whose failure it sees, or a step and what it changes. */
const NEAR = 3;

/** Where a change calls functions that can fail, their failure is worth something. */
function plainOf(family: Family, isFallible: boolean): number {
  if (family === 'fail_function' && isFallible) return FOR_FALLIBLE;
  return rare.has(family) ? RARE : PLAIN;
}

/** For these sides. */
export function guideFor({ version, series }: Sides): Guide {
  const table = versionTable(version);
  const patches = series.flatMap((side) => side.patches);
  const switches = [...new Set(patches.flatMap(({ config }) => Object.keys(config ?? {})))];
  const changed = [...new Set(patches.flatMap(touchedFunctions))];
  const touched = [...new Set([...changed, ...readersOf(table, switches)])].sort();
  const there = familyNames.filter((family) => isThere(family, version));
  const reach = there.map((family) => [family, reachable(table, families[family])] as const);
  const booted = reachable(table, ['start_kernel']);
  // Each change has the same share, of which who comes there soonest gets most.
  const near = (functions: ReadonlyMap<string, number>, fn: string): number => {
    const calls = functions.get(fn);
    return calls === undefined ? 0 : 1 / (1 + calls) ** 2;
  };
  const shares = touched.map((fn) => {
    const all = reach.map(([family, functions]) => [family, near(functions, fn)] as const);
    const sum = all.reduce((total, [, one]) => total + one, 0);
    return new Map(all.map(([family, one]) => [family, sum === 0 ? 0 : one / sum]));
  });
  const byState = sharesByState(table, touched, reach, NEAR);
  const allFallible = [...table.values()].flatMap((entry) => fallibleOf(entry) ?? [])
    .sort((a, b) => (a.fn < b.fn ? -1 : 1));
  const fallible = nearTo(table, touched, allFallible);
  const weightOf = (family: Family): number =>
    shares.reduce((sum, share) => sum + FOR_TOUCHED * (share.get(family) ?? 0),
      plainOf(family, fallible.length > 0) + FOR_STATE * (byState.get(family) ?? 0));
  const pageLike = touched.filter((fn) => ofPages.test(fn)).length;
  return {
    weights: there.map((family) => [family, weightOf(family)]),
    boot: touched.some((fn) => booted.has(fn)),
    pages: touched.length === 0 ? 2 : Math.round(6 * pageLike / touched.length),
    touched: [...touched, ...switches], fallible: fallible.length > 0 ? fallible : allFallible,
  };
}
