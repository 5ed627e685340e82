import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { markText } from '../../src/trace/scenario/actions.js';
import { memoryArgs, optionPath } from '../../src/record/qemu_args.js';
import { parseScenario, readScenario } from '../../src/trace/scenario/scenario.js';

const folder = fileURLToPath(new URL('../../traces/scenarios/', import.meta.url));
const files = readdirSync(folder).filter((name) => /\.(json|yaml)$/.test(name));

const good = `{
  "name": "one",
  "note": "a note",
  "machine": {"type": "q35", "memory": "1024M"},
  "steps": [
    {"action": "add-dimm", "id": 1, "size_mb": 256, "node": 0},
    {"action": "online", "block": 32}
  ]
}`;

describe('a scenario', () => {
  it.each(files)('%s that is shipped is well-formed and named as its file', (name) => {
    expect(readScenario(`${folder}${name}`).name).toBe(name.replace(/\.\w+$/, ''));
  });

  it('has what its file leaves out', () => {
    const scenario = parseScenario('one.json', good);
    expect(scenario).toMatchObject({ level: 'hotplug', snapshots: 'each', cmdline: '' });
    expect(scenario.machine).toMatchObject({ cpus: 2, slots: 16, maxmem: '32G', nodes: [] });
  });

  it.each([
    ['"block": 32', '"block": "x"', 'one.json:7: "block" of step online is "x", expected a whole'],
    ['"block": 32', '"blok": 3', 'one.json:7: step online has no "blok", expected action, '],
    ['"online"', '"onlin"', 'one.json:7: a step\'s "action" is "onlin", expected one of add-'],
    ['"q35"', '"arm"', 'one.json:4: "type" is "arm", expected q35 or pc'],
    ['"1024M"', '"1024"', '"memory" of the machine is "1024", expected a size like 1024M or 2G'],
    ['  "name": "one",\n', '', 'one.json:1: the scenario lacks "name", expected'],
    ['"name": "one"', '"name": "a/b"', 'one.json:2: "name" of the scenario is "a/b", expected'],
    ['"steps": [', '"steps": [,', 'one.json:5: , stands here, expected a value'],
    ['"steps": [', '"steps" [', 'one.json:5: [ stands here, expected :'],
    ['"block": 32', '"block": 3x', 'one.json:7: x stands here, expected , or }'],
    [']\n}', ']', 'one.json:8: the end of the file stands here, expected , or }'],
    ['"name": "one"', '"note": "x"', 'one.json:3: "note" stands here again, expected only once'],
    ['"block": 32', '"block": 1e400', 'one.json:7: 1e400 stands here, expected a number below'],
    ['"block": 32', '"block": NaN', 'one.json:7: NaN stands here, expected a value'],
    [']\n}', ']\n"', 'one.json:9: a text begins here and has no end, expected " behind it'],
    ['"steps": [', '"steps": [\n7,', 'one.json:6: a step is 7, expected an object {...}'],
  ])('with %s as %s is refused with file and line', (from, to, message) => {
    expect(() => parseScenario('one.json', good.replace(from, to))).toThrow(message);
  });
});

describe('QEMU arguments', () => {
  it('give one -numa to each node, with its distances', () => {
    expect(memoryArgs(readScenario(`${folder}three-nodes-distances.json`).machine)).toEqual([
      '-m', '2048M,slots=16,maxmem=32G',
      '-object', 'memory-backend-ram,id=m0,size=1024M',
      '-numa', 'node,nodeid=0,cpus=0-1,memdev=m0',
      '-object', 'memory-backend-ram,id=m1,size=1024M',
      '-numa', 'node,nodeid=1,cpus=2-3,memdev=m1',
      '-numa', 'node,nodeid=2',
      '-numa', 'dist,src=0,dst=1,val=20', '-numa', 'dist,src=0,dst=2,val=30',
      '-numa', 'dist,src=1,dst=0,val=20', '-numa', 'dist,src=1,dst=2,val=40',
      '-numa', 'dist,src=2,dst=0,val=30', '-numa', 'dist,src=2,dst=1,val=40',
    ]);
  });
});

describe('the mark of a step', () => {
  it('is worded as in the recordings that came first', () => {
    expect(markText({ action: 'online_kernel', block: 34 })).toBe('memory34 online_kernel');
    expect(markText({ action: 'add-dimm', id: 1, size_mb: 256, node: 1 }))
      .toBe('add-dimm id=1 size_mb=256 node=1');
    expect(markText({ action: 'notifier-error', event: 'MEM_GOING_ONLINE', errno: -12 }))
      .toBe('notifier MEM_GOING_ONLINE error=-12');
  });
});

// Expect: a folder of temporary files whose name has commas is no option of QEMU.
it('doubles what QEMU takes for the end of a path', () => {
  expect(optionPath('/tmp/a,server=off,,b/qmp')).toBe('/tmp/a,,server=off,,,,b/qmp');
});
