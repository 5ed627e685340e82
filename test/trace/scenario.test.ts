import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { machineOf } from '../../src/replay/machine.js';
import { replay } from '../../src/replay/replay.js';
import { readTrace } from '../../src/trace/read.js';
import { readScenario } from '../../src/trace/scenario/scenario.js';
import type { Trace } from '../../src/trace/trace.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-scenario-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GIB = 2 ** 30;
/** One more than the last page of the empty machine below: where its DIMMs begin. */
const FIRST = 0x100000;

let count = 0;

async function importOf(machine: object, steps: readonly object[] = [], more: object = {}) {
  const path = join(folder, `${count += 1}.json`);
  writeFileSync(path, JSON.stringify({
    name: 'one', note: 'a note', machine: { type: 'q35', memory: '1024M', ...machine }, steps,
    ...more,
  }));
  return readTrace(path);
}

const twoNodes = { nodes: [{ memory: '1024M', cpus: '0-1' }, {}] };
const dimm = (id: number, size_mb: number, node = 1): object =>
  ({ action: 'add-dimm', id, size_mb, node });
const remove = (id: number): object => ({ action: 'remove-dimm', id });

/** pfn of each DIMM that is added. */
function added(trace: Trace): readonly number[] {
  const rows = Array.from({ length: trace.length }, (_, row) => row);
  return rows.filter((row) => trace.event(row) === 'add_memory').map((row) => trace.pfn(row));
}

function inputs(trace: Trace): readonly string[] {
  const rows = Array.from({ length: trace.length }, (_, row) => row);
  return rows.filter((row) => trace.time_ns(row) > 0 && trace.event(row) !== 'tracing_mark_write')
    .map((row) => `${trace.event(row)} ${trace.args(row)}`.trim());
}

describe('the machine of a scenario', () => {
  it.each([
    ['q35', '2815M', 0xaff00000, undefined], ['q35', '2816M', 0x80000000, 0x130000000],
    ['pc', '3583M', 0xdff00000, undefined], ['pc', '3584M', 0xc0000000, 0x120000000],
  ])('%s with %s has memory below 4 GiB up to %i', async (type, memory, low, highEnd) => {
    const { trace } = await importOf({ type, memory });
    const usable = machineOf(trace).e820.filter((range) => range.type === 'usable');
    expect(usable[1]?.end).toBe(low - 0x20000);
    expect(usable[2]?.end).toBe(highEnd);
  });

  it.each([
    ['a q35, the memory of its nodes, 32 GiB at most',
      { nodes: [{ memory: '1G', cpus: '0' }, { memory: '2G', cpus: '1' }] },
      { type: 'q35', memory: '3072M', maxmem: '32G' }],
    ['twice its memory at most where that is more', { memory: '300G' },
      { type: 'q35', memory: '300G', maxmem: '614400M' }],
    ['what it says', { type: 'pc', memory: '3G', maxmem: '4G' },
      { type: 'pc', memory: '3G', maxmem: '4G' }],
  ])('is %s', (_what, machine, expected) => {
    const path = join(folder, `${count += 1}.json`);
    writeFileSync(path, JSON.stringify({ name: 'one', note: 'a note', machine, steps: [] }));
    const { type, memory, maxmem } = readScenario(path).machine;
    expect({ type, memory, maxmem }).toEqual(expected);
  });

  it('without any memory is told', async () => {
    const path = join(folder, `${count += 1}.json`);
    writeFileSync(path, '{"name":"one","note":"a note",\n"machine":{"nodes":[{}]},"steps":[]}');
    await expect(readTrace(path)).rejects.toThrow(
      `${path}:2: the machine lacks "memory", expected a size, of its own or of its nodes`);
  });

  it('has its hotplug window behind the memory, with one GiB for each slot', async () => {
    const { trace } = await importOf({ memory: '4000M', slots: 4, maxmem: '8G' });
    const window = machineOf(trace).srat.at(-1);
    expect(window).toEqual({
      nid: 0, start: 6 * GIB, end: 6 * GIB + (8 * GIB - 4000 * 2 ** 20) + 4 * GIB, hotplug: true,
    });
  });

  it('cuts a node at the hole below 4 GiB', async () => {
    const nodes = [{ memory: '1024M' }, { memory: '2048M' }];
    const { trace } = await importOf({ memory: '3072M', nodes });
    expect(machineOf(trace).srat.filter((range) => !range.hotplug)).toEqual([
      { nid: 0, start: 0, end: 0xa0000, hotplug: false },
      { nid: 0, start: 0x100000, end: GIB, hotplug: false },
      { nid: 1, start: GIB, end: 2 * GIB, hotplug: false },
      { nid: 1, start: 4 * GIB, end: 5 * GIB, hotplug: false },
    ]);
  });

  it('numbers nodes as the kernel does: none that the SRAT does not name', async () => {
    const nodes = [{ memory: '1024M', cpus: '0-1' }, {}, {}];
    const { trace } = await importOf({ nodes }, [dimm(1, 128, 2), dimm(2, 128, 1)]);
    expect(machineOf(trace).srat.at(-1)).toMatchObject({ nid: 1, hotplug: true });
    const rows = Array.from({ length: trace.length }, (_, row) => row);
    const adds = rows.filter((row) => trace.event(row) === 'add_memory');
    expect(adds.map((row) => trace.nid(row))).toEqual([1, 0]);
  });

  it.each([
    ['1024M', 128], ['65536M', 2048], ['66304M', 256], ['66432M', 128],
  ])('with %s has memory blocks of %i MiB', async (memory, block) => {
    const { trace } = await importOf({ memory, maxmem: '128G' });
    expect(trace.header.block_size).toBe(block * 2 ** 20);
  });
});

describe('a DIMM of a scenario', () => {
  /** numa=fake=2U: node 1 of the firmware is found as node 2 from v6.14 on (6.12.63, 7.3.4). */
  it('comes to the node that numa=fake= has the kernel find', async () => {
    const nodes = [{ memory: '1024M', cpus: '0' }, { memory: '1024M', cpus: '1' }];
    const { trace } = await importOf({ memory: '2048M', nodes }, [dimm(1, 128)],
      { cmdline: 'numa=fake=2U' });
    const nidOn = (version: string): number | undefined =>
      replay(trace, { version, series: [] }).state.memory_blocks.get(32)?.nid;
    expect([nidOn('v6.13'), nidOn('v7.3')]).toEqual([1, 2]);
  });

  it('is put behind the one before it', async () => {
    const { trace } = await importOf(twoNodes, [dimm(1, 256), dimm(2, 128), dimm(3, 128)]);
    expect(added(trace)).toEqual([FIRST, FIRST + 0x10000, FIRST + 0x18000]);
  });

  it('is put into the first gap that it fits in', async () => {
    const { trace } = await importOf(twoNodes, [
      dimm(1, 128), dimm(2, 256), dimm(3, 128), remove(1), remove(2), dimm(4, 512), dimm(5, 256),
    ]);
    expect(added(trace).slice(3)).toEqual([FIRST + 0x20000, FIRST]);
  });

  it('keeps its place when a later step removes it again: it was refused', async () => {
    const { trace } = await importOf(
      twoNodes, [dimm(1, 128), remove(1), dimm(2, 128), remove(1), dimm(3, 128)]);
    expect(added(trace)).toEqual([FIRST, FIRST + 0x8000, FIRST]);
  });

  it('comes behind the range of a virtio-mem device', async () => {
    const virtio_mem = [{ id: 'vm1', size_mb: 1024, node: 1, requested_mb: 0 }];
    const { trace } = await importOf({ ...twoNodes, virtio_mem }, [dimm(1, 128)]);
    expect(added(trace)).toEqual([FIRST + 0x40000]);
  });

  it.each([
    [[dimm(1, 128, 2)], 'there is no node 2'], [[dimm(1, 31 * 1024 + 2)], 'QEMU has no place'],
    [[dimm(1, 127)], 'QEMU has no place'], [[remove(1)], 'DIMM 1 is not there'],
    [[dimm(1, 128), dimm(1, 128)], 'DIMM 1 is there already'],
  ])('that QEMU would refuse is a problem: %j', async (steps, message) => {
    const { problems } = await importOf(twoNodes, steps);
    expect(problems.map((one) => one.message)).toEqual([expect.stringContaining(message)]);
  });
});

describe('the steps of a scenario', () => {
  it('are inputs; what the model has no event for is counted', async () => {
    const state = '/sys/devices/system/memory/memory32/state';
    const { trace, unused } = await importOf(twoNodes, [
      { action: 'notifier-error', event: 'MEM_GOING_ONLINE', errno: -12 },
      { action: 'write', path: '/proc/sys/vm/min_free_kbytes', value: '8192' },
      { action: 'write', path: '/sys/devices/system/memory/auto_online_blocks', value: 'online' },
      { action: 'write', path: state, value: 'online_movable' },
      { action: 'sh', cmd: `sysctl vm.lowmem_reserve_ratio="256 256 32"; echo offline > ${state}` },
      { action: 'sh', cmd: 'true' }, { action: 'fill-memory', mb: 4 }, { action: 'free-memory' },
    ]);
    const files = ['/proc/sys/vm/min_free_kbytes value=8192',
      '/sys/devices/system/memory/auto_online_blocks value=online',
      '/proc/sys/vm/lowmem_reserve_ratio value=256/256/32'];
    expect(inputs(trace)).toEqual([
      'notifier_error action=MEM_GOING_ONLINE', `write_parameter file=${files[0]}`,
      `write_parameter file=${files[1]}`, 'online_movable', `write_parameter file=${files[2]}`,
      'offline', 'shell true', 'shell fill-memory 4', 'shell free-memory',
    ]);
    expect([...unused]).toEqual([['step:sh', 1], ['step:fill-memory', 1], ['step:free-memory', 1]]);
  });

  it('replays what a lab kernel withholds, releases, allocates, and counts the rest', async () => {
    const lab = (cmd: string): object => ({ action: 'lab', cmd });
    const { trace, unused } = await importOf(twoNodes, [
      lab('withhold 1'), dimm(1, 256), lab('zonelist 1 0'), lab('release 0x100000 20'),
      lab('alloc 1 3 0 10'), lab('freeall'), lab('holdfree'), lab('withhold 0'),
    ]);
    expect(inputs(trace)).toEqual([
      'set_online_page_callback', 'add_memory', 'shell lab zonelist 1 0', 'free_reserved_page',
      'alloc_pages gfp=GFP_KERNEL+__GFP_THISNODE', 'free_pages', 'shell lab holdfree',
      'restore_online_page_callback',
    ]);
    expect([...unused]).toEqual([['step:lab', 2]]);
  });

  it('is made for the question that its file names, and without one for none', async () => {
    const { trace } = await importOf(twoNodes, [], { question: 'zonelists' });
    expect(trace.header.question).toBe('zonelists');
    expect((await importOf(twoNodes)).trace.header.question).toBeUndefined();
  });

  it('tell a virtio-mem device what is wanted of it', async () => {
    const virtio_mem = [{ id: 'vm1', size_mb: 1024, node: 1, requested_mb: 0, block_mb: 4 }];
    const { trace } = await importOf({ ...twoNodes, virtio_mem },
      [{ action: 'virtio-mem', id: 'vm1', requested_mb: 200 }]);
    expect(trace.row(trace.length - 1)).toMatchObject({
      event: 'virtio_mem_config_changed', nid: 1, pfn: FIRST, nr_pages: 0x40000,
      args: 'device=virtio0 block_size=0x400000 requested_size=0xc800000',
    });
  });

  it('are a second apart, and what a wait says', async () => {
    const online = { action: 'online', block: 8 };
    const { trace } = await importOf({}, [online, { action: 'wait', seconds: 5 }, online]);
    expect(trace.time_ns(trace.length - 1)).toBe(8e9);
  });

  it('that are wrong are told with their line', async () => {
    const wrong = importOf({}, [{ action: 'onlin', block: 8 }]);
    await expect(wrong).rejects.toThrow(/\.json:1: a step's "action" is "onlin", expected/);
  });
});

describe('an id', () => {
  it('of a virtio_mem device and of a step is a number or a text', async () => {
    const ids = [[0, 0], ['0', 0], [0, '0'], ['0', '0']];
    const rows = await Promise.all(ids.map(async ([of, at]) => {
      const virtio_mem = [{ id: of, size_mb: 256, node: 0, requested_mb: 0 }];
      const step = { action: 'virtio-mem', id: at, requested_mb: 256 };
      return inputs((await importOf({ maxmem: '2G', virtio_mem }, [step])).trace);
    }));
    expect(rows[0]).toEqual([expect.stringMatching(/^virtio_mem_config_changed device=virtio0 /)]);
    for (const others of rows) expect(others).toEqual(rows[0]);
  });
});

describe('a scenario in YAML', () => {
  const text = `# The node of the DIMM has no other memory.
name: yaml
note: a comment is worth a field
machine:
  type: q35
  memory: 1024M
  nodes:
    - {memory: 1024M, cpus: 0-1}
    - {}   # waits for memory
steps:
  - {action: add-dimm, id: 1, size_mb: 256, node: 1}
  - action: online_movable
    block: 32
`;
  const fileOf = (content: string): string => {
    const path = join(folder, `${count += 1}.yaml`);
    writeFileSync(path, content);
    return path;
  };

  it('is the same trace as in JSON', async () => {
    const yaml = await readTrace(fileOf(text));
    const json = await importOf(twoNodes,
      [dimm(1, 256), { action: 'online_movable', block: 32 }]);
    expect(yaml.problems).toEqual([]);
    expect(yaml.importer).toBe('scenario');
    expect(inputs(yaml.trace)).toEqual(inputs(json.trace));
    expect(machineOf(yaml.trace)).toEqual(machineOf(json.trace));
    expect(yaml.trace.where(yaml.trace.length - 1).line).toBe(12);
  });

  it.each([
    [text.replace('block: 32', 'block: x'), /:13: "block" of step \w+ is "x", expected a whole/],
    [text.replace('memory: 1024M\n', 'memory: 12\n'),
      /:6: "memory" of the machine is 12, expected a size/],
    [text.replace('action: online_movable', 'action: fly'), /:12: a step's "action" is "fly"/],
    [text.replace('note: a', 'name: twice\nnote: a'),
      /:3: a name stands here again, expected it only once/],
    [text.replace(/note: .*/, 'note: .inf'), /:3: \.inf stands here, expected a text or a nu/],
    [text.replace('note: a', 'note: !x a'), /:3: tag !x stands here, expected a value without/],
    [`${text}---\na: b\n`, /: a second document begins here, expected one$/],
    [text.replace('note: a', `note: ${'['.repeat(30000)}`), /: is nested too deeply, expected a/],
    [text.replace('  - {}   # waits', '  - {  # waits'), /:1[0-9]: /],
    [text.replace('id: 1,', 'id: *one,'), /:11: an alias stands here/],
    [text.replace('block: 32', 'block: 32\n    ? [a]\n    : 1'), /:14: a key that is no text/],
  ])('that is wrong is reported with file and line: %#', async (wrong, message) => {
    await expect(readTrace(fileOf(wrong))).rejects.toThrow(message);
  });
});
