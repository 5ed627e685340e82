/**
 * The same trace and the same policy get one answer: what `run`, `verify`, `--between` and the
 * begin of `explore` count are the same facts.
 *
 *   each recording, read once x designs of its question
 *     run, --between   one replay with all probes and invariants beside the facts
 *     verify           one replay for the facts alone
 *
 * The recordings of the race, on which designs part most, have all designs, but for the long ones;
 * the others have one, so that all of them get their turn: MMREPLAY_PAIRS=all has all pairs.
 * --between and explore, which make the same replays, have one design each.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { recordedFacts } from '../../src/cli/explore.js';
import { watchedPages } from '../../src/compare/recorded.js';
import { windowFor } from '../../src/explore/explore.js';
import type { HeldFacts } from '../../src/observe/facts/fact.js';
import { loadInvariants } from '../../src/observe/invariant.js';
import { loadProbes } from '../../src/observe/probe.js';
import { questions, variantsOf } from '../../src/patch/catalogue.js';
import { checkSeries } from '../../src/patch/conflicts.js';
import { defaultSeries } from '../../src/patch/default_series.js';
import { parseSeries, type Series } from '../../src/patch/series.js';
import { evaluate, evaluateBetween, heldRun } from '../../src/pipeline.js';
import { pageRowsOf } from '../../src/replay/pages/events.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import type { Trace } from '../../src/trace/trace.js';
import { verify } from '../../src/verify/verify.js';

const recordings = join(packageRoot(), 'traces/recordings');
const names = readdirSync(recordings, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && ['trace.txt', 'trace.txt.gz'].some(
    (file) => existsSync(join(recordings, entry.name, file))))
  .map(({ name }) => name).sort();
const instruments = { probes: await loadProbes(), invariants: await loadInvariants() };

const job = (name: string, series: readonly string[] = []) => ({
  path: join(recordings, name), series, base: undefined, config: {}, tool: 'test',
});

/** Two of the race, in which a call goes on for seconds, take as long as all others together. */
const long: ReadonlySet<string> = new Set(['pcp-race-in-use', 'pcp-race-twice']);
const isRace = (name: string): boolean => name.startsWith('pcp-race') && !long.has(name);
const isWhole = (name: string): boolean =>
  isRace(name) || process.env['MMREPLAY_PAIRS'] === 'all';
/** Designs that some recording was held against. */
const seen = new Set<string>();

/** The base, and the designs that this recording is to be held against. */
async function designsFor(trace: Trace, name: string, version: string): Promise<Series[]> {
  const ids = await defaultSeries({ ...trace.header, pageLevel: pageRowsOf(trace).has }, name);
  const next = ids.find((id) => !seen.has(id)) ?? ids[names.indexOf(name) % ids.length] ?? '';
  const mine = isWhole(name) ? ids : [next];
  const all = await Promise.all(['base', ...mine].map(parseSeries));
  return all.filter(({ patches }) => {
    try {
      checkSeries(version, patches);
      return true;
    } catch {
      return false;
    }
  });
}

/** Everything that an answer is made of. */
function answerOf(held: HeldFacts | undefined): Partial<HeldFacts> {
  expect(held).toBeDefined();
  const { facts, verdicts, afterCorrection, disagree } = held as HeldFacts;
  return { facts, verdicts, afterCorrection, disagree };
}

describe('run and verify', () => {
  test.each(names)('%s', { timeout: 600_000 }, async (name) => {
    const { trace } = await readTrace(join(recordings, name));
    const version = versionOfHeader(trace.header);
    const watched = watchedPages(trace);
    for (const { id, patches: series } of await designsFor(trace, name, version)) {
      const run = heldRun(trace, { name, version, series, instruments, watched });
      const alone = verify(trace, { name, version, series });
      seen.add(id);
      expect({ id, ...answerOf(run.held) }).toEqual({ id, ...answerOf(alone) });
    }
  });
});

/** Every sixteenth recording, and those of the race. */
const some = names.filter((name, index) =>
  (index % 16 === 0 && !long.has(name)) || isRace(name));

describe('a whole run, --between and explore', () => {
  test.each(some)('%s', { timeout: 600_000 }, async (name) => {
    const { trace } = await readTrace(join(recordings, name));
    const version = versionOfHeader(trace.header);
    const designs = await designsFor(trace, name, version);
    const { id, patches: series } = designs[1 + names.indexOf(name) % (designs.length - 1)] ??
      designs[0] as Series;
    const alone = verify(trace, { name, version, series });
    const { agreement } = await evaluate(job(name, [id]));
    expect(agreement.at(-1)).toMatchObject(
      { verdicts: alone.verdicts, causes: alone.afterCorrection });
    const other = names[(names.indexOf(name) + 1) % names.length] ?? '';
    const { sides } = await evaluateBetween([job(name, [id]), job(other)]);
    expect(sides.filter((side) => side.kind === 'model' && side.trace === join(recordings, name))
      .map(({ verdicts }) => verdicts).at(-1)).toEqual(alone.verdicts);
    if (!name.startsWith('pcp-race')) return;
    const told = recordedFacts(trace, windowFor(trace), { id, version, series });
    expect(told?.whole).toEqual(alone.verdicts);
    expect(told?.first !== undefined).toBe(alone.disagree.length > 0);
  });

  test.each([['offline_pcp/redrain', false], ['offline_pcp/disable', true]] as const)(
    'explore says that %s is, or is not, what was recorded', async (id, other) => {
      const { trace } = await readTrace(join(recordings, 'pcp-race-redrain'));
      const [version, { patches: series }] = [versionOfHeader(trace.header), await parseSeries(id)];
      const told = recordedFacts(trace, windowFor(trace), { id, version, series });
      expect(told?.before.agrees).toBeGreaterThan(0);
      expect(told?.before.disagrees).toBe(0);
      expect(told?.first !== undefined).toBe(other);
    });

  test('a claim is not broken by the pace of another kernel', async () => {
    const { claims, runs } = await evaluate(job('pcp-race-redrain', ['offline_pcp/disable']));
    expect(claims.filter(({ result }) => result === 'broken')).toEqual([]);
    expect(runs.at(-1)?.name).toBe('offline_pcp/disable');
  });
});

test('every design of every question gets its turn', () => {
  const all = questions().flatMap(variantsOf);
  expect(all.filter((id) => !seen.has(id))).toEqual([]);
});
