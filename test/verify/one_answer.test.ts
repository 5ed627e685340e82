/**
 * The same trace and the same policy get one answer: what `verify`, the run `recorded` of `run`,
 * `--between` and the begin of `explore` count are the same facts, over all recordings: those of a
 * kernel of our own, on which policies part, with the policies that such kernels had, others with
 * base.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { parseSeries } from '../../src/patch/series.js';
import { evaluate, evaluateBetween } from '../../src/pipeline.js';
import { readTrace } from '../../src/trace/read.js';
import { verify } from '../../src/verify/verify.js';
import { mmreplay } from '../cli/command.js';

const recordings = join(packageRoot(), 'traces/recordings');
const names = readdirSync(recordings, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(recordings, entry.name, 'trace.txt'))
    || existsSync(join(recordings, entry.name, 'trace.txt.gz')))
  .map(({ name }) => name).sort();

const job = (name: string, series: readonly string[] = []) => ({
  path: join(recordings, name), series, base: undefined, config: {}, tool: 'test',
});

/** Of the race there are recordings of kernels with these; the others take minutes. */
const designs = ['disable', 'redrain', 'drain_once', 'drain_each_pass']
  .map((name) => `offline_pcp/${name}`);

describe('run counts what verify counts', () => {
  test.each(names)('%s', { timeout: 600_000 }, async (name) => {
    const { trace } = await readTrace(join(recordings, name));
    const asked = !trace.header.kernel.includes('-lab') ? ['base']
      : name.startsWith('pcp-race') ? designs : [];
    const { runs, agreement, trace: { base: version } } = await evaluate(job(name, asked));
    expect(agreement).toHaveLength(runs.length - 1);
    for (const { run, verdicts, causes } of agreement) {
      const id = runs[run]?.name ?? '';
      const { patches } = await parseSeries(id);
      const alone = verify(trace, { version, series: patches, name });
      expect({ id, verdicts, causes })
        .toEqual({ id, verdicts: alone.verdicts, causes: alone.afterCorrection });
    }
  });
});

test('--between counts it for each model of each trace', async () => {
  const pair = ['pcp-race-redrain', 'pcp-race-disable'] as const;
  const series = ['offline_pcp/redrain', 'offline_pcp/disable'];
  const { sides } = await evaluateBetween(pair.map((name) => job(name, series)));
  for (const name of pair) {
    const { agreement } = await evaluate(job(name, series));
    const mine = sides.filter(({ trace, kind }) =>
      kind === 'model' && trace === join(recordings, name));
    expect(mine.map(({ verdicts }) => verdicts)).toEqual(agreement.map((one) => one.verdicts));
  }
});

describe('explore says how its begin agrees, and whose course the recording is', () => {
  const words = (policy: string) =>
    ['explore', 'traces/recordings/pcp-race-redrain', '-p', policy, '--limit', '1'];

  test.each([['offline_pcp/redrain', 0], ['offline_pcp/disable', 1]] as const)(
    '%s', async (policy, wrong) => {
      const { stdout } = mmreplay(words(policy));
      const { agreement } = await evaluate(job('pcp-race-redrain', [policy]));
      const { verdicts, first } = agreement.at(-1) ?? { verdicts: undefined, first: undefined };
      expect(stdout).toContain(`recorded facts of the whole trace: ${verdicts?.agrees} agree, ` +
        `${verdicts?.agrees_after_correction} agree after a correction, ` +
        `${verdicts?.disagrees} disagree`);
      expect(stdout).toMatch(/recorded facts before it: \d+ agree, .* 0 disagree/);
      expect(stdout.includes('the recorded kernel did otherwise')).toBe(wrong === 1);
      expect(first === undefined).toBe(wrong === 0);
    });

  test('a claim is not broken by the pace of another kernel', async () => {
    const { claims, runs } = await evaluate(job('pcp-race-redrain', ['offline_pcp/disable']));
    expect(claims.filter(({ result }) => result === 'broken')).toEqual([]);
    expect(runs.at(-1)?.name).toBe('offline_pcp/disable');
  });
});
