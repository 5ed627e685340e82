import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { eventType } from '../../src/trace/events.js';
import { laterDistances } from '../../src/trace/kernel_text/snapshot/snapshot.js';
import { readTrace } from '../../src/trace/read.js';
import { NONE, type Trace, type TraceRow } from '../../src/trace/trace.js';
import { cutRecording, removeCuts } from '../cut_recording.js';

const recordings = fileURLToPath(new URL('../../traces/recordings/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mmreplay-recording-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(name: string): Promise<Trace> {
  const { trace, problems } = await readTrace(join(recordings, name));
  expect(problems).toEqual([]);
  return trace;
}

function rows(trace: Trace, wanted: (row: TraceRow) => boolean): TraceRow[] {
  return Array.from({ length: trace.length }, (_, row) => trace.row(row)).filter(wanted);
}

/** Input rows as short texts: `online_movable E 0x100000 -12`. */
function inputs(trace: Trace): string[] {
  return rows(trace, ({ event }) => eventType(event)?.role === 'input'
    && !event.startsWith('mm_page')).map((row) => [
    row.event, row.phase, row.pfn === undefined ? undefined : `0x${row.pfn.toString(16)}`, row.ret,
    row.args,
  ].filter((part) => part !== undefined).join(' '));
}

/** The trace and the log of a recording, without what the recorder noted. */
function besideEachOther(name: string): string {
  const path = mkdtempSync(join(folder, 'pair-'));
  const names = readdirSync(join(recordings, name))
    .filter((one) => /^(trace|dmesg)\.txt/.test(one));
  expect(names.length).toBe(2);
  for (const one of names) cpSync(join(recordings, name, one), join(path, one));
  return path;
}

describe('trace.txt and dmesg.txt that were put side by side', () => {
  it('are a recording: the same inputs, on the same machine', async () => {
    const whole = await read('notifier-veto');
    const { trace, problems, importer } = await readTrace(besideEachOther('notifier-veto'));
    expect([importer, problems]).toEqual(['recording', []]);
    expect(inputs(trace)).toEqual(inputs(whole));
    const setup = (of: Trace): TraceRow[] =>
      rows(of, ({ event }) => ['e820', 'srat_mem', 'srat_cpu', 'boot_param'].includes(event));
    expect(setup(trace)).toEqual(setup(whole));
    expect(setup(trace).length).toBeGreaterThan(5);
    expect(trace.header.kernel).toBe(whole.header.kernel);
  });
});

//     node 2 is not there at first: sysfs has a column for each node that is
//     snapshot 0:  0: 10 30       snapshot 1:  0: 10 25 30
//                  3: 30 10                    2: 25 10 20
//                                              3: 30 20 10
it('distances of a node that comes later are those of the machine', () => {
  const file = (...lines: string[]): string =>
    ['#FILE node_distances', ...lines, '#FILE zoneinfo', 'Node 0'].join('\n');
  const texts = [file('0 10 30', '3 30 10'), file('0 10 25 30', '2 25 10 20', '3 30 20 10')];
  // Expect: columns are nodes that are online; what snapshot 0 has, and 20, is not repeated.
  expect(laterDistances(texts, [])).toEqual([
    { event: 'numa_distance', nid: 0, args: 'to=2 distance=25' },
    { event: 'numa_distance', nid: 2, args: 'to=0 distance=25' },
  ]);
  expect(laterDistances(texts, [{ event: 'numa_distance', nid: 2, args: 'to=0 distance=25' }]))
    .toHaveLength(1);
});

describe('a recording as a trace', () => {
  it('has its inputs in order, with the results of the calls', async () => {
    expect(inputs(await read('notifier-veto'))).toEqual([
      'add_memory B 0x100000', 'add_memory E 0x100000 0',
      'notifier_error -12 action=MEM_GOING_ONLINE',
      'online_movable B 0x100000', 'online_movable E 0x100000 -12',
      'notifier_error 0 action=MEM_GOING_ONLINE',
      'online_movable B 0x100000', 'online_movable E 0x100000 0',
      'notifier_error -16 action=MEM_GOING_OFFLINE',
      'offline B 0x100000', 'offline E 0x100000 -16',
      'notifier_error 0 action=MEM_GOING_OFFLINE',
      'offline B 0x100000', 'offline E 0x100000 0',
      'remove_memory B 0x100000', 'remove_memory E 0x100000 0',
    ]);
  });

  it('has lab commands as inputs and what they print as outcomes', async () => {
    const trace = await read('zonelist-withheld-populated');
    expect(inputs(trace)).toEqual([
      'set_online_page_callback',
      'add_memory B 0x100000', 'add_memory E 0x100000 0',
      'online_kernel B 0x100000', 'online_kernel E 0x100000 0',
      'free_reserved_page B 0x100000', 'free_reserved_page E 0x100000 released=20000',
      'alloc_pages B gfp=GFP_KERNEL+__GFP_THISNODE',
      'alloc_pages E 0x104800 100 gfp=GFP_KERNEL+__GFP_THISNODE served=1/Normal=100',
      'alloc_pages B gfp=GFP_HIGHUSER_MOVABLE',
      'alloc_pages E 0x104e1c 100 gfp=GFP_HIGHUSER_MOVABLE served=1/Normal=100',
      'free_pages', 'restore_online_page_callback',
      'online_kernel B 0x108000', 'online_kernel E 0x108000 0',
      'alloc_pages B gfp=GFP_KERNEL+__GFP_THISNODE',
      'alloc_pages E 0x104800 100 gfp=GFP_KERNEL+__GFP_THISNODE served=1/Normal=100',
      'free_pages',
    ]);
    expect(rows(trace, ({ event }) => event === 'zonelist').map(({ nid, args }) => [nid, args]))
      .toEqual([
        [1, 'kind=fallback zones=1:Normal/0:DMA32/0:DMA'],
        [0, 'kind=fallback zones=0:DMA32/0:DMA/1:Normal'],
        [1, 'kind=fallback zones=1:Normal/0:DMA32/0:DMA'],
        [1, 'kind=fallback zones=1:Normal/0:DMA32/0:DMA'],
      ]);
  });

  it('has struct pages, also of pfns without one', async () => {
    const pages = rows(await read('hole-merged-q35-4000M'), ({ event }) => event === 'page');
    expect(pages).toHaveLength(20);
    expect(pages.find(({ pfn }) => pfn === 0x7ffe0)).toMatchObject({
      nid: 0, zone: 'Normal', migratetype: 1,
      args: 'valid=1 reserved=1 buddy=0 ref=1 spans=0 online=1',
    });
    expect(pages.find(({ pfn }) => pfn === 0xbffdf)?.args).toBe('valid=0');
  });

  it('says what setup, boot and first snapshot tell of the machine', async () => {
    const { header, unused } = await read('boot-4000M-q35');
    expect(header).toMatchObject({
      format: 1, kernel: '6.1.0-56-amd64', stable: '6.1.192', page_size: 4096,
      section_size: 2 ** 27, block_size: 2 ** 27, cpus: 2,
      config: {
        TRANSPARENT_HUGEPAGE: 'y', MEMORY_ISOLATION: 'y', NUMA: 'y', NR_CPUS: '8192', NODES: '1',
        DEFERRED_STRUCT_PAGE_INIT: 'y',
      },
      migratetypes: ['Unmovable', 'Movable', 'Reclaimable', 'HighAtomic', 'Isolate'],
      other: [
        ['recording', 'boot-4000M-q35'],
        ['note', 'physical memory ends inside a section: 4000M; hole page initialisation; '
          + 'offline of the block with the hole must be refused; a DIMM is hot-added behind it'],
        ['memory_blocks', 'changed-only'],
      ],
    });
    expect(unused.get('dmesg:pci_bus')).toBe(13);
  });

  it('keeps every free page count and managed page count of the first snapshot', async () => {
    const trace = await read('boot-4000M-q35');
    const taken = rows(trace, ({ event }) => event === 'managed_at_boot')
      .map(({ nid, zone, nr_pages }) => [nid, zone, nr_pages]);
    expect(taken).toEqual([[0, 'DMA', 3840], [0, 'DMA32', 492458], [0, 'Normal', 480909]]);
  });

  it('has a call that the kernel makes by itself inside the one around it', async () => {
    const trace = await read('memmap-on-memory');
    expect(inputs(trace).slice(-8)).toEqual([
      'remove_memory B 0x100000',
      'offline B 0x100000 auto=1', 'offline E 0x100000 -16',
      'offline B 0x100000 auto=1', 'offline E 0x100000 -16',
      'remove_memory E 0x100000 -16',
      'remove_memory B 0x108000', 'remove_memory E 0x108000 0',
    ]);
    const unmovable = rows(trace, ({ event }) => event === 'unmovable_page');
    expect(unmovable.map(({ pfn, args }) => [pfn, args])).toEqual([
      [0x100400, 'reason=unmovable_page'], [0x100400, 'reason=unmovable_page']]);
  });

  it('has the boost of a zone where a snapshot shows one', async () => {
    const boosts = rows(await read('virtio-mem-busy-6.12'), ({ event }) =>
      event === 'watermark_boost');
    expect(boosts).toMatchObject([{ nid: 1, zone: 'Normal', nr_pages: 512 }]);
  });

  it('takes the online of a refused removal for one that the removal makes by itself', async () => {
    const made = inputs(await read('remove-refused-online-again-6.12'));
    expect(made.slice(6, -2)).toEqual([
      'remove_memory B 0x100000',
      'offline B 0x100000 auto=1', 'offline E 0x100000 -16',
      'offline B 0x108000 auto=1', 'offline E 0x108000 0',
      'offline B 0x100000 auto=1', 'offline E 0x100000 -16',
      'online B 0x108000 auto=1', 'online E 0x108000 0',
      'remove_memory E 0x100000 -16',
    ]);
  });

  it('has both attempts when a signal interrupted the first', async () => {
    const trace = await read('offline-under-load');
    expect(inputs(trace).filter((input) => input.startsWith('offline E')))
      .toEqual(['offline E 0x100000 -4', 'offline E 0x100000 0', 'offline E 0x108000 0']);
    expect(rows(trace, ({ event }) => event === 'mm_page_free')).toHaveLength(65961);
    expect(rows(trace, ({ event }) => event === 'mm_page_free_batched')).toHaveLength(4779);
  });

  it('has no end of a call that never returned, one of one in the background', async () => {
    const never = inputs(await read('pcp-race-drain-once'));
    expect(never.filter((input) => input.startsWith('offline'))).toEqual(['offline B 0x100000']);
    const once = inputs(await read('pcp-race-redrain'));
    expect(once.filter((input) => input.startsWith('offline')))
      .toEqual(['offline B 0x100000', 'offline E 0x100000 0']);
  });

  it('keeps both facts of a call that oopsed', async () => {
    const trace = await read('node-offline-section-walk-both-offline-then-remove');
    expect(inputs(trace).at(-1)).toBe('remove_memory E 0x108000 0 ret_from=info.json');
    expect(rows(trace, ({ event, args }) => event === 'printk' && /BUG|Oops|RIP/.test(args ?? ''))
      .map(({ args }) => args)).toEqual([
      'BUG: kernel NULL pointer dereference, address: 0000000000000000', 'Oops: 0000 [#1] SMP',
      'RIP: 0010:unregister_memory_block_under_nodes+0x37/0x43',
    ]);
  });

  it('never goes back in time from one row of the kernel to the next', async () => {
    for (const name of ['boot-4000M-pc', 'dimm-cycle-memoryless-node', 'offline-under-load']) {
      const trace = await read(name);
      for (let row = 1; row < trace.length; row++) {
        expect(trace.time_ns(row)).toBeGreaterThanOrEqual(trace.time_ns(row - 1));
      }
    }
  });

  it('knows where each row stands', async () => {
    const trace = await read('boot-4000M-q35');
    const file = join(recordings, 'boot-4000M-q35', 'trace.txt');
    const lines = readFileSync(file, 'utf8').split('\n');
    let checked = 0;
    for (let row = 0; row < trace.length; row++) {
      const position = trace.where(row);
      if (position.file !== file || trace.event(row) !== 'memory_notify') continue;
      expect(lines[position.line - 1]).toContain(' memory_notify: ');
      checked++;
    }
    expect(checked).toBe(6);
  });
});

describe('the clocks of the trace and the log', () => {
  afterAll(removeCuts);
  const built = (trace: Trace): TraceRow[] => rows(trace, ({ event, args }) =>
    event === 'printk' && args?.startsWith('Fallback order') === true);

  it('are as far apart as the kernel says, when no event is in both', async () => {
    // 240 ms; the calls that print these lines are what is in both.
    const whole = built(await read('sysctls-6.12'));
    const cut = cutRecording('sysctls-6.12', {
      keeps: ({ text }) => !text.startsWith('__build_all_zonelists:'), saidBy: 'tracer',
    });
    const { trace } = await readTrace(cut);
    expect(rows(trace, ({ event }) => event === '__build_all_zonelists')).toEqual([]);
    expect(whole.length).toBeGreaterThan(4);
    expect(built(trace).map(({ time_ns }) => time_ns)).toEqual(whole.map((row) => row.time_ns));
  });
});

describe('a machine of 6 TiB', () => {
  it('fits: its 49152 blocks stand once in the trace, then those that changed', async () => {
    const path = join(folder, 'large-machine');
    cpSync(join(recordings, 'boot-4000M-q35'), path, { recursive: true });
    const blocks = Array.from({ length: 49_152 }, (_, block) =>
      `memory${block} state=online removable=1 valid_zones=Normal nodes=${block % 8}`);
    // A shell finds the links node10 and node9 in this order.
    blocks[9] = 'memory9 state=online removable=1 valid_zones=Normal nodes=10,9';
    const snapshot = (lines: readonly string[]): string =>
      `#FILE memory_blocks\n${lines.join("\n")}\n`;
    writeFileSync(join(path, 'snapshot-00.txt'), snapshot(blocks));
    writeFileSync(join(path, 'snapshot-01.txt'), snapshot(blocks.slice(0, -1)));
    for (const step of ['02', '03', '04', '05']) rmSync(join(path, `snapshot-${step}.txt`));
    const { trace, problems } = await readTrace(path);
    expect(problems).toEqual([]);
    const found = rows(trace, ({ event }) => event === 'memory_block');
    expect(found).toHaveLength(49_153);
    expect(found[9]?.args).toMatch(/nodes=9\/10$/);
    expect(found.at(-1)).toMatchObject({
      pfn: 49_151 * 32_768, nr_pages: 32_768, args: 'state=absent' });
  });
});

describe('a recording with something missing or wrong', () => {
  function damaged(name: string, damage: (path: string) => void): string {
    const path = join(folder, name);
    cpSync(join(recordings, 'boot-4000M-q35'), path, { recursive: true });
    damage(path);
    return path;
  }
  const messages = async (path: string): Promise<string[]> =>
    (await readTrace(path)).problems.map(({ position, message }) =>
      `${position.file.slice(path.length + 1)}:${position.line}: ${message}`);

  it('is read without its log, and that is said', async () => {
    const path = damaged('no-log', (to) => rmSync(join(to, 'dmesg.txt')));
    expect(await messages(path)).toEqual(['dmesg.txt:0: is missing in the recording']);
  });

  it('is read without its trace: the steps are inputs, each named', async () => {
    const path = damaged('no-trace', (to) => rmSync(join(to, 'trace.txt')));
    const found = await messages(path);
    expect(found.slice(0, 2)).toEqual([
      'trace.txt:0: is missing in the recording',
      'trace.txt:0: step 1 of info.json (offline) has no tracing_mark_write',
    ]);
    expect(found).toHaveLength(6);
    const { trace } = await readTrace(path);
    expect(inputs(trace).slice(0, 2)).toEqual([
      'offline B 0x178000', 'offline E 0x178000 -22 ret_from=info.json']);
  });

  it('is refused when info.json is no JSON', async () => {
    const path = damaged('bad-info', (to) => writeFileSync(join(to, 'info.json'), '{"name": '));
    await expect(readTrace(path)).rejects
      .toThrow(`${join(path, 'info.json')}:1: the end of the file stands here, expected a value`);
  });

  it('names a cut line, a wrong number and a line that is no event', async () => {
    const path = damaged('bad-lines', (to) => {
      const file = join(to, 'trace.txt');
      const text = readFileSync(file, 'utf8')
        .replace('pfn=0x178000 nr_pages=32768', 'pfn=0x17q000 nr_pages=32768')
        .replace('step 2: add-dimm', 'step 2: add-dimm')
        .concat('              sh-94      [000] .....    11.90\n');
      writeFileSync(file, text);
    });
    expect(await messages(path)).toEqual([
      'trace.txt:15: pfn is "0x17q000", expected a decimal or 0x-hex number',
      'trace.txt:65: not an event: "              sh-94      [000] .....    11.90", '
        + 'expected TASK-PID [CPU] TIME: EVENT: ...; the line was left out',
    ]);
  });

  it('has empty cells where the recording says nothing', async () => {
    const trace = await read('boot-4000M-q35');
    const at = rows(trace, () => true).findIndex(({ event }) => event === 'boot_param');
    expect([trace.cpu(at), trace.nid(at), trace.pfn(at), trace.task(at)])
      .toEqual([NONE, NONE, NaN, '']);
  });
});
