/** Boots the machine of every recording: the log, spans and managed pages must be the recorded. */
import { readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseWords } from '../../src/base/words.js';
import type { Kernel } from '../../src/mm/kernel.js';
import { compose } from '../../src/patch/compose.js';
import { machineOf } from '../../src/replay/machine.js';
import { versionOf } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import type { Trace } from '../../src/trace/trace.js';
import { printkKind, printkText } from '../../src/verify/printk_kinds.js';

const folder = process.env['MMREPLAY_RECORDINGS'] ??
  fileURLToPath(new URL('../../traces/recordings', import.meta.url));
const recordings = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'dmesg.txt')) ||
    existsSync(join(folder, name, 'trace.csv')))
  : [];

/** Lines that boot prints, as far as the model prints such lines. */
function bootLines(lines: Iterable<string>): string[] {
  return [...lines].map(printkText).filter((text) => printkKind(text) !== undefined);
}

function recordedLog(trace: Trace): string[] {
  const lines: string[] = [];
  for (let row = 0; row < trace.length; row += 1) {
    if (trace.event(row) === 'tracing_mark_write') break;
    if (trace.event(row) === 'printk') lines.push(trace.args(row));
  }
  return bootLines(lines);
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
    k = compose(versionOf(trace.header.kernel), [], machineOf(trace));
    k.start_kernel();
  });

  test('prints the recorded lines', () => {
    expect(bootLines(k.state.log.map((line) => line.text))).toEqual(recordedLog(trace));
  });

  test('gives the zones their recorded spans and pages', () => {
    const recorded = recordedZones(trace, [
      'spanned', 'present', 'managed', 'start_pfn', 'min', 'low', 'high']);
    expect(recorded.length).toBeGreaterThan(0);
    expect(modelledZones(k, recorded)).toEqual(recorded);
  });

  test('runs into no fault', () => {
    expect(k.state.faults).toEqual([]);
  });
});
