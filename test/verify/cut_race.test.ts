/** A race whose trace ends while the offline goes round its loop. */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { parseSeries } from '../../src/patch/series.js';
import { readTrace } from '../../src/trace/read.js';
import { verify } from '../../src/verify/verify.js';
import { cutRecording, removeCuts } from '../cut_recording.js';

afterAll(removeCuts);

const race = 'pcp-race-huge-page-7.3';
const lines = gunzipSync(
  readFileSync(join(packageRoot(), 'traces/recordings', race, 'trace.txt.gz')),
).toString().split('\n');

/** The recording up to this line of its trace, with the steps that were begun by then. */
function endingAt(line: string): string {
  const until = Number(/ (\d+\.\d+): /.exec(line)?.[1]);
  const path = cutRecording(race, { saidBy: 'tracer', keeps: ({ time }) => time <= until });
  const marks = lines.slice(0, lines.indexOf(line)).filter((one) => one.includes(': step '));
  const file = join(path, 'info.json');
  const info = JSON.parse(readFileSync(file, 'utf8')) as { steps: object[] };
  const steps = info.steps.slice(0, marks.length);
  writeFileSync(file, JSON.stringify({ ...info, steps }));
  for (const name of readdirSync(path)) {
    if (/^snapshot-(?!00)/.test(name)) rmSync(join(path, name));
  }
  return path;
}

/*
 *   isolate ── drain_all_pages ── test_pages_isolated ret=fail ─┤ the trace ends
 *                                                               └── drain_all_pages?
 * Expect: a kernel that drains after each failed test agrees with it: whether that drain was still
 * to come nobody knows. The one that drains before each test, too, does not.
 */
test('what came behind the last row of a cut trace nobody knows', async () => {
  const failed = lines.find((line) => / test_pages_isolated: .* ret=fail/.test(line)) ?? '';
  const { trace } = await readTrace(endingAt(failed), { config: {} });
  const differing = async (series: string): Promise<readonly string[]> => {
    const { patches } = await parseSeries(series);
    // The log goes on.
    return verify(trace, { version: 'v7.3', series: patches, name: 'cut' }).disagree
      .filter(({ subject }) => subject.kind === 'call')
      .map(({ recorded, modelled }) => `${recorded} / ${modelled}`);
  };
  expect(await differing('offline_pcp/redrain')).toEqual([]);
  expect(await differing('offline_pcp/disable')).toContain(
    'absent / __drain_all_pages force_all_cpus=1');
});
