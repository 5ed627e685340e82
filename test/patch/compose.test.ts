import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { addedText, additions } from '../../src/patch/additions.js';
import { callsOf } from '../../src/patch/calls.js';
import type { CallWatcher } from '../../src/patch/compose.js';
import { versionTable } from '../../src/patch/conflicts.js';
import type { Patch } from '../../src/patch/define.js';
import { reachedCounter, untested } from '../../src/patch/reached.js';
import { baseTable } from '../../src/patch/table.js';
import { differencesTo, versions } from '../../src/linux/history/versions.js';
import { kernelByHand } from '../linux/by_hand.js';
import { managed, patch, populated } from './patches.js';

/** Zones of node 0 that build_zonerefs_node() lists, when one of them is managed and one not. */
function listed(what: Parameters<typeof kernelByHand>[0]): readonly string[] {
  const k = kernelByHand(what);
  const pgdat = k.NODE_DATA(0);
  for (const zone of pgdat.node_zones.slice(0, 2)) zone.present_pages = 512;
  for (const zone of pgdat.node_zones.slice(0, 1)) zone.managed_pages = 512;
  return k.build_zonerefs_node(pgdat).map(({ zone }) => zone.name);
}

describe('state of a policy', () => {
  const own = additions({ state: () => ({ zones: new Set<string>() }) });
  const counting = patch('a/counting', {
    adds: own,
    wraps: { populated_zone: (next) => (k, zone) => {
      own(k).state.zones.add(zone.name);
      return next(k, zone);
    } },
  });

  test('is that of the kernel that the function runs in, and what it holds can be told', () => {
    const [one, other] = [1, 2].map(() =>
      kernelByHand({ version: 'v6.1', series: [counting], nodes: 1 })) as [Kernel, Kernel];
    const before = addedText(one);
    one.build_zonerefs_node(one.NODE_DATA(0));
    // Expect: a Set is no empty object in the text by which explore tells two states apart.
    expect(addedText(one)).toContain('Normal');
    expect(addedText(one)).not.toBe(before);
    expect(addedText(other)).toBe(before);
  });

  test('is what stands in k.state.added, also when somebody has put a copy there', () => {
    const k = kernelByHand({ version: 'v6.1', series: [counting], nodes: 1 });
    k.state.added.set('a/counting', { zones: new Set(['copied']) });
    expect([...own(k).state.zones]).toEqual(['copied']);
  });
});

describe('a substitution', () => {
  test('changes the named call of the named function, and no other', () => {
    expect(listed({ version: 'v6.1', nodes: 1 })).toEqual(['DMA32', 'DMA']);
    expect(listed({ version: 'v6.1', series: [managed], nodes: 1 })).toEqual(['DMA']);
    const k = kernelByHand({ version: 'v6.1', series: [managed], nodes: 1 });
    const zone = k.NODE_DATA(0).node_zones[0];
    if (zone === undefined) throw new Error('node 0 has no zone');
    zone.present_pages = 1;
    expect(k.populated_zone(zone)).toBe(true);
  });

  test('counts on what the older version calls there, not on the text of the newest', () => {
    expect(listed({ version: 'v5.17', nodes: 1 })).toEqual(['DMA']);
    expect(listed({ version: 'v5.17', series: [populated], nodes: 1 })).toEqual(['DMA32', 'DMA']);
  });

  test('can be a function of the patch', () => {
    const own = patch('a/own', {
      substitutes: { build_zonerefs_node: { populated_zone: (_k, zone) => zone.index === 3 } } });
    expect(listed({ version: 'v6.1', series: [own], nodes: 1 })).toEqual(['Movable']);
  });

  test('of a later patch takes over what an earlier one sent elsewhere', () => {
    const back = patch('zonelists/back', { ...populated, id: 'zonelists/back',
      after: [managed.id] });
    expect(listed({ version: 'v6.1', series: [managed, back], nodes: 1 }))
      .toEqual(['DMA32', 'DMA']);
  });
});

describe('code around a function', () => {
  test('stands outside of what earlier patches made of it', () => {
    const around = patch('a/around', {
      wraps: { build_zonerefs_node: (next) => (k, pgdat) => next(k, pgdat).slice(0, 1) } });
    expect(listed({ version: 'v6.1', series: [around], nodes: 1 })).toEqual(['DMA32']);
    const after = { ...around, after: [managed.id] };
    expect(listed({ version: 'v6.1', series: [managed, after], nodes: 1 })).toEqual(['DMA']);
  });
});

describe('code around a call', () => {
  const unmanaged = patch('a/unmanaged', {
    around: {
      build_zonerefs_node: {
        populated_zone: (next, _k, { args: [zone] }) => next() && zone.index !== 1 } } });

  test('sees the call and what it came to, in the named function only', () => {
    expect(listed({ version: 'v6.1', series: [unmanaged], nodes: 1 })).toEqual(['DMA']);
  });

  test('stands around what the version calls there', () => {
    const two = patch('a/two', {
      around: { build_zonerefs_node: { managed_zone: () => true } } });
    expect(listed({ version: 'v5.17', series: [two], nodes: 1 }))
      .toEqual(['Device', 'Movable', 'Normal', 'DMA32', 'DMA']);
  });

  test('can call with other arguments; variables last for one call of the function', () => {
    const seen: unknown[] = [];
    const first = patch('a/first', {
      around: {
        build_zonerefs_node: {
          populated_zone(next, k, { caller: [pgdat], local }) {
            local['calls'] = (local['calls'] ?? 0) + 1;
            seen.push(local['calls']);
            return next(pgdat.node_zones[0] as Parameters<typeof k.populated_zone>[0]);
          } } } });
    const k = kernelByHand({ version: 'v6.1', series: [first], nodes: 1 });
    const pgdat = k.NODE_DATA(0);
    for (const zone of pgdat.node_zones.slice(0, 1)) zone.present_pages = 512;
    const all = pgdat.node_zones.length;
    expect(k.build_zonerefs_node(pgdat).length).toBe(all);
    k.build_zonerefs_node(pgdat);
    const once = [...Array(all).keys()].map((index) => index + 1);
    expect(seen).toEqual([...once, ...once]);
  });

  test('that sleeps where the function cannot is refused', () => {
    const wrong = patch('a/wrong', {
      around: {
        build_zonerefs_node: {
          * populated_zone(next: () => boolean) {
            yield 'drain';
            return next();
          } } } as never });
    expect(() => listed({ version: 'v6.1', series: [wrong], nodes: 1 })).toThrow(
      'a/wrong puts code that sleeps around populated_zone() inside build_zonerefs_node(), ' +
      'where the kernel cannot sleep');
  });
});

describe('what ran', () => {
  function watcher(counter: ReturnType<typeof reachedCounter>): CallWatcher {
    return { functions: new Set(), enter() {}, leave() {},
      patched: counter.patched, substituted: counter.substituted };
  }

  test('is counted by event, for each function that a patch changed', () => {
    const series = [managed, patch('b/other', { replaces: { try_offline_node() {} } })];
    const counter = reachedCounter(series, 'v6.1');
    const k = kernelByHand({ version: 'v6.1', series, nodes: 1, watcher: watcher(counter) });
    k.NODE_DATA(0).node_zones.forEach((zone) => {
      zone.present_pages = 1;
    });
    counter.event(4);
    k.build_zonerefs_node(k.NODE_DATA(0));
    k.build_zonerefs_node(k.NODE_DATA(0));
    counter.event(9);
    k.build_zonerefs_node(k.NODE_DATA(0));
    expect(counter.result()).toEqual([
      { patch: managed.id, fn: 'build_zonerefs_node', events: 2, calls: 3, active: true,
        substitutions: { called: ['populated_zone'], all: ['populated_zone'], done: [] } },
      { patch: 'b/other', fn: 'try_offline_node', events: 0, calls: 0,
        active: false },
    ]);
    expect(untested(counter.result(), series)).toEqual(['b/other']);
  });

  test('is told for every patch whose code is in the function, not for one it replaced', () => {
    const first = patch('a/first', { replaces: { try_offline_node() {} } });
    const second = patch('a/second', { after: ['a/first'], replaces: { try_offline_node() {} } });
    const third = patch('a/third', {
      after: ['a/second'], wraps: { try_offline_node: (next) => next } });
    const series = [first, second, third];
    const counter = reachedCounter(series, 'v6.1');
    const k = kernelByHand({ version: 'v6.1', series, nodes: 1, watcher: watcher(counter) });
    k.try_offline_node(0);
    expect(counter.result().map(({ patch: id, calls }) => [id, calls])).toEqual(
      [['a/first', 0], ['a/second', 1], ['a/third', 1]]);
  });
});

describe('calls are read from the text of a function', () => {
  test('under their present names', () => {
    const entry = versionTable('v5.17').get('build_zonerefs_node');
    if (entry === undefined) throw new Error('no build_zonerefs_node');
    expect([...callsOf(entry).names]).toContain('managed_zone');
    expect([...callsOf(entry).names]).not.toContain('populated_zone');
  });

  test('every substitution of a version is of a call that is really made', () => {
    const table = baseTable();
    for (const { id } of versions) {
      for (const [caller, callees] of differencesTo(id)?.bodies.flatMap(
        (difference) => Object.entries(difference.substitutes ?? {})) ?? []) {
        const entry = table.get(caller);
        if (entry === undefined) throw new Error(`${id}: no ${caller}()`);
        const calls = callsOf(entry);
        if (!calls.open) {
          expect([...calls.names], `${id} ${caller}`)
            .toEqual(expect.arrayContaining(Object.keys(callees)));
        }
      }
    }
  });
});

test('a policy that says its difference from another one does not run without it', () => {
  const first = patch('a/first', { replaces: { try_offline_node() {} } });
  const later = patch('a/later', { requires: ['a/first'], config: {} });
  const made = (series: readonly Patch[]): Kernel =>
    kernelByHand({ version: 'v6.1', series, nodes: 1 });
  expect(() => made([first, later])).not.toThrow();
  for (const series of [[later], [later, first]]) {
    expect(() => made(series)).toThrow('a/later does not apply on v6.1\n' +
      '  it requires a/first, expected before it in the series');
  }
});

test('a switch that two patches of a series set is told when it is read, and once', () => {
  const config = { isolate_drains: true };
  const series = ['a/first', 'a/later'].map((id) => patch(id, { config }));
  const told: string[] = [];
  const k = kernelByHand({ version: 'v6.1', series, nodes: 1, watcher: {
    functions: new Set(), enter() {}, leave() {}, patched() {},
    switchRead: (name) => told.push(name) } });
  expect(told).toEqual([]);
  expect([k.config.isolate_drains, k.config.isolate_drains]).toEqual([true, true]);
  expect(told).toEqual(['isolate_drains']);
});
