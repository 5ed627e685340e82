import { describe, expect, test } from 'vitest';
import { PatchError } from '../../src/base/errors.js';
import { checkSeries, conflictsOf } from '../../src/patch/conflicts.js';
import { managed, patch, populated } from './patches.js';

function problem(version: string, ...series: Parameters<typeof conflictsOf>[1]): string {
  return conflictsOf(version, series).join('\n\n');
}

describe('patches that cannot stand in one kernel are refused before anything runs', () => {
  test('two that change the same function, neither after the other', () => {
    const first = patch('a/first', { replaces: { try_offline_node() {} } });
    const second = patch('b/second', { wraps: { try_offline_node: (next) => next } });
    expect(problem('v6.1', first, second)).toBe(
      'b/second does not apply on v6.1 + a/first\n' +
      '  both change try_offline_node() in mm/memory_hotplug.c\n' +
      "  if it is a later patch of the same series, say  after: ['a/first']");
    const later = patch('b/second', {
      after: ['a/first'], wraps: { try_offline_node: (next) => next } });
    expect(problem('v6.1', first, later)).toBe('');
  });

  test('two that send the same call of the same function elsewhere', () => {
    const other = patch('b/other', {
      substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } } });
    expect(problem('v6.1', managed, other)).toBe(
      'b/other does not apply on v6.1 + zonelists/managed_zone\n' +
      '  both send populated_zone() elsewhere inside build_zonerefs_node() in mm/page_alloc.c\n' +
      "  if it is a later patch of the same series, say  after: ['zonelists/managed_zone']");
  });

  test('two that put code around the same call; code around a call that nobody makes', () => {
    const around = { build_zonerefs_node: { populated_zone: () => true } };
    expect(problem('v6.1', patch('a/one', { around }), patch('b/two', { around }))).toContain(
      'both put code around populated_zone() inside build_zonerefs_node() in mm/page_alloc.c');
    const dead = patch('a/dead', { around: { build_zonerefs_node: { kswapd_run() {} } } });
    expect(problem('v6.1', dead)).toContain('does not call kswapd_run() there; it calls ');
  });

  test('a substitution of a call that another patch took out of the function', () => {
    const rewrite = patch('a/rewrite', { replaces: { build_zonerefs_node: () => [] } });
    const other = patch('b/other', {
      after: ['a/rewrite'],
      substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } } });
    expect(problem('v6.1', rewrite, other)).toBe(
      'b/other does not apply on v6.1 + a/rewrite\n' +
      '  build_zonerefs_node() in mm/page_alloc.c does not call populated_zone() there; ' +
      'it calls no kernel function\n' +
      '  substitute one of these, or give the function a new body with  replaces');
  });

  test('a substitution of a call that the version does not make either', () => {
    const wrong = patch('a/wrong', {
      substitutes: { build_zonerefs_node: { kswapd_run: 'kswapd_stop' } } });
    expect(problem('v6.1', wrong)).toContain('does not call kswapd_run() there; it calls ');
  });

  test('two variants of one question that change the same function', () => {
    const all = patch('zonelists/all_zones', { replaces: { build_zonerefs_node: () => [] } });
    expect(problem('v6.1', managed, all)).toBe(
      'zonelists/all_zones does not apply on v6.1 + zonelists/managed_zone\n' +
      '  both change build_zonerefs_node() in mm/page_alloc.c\n' +
      '  they are variants of one question, zonelists: run them as two series, ' +
      '-p zonelists/managed_zone -p zonelists/all_zones\n' +
      "  if it is a later patch of the same series, say  after: ['zonelists/managed_zone']");
  });

  test('one that excludes the other, though they change different functions', () => {
    const one = patch('q/one', { replaces: { try_offline_node() {} } });
    const two = patch('q/two', { excludes: ['q/one'], replaces: { kswapd_run() {} } });
    for (const series of [[one, two], [two, one]]) {
      expect(problem('v6.1', ...series)).toContain('q/two excludes it\n  run them as two series');
    }
  });

  test('two that set a version switch to different values', () => {
    const one = patch('q/one', { config: { isolate_drains: true } });
    const two = patch('p/two', { config: { isolate_drains: false } });
    expect(problem('v6.1', one, two)).toContain(
      'both set the switch isolate_drains, to true and to false');
    expect(problem('v6.1', one, { ...one, id: 'p/two' })).toBe('');
  });

  test('a base version that the model does not have', () => {
    expect(() => checkSeries('v6.1.1', [])).toThrow(
      /^there is no base version v6\.1\.1; did you mean .*v6\.1/);
    expect(() => checkSeries('v6.1.1', [])).toThrow(
      /\n {2}there are v4\.13 to v7\.3: `mmreplay list versions`$/);
    expect(problem('v6.1', patch('a/b', { base: 'v9.9' }))).toContain(
      'a/b says it was made against v9.9, which the model does not have');
  });

  test('a kernel function that the model does not have', () => {
    const wrong = patch('a/b', { replaces: { try_ofline_node() {} } as never });
    expect(() => checkSeries('v6.1', [wrong])).toThrow(
      'a/b names the kernel function try_ofline_node(), which the model does not have; ' +
      'did you mean try_offline_node');
  });

  test('the same policy twice', () => {
    expect(problem('v6.1', managed, managed)).toContain('is in the series twice');
  });

  test('all of them at once, as one error', () => {
    const all = patch('zonelists/all_zones', { replaces: { build_zonerefs_node: () => [] } });
    const third = patch('b/c', { base: 'v1' });
    expect(() => checkSeries('v6.1', [managed, all, third])).toThrow(PatchError);
    expect(() => checkSeries('v6.1', [managed, all, third])).toThrow(
      /v1, which the model[\s\S]*\nerror: zonelists\/all_zones does not apply/);
  });
});

describe('patches that can stand together are let through', () => {
  test('variants of one question that change different functions', () => {
    const walk = patch('try_offline_node/section_walk', { replaces: { try_offline_node() {} } });
    const span = patch('try_offline_node/span', { replaces: { remove_pfn_range_from_zone() {} } });
    expect(problem('v6.1', walk, span)).toBe('');
  });

  test('a patch whose change the version already has', () => {
    expect(problem('v6.1', populated)).toBe('');
    expect(problem('v5.17', managed)).toBe('');
  });

  test('a later patch of a later patch, though it names only the nearest', () => {
    const one = patch('a/one', { wraps: { try_offline_node: (next) => next } });
    const two = patch('a/two', { after: ['a/one'], wraps: { try_offline_node: (next) => next } });
    const three = patch('a/three', {
      after: ['a/two'], wraps: { try_offline_node: (next) => next } });
    expect(problem('v6.1', one, two, three)).toBe('');
  });
});
