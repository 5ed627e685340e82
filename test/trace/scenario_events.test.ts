/** What a CSV trace says of a machine and of steps, a scenario in YAML can say. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseWords, wordsText } from '../../src/base/words.js';
import { recordable } from '../../src/record/recordable.js';
import { machineOf } from '../../src/replay/machine.js';
import { eventType } from '../../src/trace/events.js';
import { readTrace } from '../../src/trace/read.js';
import { machineEvents } from '../../src/trace/scenario/event_fields.js';
import { locateScenario, parseScenario } from '../../src/trace/scenario/scenario.js';
import type { Trace, TraceRow } from '../../src/trace/trace.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-events-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows of a trace that anybody can write: what is there before and what drives the kernel. */
function drivingRows(trace: Trace): readonly TraceRow[] {
  return Array.from({ length: trace.length }, (_, row) => trace.row(row)).filter(({ event }) =>
    ['setup', 'input', 'taken'].includes(eventType(event)?.role ?? ''));
}

/** The row without what only a recorded kernel can say, and without its time. */
function plain({ time_ns: _, ...row }: TraceRow): object {
  const { args, ret, ...columns } = row;
  // What a row is about has the name; who makes such a row does not matter.
  const about = Object.keys(eventType(row.event)?.args ?? {});
  const rest = Object.fromEntries(Object.entries(columns).filter(([key]) => !about.includes(key)));
  const words = [...parseWords(args ?? '')]
    .filter(([key]) => eventType(row.event)?.args?.[key]?.recorded !== true);
  const known = row.event === 'boot_param' ? args : wordsText(words.sort());
  return {
    ...rest, ...(eventType(row.event)?.asksRet === undefined || ret === undefined ? {} : { ret }),
    ...(known === undefined || known === '' ? {} : { args: known }),
  };
}

/** The fields of a row in a file, said as a newcomer would: columns and words of `args`. */
function fieldsOf(row: TraceRow): Record<string, string | number> {
  const { event: _, args = '', ...columns } = plain(row) as TraceRow;
  const words = [...parseWords(args)]
    .map(([key, value]) => [key === 'action' ? 'event' : key, value]);
  return { ...columns, ...Object.fromEntries(words) } as Record<string, string | number>;
}

function scenarioText(trace: Trace): string {
  const rows = drivingRows(trace);
  const isMachine = ({ event }: TraceRow): boolean => machineEvents.includes(event);
  const lists = machineEvents.map((event) =>
    [event, rows.filter((row) => row.event === event).map(fieldsOf)] as const);
  const steps = rows.filter((row) => !isMachine(row) && row.event !== 'boot_param')
    .map((row) => (row.event === 'wait' ? { action: 'wait', seconds: 0 }
      : { action: row.event, ...fieldsOf(row) }));
  const file = {
    name: 'one', note: 'a CSV trace', kernel: trace.header.kernel, config: trace.header.config,
    cmdline: rows.find(({ event }) => event === 'boot_param')?.args ?? '',
    machine: {
      cpus: trace.header.cpus, block_size: trace.header.block_size,
      ...Object.fromEntries(lists.filter(([, list]) => list.length > 0)),
    },
    steps,
  };
  const yaml = stringify(file);
  // A long one is read as JSON only.
  return yaml.length < 2 ** 16 ? yaml : JSON.stringify(file);
}

/** Where the order of setup rows is another one the machine is what counts. */
const ofMachine = (trace: Trace): object => ({ ...machineOf(trace), managed_at_boot: undefined });
const isStep = ({ event }: TraceRow): boolean =>
  !machineEvents.includes(event) && event !== 'boot_param';

const written = readdirSync('traces').filter((name) => /-[EST]\d+-/.test(name));

describe('a trace that was written by hand, written as a scenario', () => {
  it.each(written)('%s: has the same machine and the same inputs', async (name) => {
    const { trace } = await readTrace(join('traces', name, 'trace.csv'));
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, scenarioText(trace));
    const read = await readTrace(file);
    expect(read.problems).toEqual([]);
    expect(ofMachine(read.trace)).toEqual(ofMachine(trace));
    expect(drivingRows(read.trace).filter(isStep).map(plain))
      .toEqual(drivingRows(trace).filter(isStep).map(plain));
  });
});

/**
 *      0    1G   2G         4G    5G    6G   ...   24T            64T
 *      |n0  |n1  |          |n0   |n1   |          |n1, hotplug   | a window of CXL: node 2
 */
const interleaved = `name: one
note: nodes that interleave
machine:
  e820: [{start: 0, end: 0x9fc00}, {start: 1M, end: 2G}, {start: 4G, size: 2G}]
  srat_mem:
    - {nid: 0, start: 0, end: 1G}
    - {nid: 1, start: 1G, end: 2G}
    - {nid: 0, start: 4G, end: 5G}
    - {nid: 1, start: 5G, end: 6G}
    - {nid: 1, start: 24T, end: 25T, hotplug: 1}
  cxl_windows: [{start: 64T, size: 1T}, {start: 24T, size: 2T}]
`;

async function importOf(text: string) {
  const file = join(folder, 'one.yaml');
  writeFileSync(file, text);
  return readTrace(file);
}

const pfnsOf = (trace: Trace, event: string): readonly (number | undefined)[] =>
  drivingRows(trace).filter((row) => row.event === event).map(({ pfn }) => pfn);

/** Expect: a window at a multiple of 256 MiB bounds the blocks of 64 GiB and more from v6.15. */
it.each([['v6.14', 2048], ['v6.15', 256]])('blocks of %s have %i MiB', async (kernel, mib) => {
  const { trace } = await importOf(`name: one
note: a window of CXL
kernel: ${kernel}
machine:
  e820: [{start: 1M, end: 2G}, {start: 4G, end: 128G}]
  cxl_windows: [{start: 0x2010000000, size: 4G}]
steps: [{action: wait, seconds: 1}]
`);
  expect(trace.header.block_size).toBe(mib * 2 ** 20);
});

describe('a machine that is described', () => {
  it('has a node for a CXL window that the SRAT has nothing of, from v5.16 on', async () => {
    const nodes = async (kernel: string): Promise<number> =>
      Math.max(...machineOf((await importOf(`${interleaved}kernel: ${kernel}\nsteps: []`)).trace)
        .srat.map(({ nid }) => nid));
    expect([await nodes('v5.15'), await nodes('v5.16')]).toEqual([1, 2]);
  });

  // Expect: steps by address, by DIMM and by part of a DIMM are the blocks there.
  it('puts DIMMs into the windows of its SRAT; blocks go by address and by DIMM', async () => {
    const { trace, problems } = await importOf(`${interleaved}steps:
  - {action: add-dimm, id: a, size_mb: 256, node: 1}
  - {action: online_movable, dimm: a}
  - {action: offline, address: 24T}
  - {action: online, dimm: a, offset_mb: 128}
  - {action: memory_failure, dimm: a, offset_mb: 2}
  - {action: add-dimm, id: b, size_mb: 256, node: 0}
`);
    const first = 24 * 2 ** 40 / 4096;
    expect(pfnsOf(trace, 'online_movable')).toEqual([first, first + 0x8000]);
    expect(pfnsOf(trace, 'offline')).toEqual([first]);
    expect(pfnsOf(trace, 'online')).toEqual([first + 0x8000]);
    expect(pfnsOf(trace, 'memory_failure')).toEqual([first + 0x200]);
    expect(problems.map(({ message }) => message))
      .toEqual([expect.stringContaining('no srat_mem row of node 0')]);
  });
});

// Expect: the call that comes next gives ENOMEM, as the row of a CSV trace has it.
it('a step makes a function fail, with what it gives', async () => {
  const { trace, problems } = await importOf(`${interleaved}steps:
  - {action: fail_function, fn: create_memory_block_devices, ret: -12}
`);
  expect(problems.map(({ message }) => message)).toEqual([]);
  expect(drivingRows(trace).filter(isStep).map(plain))
    .toEqual([{ event: 'fail_function', ret: -12, args: 'fn=create_memory_block_devices' }]);
});

describe('a mistake in a scenario is told with its line and the nearest word', () => {
  it.each([
    ['{action: memory_failrue, pfn: 1}', 'did you mean memory_failure?'],
    ['{action: offlin, block: 1}', 'did you mean offline'],
    ['{action: compact_zone, nid: 0, zon: Normal}', 'did you mean zone'],
    ['{action: compact_zone, nid: 0, zone: normal}', 'did you mean Normal?'],
    ['{action: online, block: 1, address: 4G}', 'has block and address, expected one'],
    ['{action: online}', 'lacks "block"'],
    ['{action: online, address: 4097}', 'expected whole pages'],
    ['{action: offline, block: 1, offset_mb: 2}', 'offset_mb and no dimm'],
    ['{action: e820, start: 0}', 'a part of the machine'],
    ['{action: memory_notify}', 'an event of role outcome is no step'],
    ['{action: add_memory, nid: 0, address: 4G, size: 128M, auto: 1}', 'has no "auto"'],
    ['{action: online, block: 1, ret: 0}', 'has no "ret"'],
    ['{action: add_memory, nid: 0, address: 4G, size: 128M, flags: 2}', 'has no "flags"'],
  ])('%s', (step, message) => {
    expect(() => parseScenario('f', `${interleaved}steps:\n  - ${step}\n`))
      .toThrow(new RegExp(`^f:13: .*${message.replaceAll(/[?.()]/g, '.')}`, 's'));
  });

  it.each([
    ['e820: [{start: 0}]', 'expected "end"'], ['e820: [{start: 0, ende: 1G}]', 'did you mean end'],
    ['srat_cpu: [{nid: 0, cpu: 0}]', 'and no e820'],
    ['e820: [{start: 0, end: 1G}]\n  memory: 1G', 'which is of a machine of QEMU'],
    ['e820: [{start: 0, end: 1G}]\n  block_size: 384M', 'expected a power of two'],
  ])('%s', (machine, message) => {
    expect(() => parseScenario('f', `name: one\nnote: n\nmachine:\n  ${machine}\nsteps: []\n`))
      .toThrow(new RegExp(`^f:[34]: .*${message}`, 's'));
  });

  it('ids and numbers are read as text or number', () => {
    const { steps, machine } = parseScenario('f', `name: one
note: n
machine: {type: q35, memory: 1024M, nodes: [{memory: 1024M, cpus: 0}, {}]}
steps:
  - {action: add-dimm, id: 1, size_mb: "256", node: "1"}
  - {action: online, block: "0x20"}
  - {action: write, path: /proc/sys/vm/min_free_kbytes, value: 8192}
`);
    expect(machine.nodes[0]?.cpus).toBe('0');
    expect(steps.map(({ action: _, ...fields }) => fields)).toEqual([
      { id: 1, size_mb: 256, node: 1 }, { block: 32 },
      { path: '/proc/sys/vm/min_free_kbytes', value: '8192' },
    ]);
  });
});

const guest = `name: one
note: n
machine: {type: q35, memory: 1024M, nodes: [{memory: 1024M, cpus: 0-1}, {}]}
`;
const recorded = (text: string) => recordable('f', locateScenario('f', text));

describe('record', () => {
  it('drives what a file of the kernel does; blocks of a DIMM are where QEMU puts it', () => {
    const { steps } = recorded(`${guest}steps:
  - {action: add-dimm, id: a, size_mb: 256, node: 1}
  - {action: online_movable, dimm: a}
  - {action: memory_failure, dimm: a, offset_mb: 2}
  - {action: cpu_offline, cpu: 1}
  - {action: write_parameter, file: /proc/sys/vm/lowmem_reserve_ratio, value: 256 256 32}
`);
    expect(steps.slice(1)).toEqual([
      { action: 'online_movable', block: 32 }, { action: 'online_movable', block: 33 },
      { action: 'write', path: '/sys/devices/system/memory/hard_offline_page',
        value: '0x100200000' },
      { action: 'write', path: '/sys/devices/system/cpu/cpu1/online', value: '0' },
      { action: 'write', path: '/proc/sys/vm/lowmem_reserve_ratio', value: '256 256 32' },
    ]);
  });

  it('says before it boots what a real kernel cannot do, and why, a line each', () => {
    expect(() => recorded(`${guest}config: {DEBUG_VM: y}
steps:
  - {action: hold, pfn: 1}
  - {action: offline, block: 1, phase: B}
  - {action: nr_free_pages, nid: 0, zone: Normal, nr_pages: 5}
  - {action: cpu_offline, cpu: 7}
`)).toThrow(
      /^f:3: cannot be recorded: config.*\nf:6: hold: .*\nf:7: off.*\nf:8: .*\nf:9: .*0 to 1$/,
    );
    expect(() => recorded(`${interleaved}steps: []`)).toThrow(/^f:4: .*firmware of QEMU/);
  });
});

/**
 * A step that says less than a row must say. Expect: what its flags ask for, or an error at its
 * line: nobody reads a note that a step was left out.
 */
describe('a page of a step', () => {
  const scenario = (fields: string): string => `name: page
level: page
machine: {e820: [{start: 1M, end: 2G}]}
steps:
  - {action: mm_page_alloc, pfn: 0x1000${fields}}
  - {action: mm_page_free, pfn: 0x1000}
`;
  const read = async (fields: string): Promise<Trace> => {
    const file = join(folder, 'page.yaml');
    writeFileSync(file, scenario(fields));
    return (await readTrace(file)).trace;
  };
  it('has the type of its flags, and order and CPU 0', async () => {
    const rows = drivingRows(await read(', gfp_flags: GFP_HIGHUSER_MOVABLE'))
      .filter(({ event }) => event.startsWith('mm_page'));
    expect(rows).toMatchObject([{ order: 0, migratetype: 1 }, { order: 0, cpu: 0 }]);
  });
  it('needs flags or a type', async () => {
    await expect(read('')).rejects.toThrow(/page\.yaml:5: mm_page_alloc has no migratetype/);
  });
});
