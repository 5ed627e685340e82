/**
 * Watermarks, reserves, per-cpu list sizes and rebuild lines against /proc/zoneinfo and dmesg of
 * recorded kernels: managed pages after each step go in, everything else must come out. From v6.7
 * zoneinfo shows a pcp high that floats, so that only batch is compared.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import allZones from '../../policies/zonelists/all_zones.js';
import managedZone from '../../policies/zonelists/managed_zone.js';
import { parseWords } from '../../src/base/words.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { ZONE_NAMES } from '../../src/linux/include/mmzone.js';
import type { Patch } from '../../src/patch/define.js';
import {
  afterBoot, kernelByHand, populate, rebuildLines, zoneOf, type ZoneName,
} from './by_hand.js';

interface RecordedZone {
  readonly nid: number;
  readonly name: ZoneName;
  readonly present: number;
  readonly managed: number;
  /** As the fixture has it, for a whole comparison. */
  readonly text: string;
}
interface Step {
  readonly number: number;
  readonly nodes: readonly number[];
  readonly zones: RecordedZone[];
  /** Lines of zones without pages that have a watermark all the same. */
  readonly empty: string[];
}
interface Recording {
  readonly name: string;
  readonly version: string;
  readonly thp: string;
  readonly nodes: number;
  readonly cpus: readonly number[];
  readonly distance: readonly (readonly number[])[];
  /** Pages of DMA32 that were freed after the watermarks were computed at boot, by node. */
  readonly late: ReadonlyMap<number, number>;
  /**
   * Each snapshot read vm.lowmem_reserve_ratio after zoneinfo: a read computes the reserves anew.
   */
  readonly readsReserve: boolean;
  readonly series: readonly Patch[];
  readonly log: string[];
  readonly steps: Step[];
}

const policies: Readonly<Record<string, readonly Patch[]>> = {
  '-': [], managed_zone: [managedZone], all_zones: [allZones],
};

function zoneLine(line: string): RecordedZone {
  const [, nid, name, ...rest] = line.split(' ');
  const words = parseWords(rest.join(' '));
  return {
    nid: Number(nid), name: ZONE_NAMES.find((known) => known === name) ?? 'DMA',
    present: Number(words.get('present')), managed: Number(words.get('managed')), text: line,
  };
}

/** `0:2362,1:552` as numbers. */
function tuples(text: string): number[][] {
  return text === '-' ? [] : text.split(',').map((one) => one.split(':').map(Number));
}

function recordingLine(name: string, words: ReadonlyMap<string, string>): Recording {
  const word = (key: string): string => words.get(key) ?? '-';
  const distance: number[][] = [];
  for (const [from = 0, to = 0, value = 0] of tuples(word('distance'))) {
    (distance[from] ??= [])[to] = value;
  }
  return {
    name, version: word('version'), thp: word('thp'), nodes: Number(word('nodes')),
    cpus: word('cpus').split(',').map(Number), distance,
    late: new Map(tuples(word('late')).map(([nid = 0, pages = 0]) => [nid, pages])),
    readsReserve: word('reads') === 'lowmem_reserve_ratio',
    series: policies[word('policy')] ?? [], log: [], steps: [],
  };
}

function recordings(): Recording[] {
  const text = readFileSync(new URL('fixtures/zoneinfo.txt', import.meta.url), 'utf8');
  const found: Recording[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const [kind, second, ...rest] = line.split(' ');
    const words = parseWords(rest.join(' '));
    const recording = found.at(-1);
    if (kind === 'recording') {
      found.push(recordingLine(second ?? '', words));
    } else if (kind === 'log') {
      recording?.log.push(line.slice('log '.length));
    } else if (kind === 'step') {
      const nodes = (words.get('nodes') ?? '').split(',').map(Number);
      recording?.steps.push({ number: Number(second), nodes, zones: [], empty: [] });
    } else if (kind === 'empty') {
      recording?.steps.at(-1)?.empty.push(line);
    } else {
      recording?.steps.at(-1)?.zones.push(zoneLine(line));
    }
  }
  return found;
}

function lineOf(k: Kernel, nid: number, name: ZoneName): string {
  const zone = zoneOf(k, nid, name);
  const { min, low, high } = zone.watermark;
  return `zone ${nid} ${name} present=${zone.present_pages} managed=${zone.managed_pages} ` +
    `min=${min} low=${low} high=${high} protection=${zone.lowmem_reserve.join('/')} ` +
    `pcp=${k.version === 'v6.1' ? `${zone.pcp.high}/` : ''}${zone.pcp.batch}`;
}

/** Zones without pages that have a watermark, as the fixture has them. */
function emptyLinesOf(k: Kernel): string[] {
  return k.for_each_zone().filter((zone) => zone.present_pages === 0 && zone.watermark.high > 0)
    .map((zone) => {
      const { min, low, high } = zone.watermark;
      return `empty ${zone.nid} ${zone.name} min=${min} low=${low} high=${high} ` +
        `protection=${zone.lowmem_reserve.join('/')}`;
    });
}

/** All zones with pages, as the fixture has them. */
function linesOf(k: Kernel): string[] {
  return k.for_each_populated_zone().map((zone) => lineOf(k, zone.nid, zone.name));
}

function boot(recording: Recording): Kernel {
  const first = recording.steps[0];
  const k = kernelByHand({
    version: recording.version, nodes: recording.nodes, cpus: recording.cpus,
    online: first?.nodes ?? [], distance: recording.distance, series: recording.series,
    kconfig: { TRANSPARENT_HUGEPAGE: recording.thp },
  });
  for (const zone of first?.zones ?? []) {
    const late = zone.name === 'DMA32' ? recording.late.get(zone.nid) ?? 0 : 0;
    populate(k, zone.nid, zone.name, zone.present, zone.managed - late);
  }
  afterBoot(k);
  for (const { nid, name, present, managed } of first?.zones ?? []) {
    populate(k, nid, name, present, managed);
  }
  return k;
}

/** What the recorded kernel has called between two snapshots, seen from what changed. */
function apply(k: Kernel, series: readonly Patch[], before: Step, after: Step): void {
  const rebuilds = series !== policies['all_zones'];
  for (const nid of after.nodes.filter((one) => !before.nodes.includes(one))) {
    k.build_all_zonelists(k.state.nodes[nid]);
    k.state.node_states.online.add(nid);
  }
  for (const { nid } of k.state.nodes) {
    for (const name of ZONE_NAMES) {
      const zone = zoneOf(k, nid, name);
      const now = after.zones.find((one) => one.nid === nid && one.name === name);
      const present = now?.present ?? 0;
      const managed = now?.managed ?? 0;
      const empty = zone.present_pages === 0;
      if (present > zone.present_pages) {
        if (empty) k.setup_zone_pageset(zone);
        populate(k, nid, name, present, managed);
        if (empty && rebuilds) k.build_all_zonelists(undefined);
        k.init_per_zone_wmark_min();
      } else if (present < zone.present_pages) {
        const wasListed = k.version === 'v6.1';
        populate(k, nid, name, present, managed);
        // Up to v6.7 the node loses its state after the lists are rebuilt.
        const emptied = !k.node_state(nid, 'memory');
        if (wasListed) k.state.node_states.memory.add(nid);
        k.init_per_zone_wmark_min();
        if (present === 0) k.zone_pcp_reset(zone);
        if (present === 0 && rebuilds) k.build_all_zonelists(undefined);
        if (emptied) k.state.node_states.memory.delete(nid);
      } else {
        zone.managed_pages = managed;
      }
    }
  }
  for (const nid of before.nodes.filter((one) => !after.nodes.includes(one))) {
    k.state.node_states.online.delete(nid);
  }
}

describe.each(recordings())('$name', (recording) => {
  it('has the watermarks, reserves and per-cpu sizes of the recording after each step', () => {
    const k = boot(recording);
    const expected = recording.steps.map(
      (step) => [step.number, ...step.zones.map((zone) => zone.text), ...step.empty]);
    const got = recording.steps.map((step, index) => {
      const before = recording.steps[index - 1];
      if (before !== undefined) apply(k, recording.series, before, step);
      const lines = [step.number, ...linesOf(k), ...emptyLinesOf(k)];
      if (recording.readsReserve) k.setup_per_zone_lowmem_reserve();
      return lines;
    });
    expect(got).toEqual(expected);
  });

  it('prints the rebuild lines of the recording after boot', () => {
    const k = boot(recording);
    const from = k.state.log.length;
    for (const [index, step] of recording.steps.entries()) {
      const before = recording.steps[index - 1];
      if (before !== undefined) apply(k, recording.series, before, step);
    }
    expect(rebuildLines(k, from)).toEqual(recording.log);
  });
});
