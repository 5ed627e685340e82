/** Boots the machine of every recording: the log, spans and managed pages must be the recorded. */
import { readdirSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseWords } from '../../src/base/words.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { parseSeries } from '../../src/patch/series.js';
import { compose } from '../../src/patch/compose.js';
import { machineOf } from '../../src/replay/machine.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import type { Trace } from '../../src/trace/trace.js';
import { printkKind, printkText } from '../../src/verify/printk_kinds.js';

const folder = process.env['MMREPLAY_RECORDINGS'] ??
  fileURLToPath(new URL('../../traces/recordings', import.meta.url));
const recordings = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'dmesg.txt')) ||
    existsSync(join(folder, name, 'trace.csv')))
  : [];

/** What the recorded kernel had changed, where that shows at boot. */
const changed: Readonly<Record<string, string>> = {
  'zonelist-withheld-all': 'zonelists/all_zones',
  'hole-node0-zone0-q35-4000M': 'memmap_holes/node0_zone0',
  'hole-merged-q35-4000M': 'memmap_holes/merged',
};

/** Lines that boot prints, as far as the model prints such lines. */
function bootLines(lines: Iterable<string>): string[] {
  return [...lines].map(printkText).filter((text) => printkKind(text) !== undefined);
}

/** Of a log without times, which stands behind the steps, as many lines as the boot has. */
function recordedLog(trace: Trace, count: number): string[] {
  const rows = Array.from({ length: trace.length }, (_, row) => row);
  const step = rows.findIndex((row) => trace.event(row) === 'tracing_mark_write');
  const linesOf = (some: readonly number[]): string[] =>
    bootLines(some.map((row) => trace.args(row)));
  const printed = rows.filter((row) => trace.event(row) === 'printk');
  const before = printed.filter((row) => step < 0 || row < step);
  return before.length > 0 ? linesOf(before) : linesOf(printed).slice(0, count);
}

/** Struct pages of holes that were asked for before memory was added, as far as boot makes them. */
function recordedHoles(trace: Trace, k: Kernel): { recorded: string[]; modelled: string[] } {
  const recorded: string[] = [];
  const modelled: string[] = [];
  for (let row = 0; row < trace.length; row += 1) {
    if (trace.event(row) === 'add_memory') break;
    if (trace.event(row) !== 'page') continue;
    const pfn = trace.pfn(row);
    const content = k.state.memmap.get(pfn);
    if (content?.kind !== 'init' || !content.hole) continue;
    const args = parseWords(trace.args(row));
    const zone = k.page_zone(pfn);
    const bit = (value: boolean): string => (value ? '1' : '0');
    recorded.push(`${pfn}: ${trace.nid(row)}/${trace.zone(row)} reserved ${args.get('reserved')} ` +
      `spans ${args.get('spans')} online ${args.get('online')}`);
    modelled.push(`${pfn}: ${content.nid}/${content.zone} reserved ${bit(content.reserved)} ` +
      `spans ${bit(zone !== undefined && k.zone_spans_pfn(zone, pfn))} ` +
      `online ${bit(k.pfn_to_online_page(pfn))}`);
  }
  return { recorded, modelled };
}

/** `nid/zone word value` of the zones in the first snapshot. */
function recordedZones(trace: Trace, words: readonly string[]): string[] {
  const found: string[] = [];
  for (let row = 0; row < trace.length; row += 1) {
    if (trace.event(row) === 'tracing_mark_write') break;
    if (trace.event(row) !== 'zoneinfo') continue;
    const args = parseWords(trace.args(row));
    for (const word of words) {
      const value = args.get(word);
      if (value !== undefined) {
        found.push(`${trace.nid(row)}/${trace.zone(row)} ${word} ${Number(value)}`);
      }
    }
  }
  return found;
}

function modelledZones(k: Kernel, recorded: readonly string[]): string[] {
  return recorded.map((fact) => {
    const [, nid, index, word] = /^(\d+)\/(\d+) (\w+) /.exec(fact) ?? [];
    const zone = k.state.nodes[Number(nid)]?.node_zones[Number(index)];
    const value = {
      spanned: zone?.spanned_pages, present: zone?.present_pages, managed: zone?.managed_pages,
      start_pfn: zone?.zone_start_pfn, min: zone?.watermark.min, low: zone?.watermark.low,
      high: zone?.watermark.high,
    }[word ?? ''];
    return `${nid}/${index} ${word} ${value}`;
  });
}

describe.each(recordings)('boot of %s', (name) => {
  let trace: Trace;
  let k: Kernel;
  beforeAll(async () => {
    trace = (await readTrace(join(folder, name))).trace;
    const policy = changed[name];
    const { patches: series } = await parseSeries(policy ?? 'base');
    k = compose(versionOfHeader(trace.header), series, machineOf(trace));
    k.start_kernel();
  });

  test('prints the recorded lines', () => {
    const lines = bootLines(k.state.log.map((line) => line.text));
    expect(lines).toEqual(recordedLog(trace, lines.length));
  });

  test('joins the ranges of nodes as recorded', ({ skip }) => {
    const file = join(folder, name, 'dmesg.txt');
    if (!existsSync(file)) skip('the log was not kept');
    const joined = /NUMA: Node \d+ \[mem .*/g;
    expect(k.state.log.flatMap(({ text }) => text.match(joined) ?? []))
      .toEqual(readFileSync(file, 'utf8').match(joined) ?? []);
  });

  test('gives the zones their recorded spans and pages', () => {
    const recorded = recordedZones(trace, [
      'spanned', 'present', 'managed', 'start_pfn', 'min', 'low', 'high']);
    expect(recorded.length).toBeGreaterThan(0);
    expect(modelledZones(k, recorded)).toEqual(recorded);
  });

  test.runIf(name.startsWith('hole-'))('links the pages of holes as recorded', () => {
    const { recorded, modelled } = recordedHoles(trace, k);
    expect(recorded.length).toBeGreaterThan(5);
    expect(modelled).toEqual(recorded);
  });

  test('runs into no fault', () => {
    expect(k.state.faults).toEqual([]);
  });
});
