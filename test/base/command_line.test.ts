import { describe, expect, test } from 'vitest';
import { parameter, parameters, switchParameter } from '../../src/base/command_line.js';

describe('the kernel command line', () => {
  test.each([
    ['numa=off quiet numa=noacpi', 'numa', ['off', 'noacpi']],
    ['movable-node', 'movable_node', ['']],
    ['a.b=c=d  e', 'a.b', ['c=d']],
    ['movable_nodes', 'movable_node', []],
  ] as const)('%s: %s', (cmdline, name, values) => {
    // Expect: each word of that name, dashes and underscores alike, with what follows its first =.
    expect(parameters(cmdline, name)).toEqual(values);
    expect(parameter(cmdline, name)).toBe(values.at(-1));
  });

  test.each([
    ['x', true, true], ['x=on', true, true], ['x=1', true, true], ['x=off', false, false],
    ['x=N', false, false], ['x=maybe', true, false], ['', true, false], ['x=0 x=1', true, true],
  ] as const)('%s is a switch', (cmdline, byDefaultOn, byDefaultOff) => {
    // Expect: no value is on; what kstrtobool() refuses is as if it were not there.
    expect(switchParameter(cmdline, 'x', true)).toBe(byDefaultOn);
    expect(switchParameter(cmdline, 'x', false)).toBe(byDefaultOff);
  });
});
