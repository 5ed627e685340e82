/** Recordings of machines whose clock stands still for a while, as it does in an emulated guest. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import { verify } from '../../src/verify/verify.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-clock-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The clock stands still for so long when a node's zoneinfo has been printed, in us. */
const STANDS = 1000;

/** Lines of a trace with such a clock; how many have another time than before. */
function standing(lines: string[]): { readonly lines: string[]; readonly changed: number } {
  let since = -Infinity;
  let changed = 0;
  const result = lines.map((line) => {
    const [, before = '', s = '', us = '', after = ''] =
      /^(.*?) (\d+)\.(\d{6})(: .*)$/.exec(line) ?? [];
    const time = Number(s) * 1e6 + Number(us);
    if (after.includes('zoneinfo_show:')) since = time;
    if (s === '' || time <= since || time > since + STANDS) return line;
    changed += 1;
    const us6 = `${since % 1e6}`.padStart(6, '0');
    return `${before} ${Math.floor(since / 1e6)}.${us6}${after}`;
  });
  return { lines: result, changed };
}

it('are imported in the order of their events', async () => {
  const recording = `${packageRoot()}traces/recordings/kernel-zone-6.12`;
  cpSync(recording, folder, { recursive: true });
  const packed = join(folder, 'trace.txt.gz');
  const { lines, changed } =
    standing(gunzipSync(readFileSync(packed)).toString().split('\n'));
  expect(changed).toBeGreaterThan(100);
  rmSync(packed);
  writeFileSync(join(folder, 'trace.txt'), lines.join('\n'));
  const { trace } = await readTrace(folder);
  const version = versionOfHeader(trace.header);
  const { facts, disagree } = verify(trace, { version, series: [], name: 'standing' });
  expect(disagree).toEqual([]);
  const whole = verify((await readTrace(recording)).trace, { version, series: [], name: '' });
  expect(facts).toBe(whole.facts);
});
