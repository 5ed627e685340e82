import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { at } from '../src/base/assert.js';
import { packageRoot } from '../src/base/package_root.js';
import type { Kernel } from '../src/linux/base/kernel.js';
import { differencesTo } from '../src/linux/history/versions.js';
import { versions } from '../src/linux/history/versions.js';
import { loadPolicies, policyFiles } from '../src/patch/catalogue.js';
import { compose } from '../src/patch/compose.js';
import { conflictsOf, touchedFunctions } from '../src/patch/conflicts.js';
import { parseSeries } from '../src/patch/series.js';
import { baseTable } from '../src/patch/table.js';
import { bootKernel, q35 } from './linux/hotplug_machine.js';

const policies = await loadPolicies();
const byId = policies.map((patch) => [patch.id, patch] as const);
const table = baseTable();
const known = versions.map(({ id }) => id);
const invariants = readdirSync(`${packageRoot()}src/observe/invariants`)
  .map((name) => name.replace(/\.ts$/, ''));

/** Everything that boot leaves behind, as text. */
function stateText(k: Kernel): string {
  return JSON.stringify(k.state, (_key, value: unknown) => {
    if (value instanceof Map) return [...value];
    if (value instanceof Set) return [...value];
    return value;
  });
}

test('there are policies, each found once', () => {
  expect(policies.length).toBeGreaterThan(15);
  expect(policies.map((patch) => patch.id)).toEqual(policyFiles().map(({ id }) => id));
});

describe.each(byId)('%s', (_id, patch) => {
  test('says who proposed it, where, when and against which kernel', () => {
    expect(patch.subject).not.toBe('');
    expect(patch.author).toMatch(/, \d{4}-\d{2}-\d{2}(, .*)?$|, never posted$/);
    expect(patch.link).toMatch(
      /^https:\/\/(lore\.kernel\.org\/[\w-]+\/\S+@\S+|git\.kernel\.org\/\S+|bugzilla\S+)$/);
    expect(known).toContain(patch.base);
    expect(patch.doc.length).toBeGreaterThan(60);
  });

  test('touches functions that the model has, and no others', () => {
    const touched = touchedFunctions(patch);
    expect(touched.filter((name) => !table.has(name))).toEqual([]);
    expect(touched.length + Object.keys(patch.config ?? {}).length).toBeGreaterThan(0);
  });

  test('names only policies that are there', () => {
    for (const id of [
      ...patch.after ?? [], ...patch.requires ?? [], ...patch.excludes ?? [],
    ]) {
      expect(policies.map((one) => one.id)).toContain(id);
    }
  });

  test('claims only what an invariant says', () => {
    for (const claim of patch.claims ?? []) {
      expect(claim.text).toMatch(/\.$/);
      expect(invariants).toContain(claim.holds);
    }
  });

  test('boots on the version it was made against, twice the same', async () => {
    const { patches } = await parseSeries(patch.id);
    expect(conflictsOf(patch.base, patches)).toEqual([]);
    const first = bootKernel(patch.base, patches);
    expect(first.state.system_state).toBe('running');
    expect(stateText(bootKernel(patch.base, patches))).toBe(stateText(first));
  });

  test('can stand on the newest versions too', async () => {
    const { patches } = await parseSeries(patch.id);
    for (const version of ['v6.1', 'v6.12', 'v7.3']) {
      expect(conflictsOf(version, patches)).toEqual([]);
    }
  });
});

test('no policy sets a switch that no version sets so', () => {
  const released = known.map((id) =>
    differencesTo(id)?.config as unknown as Record<string, unknown>);
  for (const { id, config } of policies) {
    for (const [name, value] of Object.entries(config ?? {})) {
      expect(released.some((one) => one[name] === value), `${id}: ${name}`).toBe(true);
    }
  }
});

test('every version of the model boots', () => {
  for (const { id } of versions) {
    expect(bootKernel(id, []).state.system_state, id).toBe('running');
  }
});

test('the state text sees a difference', () => {
  const one = bootKernel('v6.1', []);
  const other = bootKernel('v6.1', []);
  at(at(other.state.nodes, 0).node_zones, 0).present_pages += 1;
  expect(stateText(one)).not.toBe(stateText(other));
  expect(compose('v6.1', [], q35()).state.system_state).toBe('booting');
});

describe('which policies can stand together', () => {
  const ids = policies.map((patch) => patch.id);
  const named = (...wanted: readonly string[]) =>
    wanted.map((id) => at(policies, ids.indexOf(id)));
  const tests = ['section_walk', 'v1', 'v2', 'merged'];
  const spans = ids.filter((id) => id.startsWith('try_offline_node/span_'));

  test('each memory test of try_offline_node stands beside each span regime', () => {
    expect(spans.length).toBeGreaterThan(1);
    for (const test of tests) {
      for (const span of spans) {
        const series = named(`try_offline_node/${test}`, span);
        expect(conflictsOf('v5.3', series), `${test} ${span}`).toEqual([]);
        expect(bootKernel('v5.3', series).state.system_state).toBe('running');
      }
    }
  });

  test('two memory tests, two span regimes, two list criteria do not', () => {
    for (const [one, other] of [
      ['try_offline_node/merged', 'try_offline_node/section_walk'],
      [at(spans, 0), at(spans, 1)],
      ['zonelists/managed_zone', 'zonelists/all_zones'],
      ['memmap_holes/merged', 'memmap_holes/v8'],
    ] as const) {
      expect(conflictsOf('v6.1', named(one, other)).join()).toContain('variants of one question');
    }
  });

  test('policies of different questions do', () => {
    expect(conflictsOf('v6.1', named(
      'zonelists/managed_zone', 'try_offline_node/section_walk', 'memmap_holes/node0_zone0')))
      .toEqual([]);
  });
});
