/**
 * One measurement in a process of its own; prints one JSON line. Words: `idle GIB NODES`, `replay
 * TRACE`, `checked TRACE`.
 */
import type { Machine } from '../linux/base/machine.js';
import { Pages } from '../linux/mm/pages/pages.js';
import { compose } from '../patch/compose.js';
import { PageLevel } from '../replay/pages/page_level.js';
import { replay } from '../replay/replay.js';
import { versionOfHeader } from '../replay/version.js';
import { readTrace } from '../trace/read.js';

const GiB = 2 ** 30;

/** Megabytes that JavaScript objects and arrays take. */
function megabytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

/** A machine whose memory is spread evenly over its nodes, the first GiB with a hole below. */
function bigMachine(gib: number, nodes: number): Machine {
  const size = (gib / nodes) * GiB;
  const starts = Array.from({ length: nodes }, (_none, nid) => nid * size);
  return {
    e820: [{ start: 0, end: 0x9f000, type: 'usable' },
      { start: 0x100000, end: 2 * GiB, type: 'usable' },
      { start: 4 * GiB, end: gib * GiB, type: 'usable' }],
    srat: starts.map((start, nid) => ({ nid, start, end: start + size, hotplug: false })),
    cpus: Array.from({ length: 8 * nodes }, (_none, cpu) => Math.floor(cpu / 8)),
    distance: [], cmdline: '', reserved: [], pages_per_section: 32768, pages_per_block: 524288,
    kconfig: {}, managed_at_boot: [], freed_after_wmarks: 0,
  };
}

function idle([gib = '1024', nodes = '8']: readonly string[]): object {
  const before = megabytes();
  const k = compose('v6.12', [], bigMachine(Number(gib), Number(nodes)));
  k.start_kernel();
  const pages = new Pages(k);
  k.state.pages = pages;
  for (const pgdat of k.state.nodes) {
    for (const zone of pgdat.node_zones) if (zone.managed_pages > 0) pages.zonePages(zone);
  }
  const after = megabytes();
  const managed = k.state.nodes.flatMap((pgdat) => pgdat.node_zones)
    .reduce((sum, zone) => sum + zone.managed_pages, 0);
  return { megabytes: after - before, gib: (managed * 4096) / GiB };
}

/** Replays a trace again and again in one process; the first times warm up. */
async function replayOnce([path = '']: readonly string[]): Promise<object> {
  const { trace } = await readTrace(path);
  const version = versionOfHeader(trace.header);
  const seconds: number[] = [];
  for (let run = 0; run < 40; run += 1) {
    const begin = process.cpuUsage();
    replay(trace, { version, series: [] });
    const { user, system } = process.cpuUsage(begin);
    seconds.push((user + system) / 1e6);
  }
  const warm = seconds.slice(20).sort((a, b) => a - b);
  return { rows: trace.length, seconds: warm[warm.length >>> 1], megabytes: megabytes() };
}

/** A replay with all invariants of pages after every event, times the one without, in turns. */
async function checkedOnce([path = '']: readonly string[]): Promise<object> {
  const { trace } = await readTrace(path);
  const version = versionOfHeader(trace.header);
  const seconds = (pageLevel: PageLevel | undefined): number => {
    const begin = process.cpuUsage();
    replay(trace, { version, series: [], ...(pageLevel === undefined ? {} : { pageLevel }) });
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / 1e6;
  };
  const ratios: number[] = [];
  for (let run = 0; run < 30; run += 1) {
    const plain = seconds(undefined);
    const level = PageLevel.of(trace, [])?.checkInvariants();
    const checked = seconds(level);
    if (level?.violated !== undefined) throw new Error(level.violated.text);
    if (run >= 10) ratios.push(checked / plain);
  }
  ratios.sort((a, b) => a - b);
  return { ratio: ratios[ratios.length >>> 1] };
}

const [what, ...words] = process.argv.slice(2);
const result = what === 'checked' ? await checkedOnce(words)
  : what === 'idle' ? idle(words) : await replayOnce(words);
process.stdout.write(`${JSON.stringify(result)}\n`);
