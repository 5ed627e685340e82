import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyBoot } from '../../src/linux/base/boot_state.js';
import { distanceOf } from '../../src/linux/base/faked_nodes.js';
import { machineOf } from '../../src/replay/machine.js';
import { factText } from '../../src/observe/facts/fact_text.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import type { Trace } from '../../src/trace/trace.js';
import { verify } from '../../src/verify/verify.js';
import { inputsBySteps, withAnswersOf } from './scenario_against_recording.js';
import { scenarioOfRecording } from './scenario_of_recording.js';

const traces = fileURLToPath(new URL('../../traces/', import.meta.url));
const recordings = `${process.env['SCENARIO_RECORDINGS'] ?? `${traces}recordings`}/`;
const folder = mkdtempSync(join(tmpdir(), 'mmreplay-scenario-'));
afterAll(() => rmSync(folder, { recursive: true }));

function actions(scenario: string): string {
  const { steps } = JSON.parse(scenario) as { readonly steps: readonly { action: string }[] };
  return steps.map(({ action }) => action).join(' ');
}

/** The shipped scenario of the recording's name and steps, else what its info.json describes. */
function scenarioFile(name: string): string | undefined {
  const text = scenarioOfRecording(recordings + name);
  if (text === undefined) return undefined;
  const shipped = `${traces}scenarios/${name.replace(/^6[.\d]+-/, '')}.json`;
  if (existsSync(shipped) && actions(readFileSync(shipped, 'utf8')) === actions(text)) {
    return shipped;
  }
  writeFileSync(join(folder, `${name}.json`), text);
  return join(folder, `${name}.json`);
}

const pairs = readdirSync(recordings, { withFileTypes: true })
  // Its shell writes words that only the probes of the recording tell.
  .filter((entry) => entry.isDirectory() && entry.name !== 'words-unseen-6.1')
  .flatMap(({ name }) => {
    const file = scenarioFile(name);
    return file === undefined ? [] : [[name, file] as const];
  });

/** The machine as far as a scenario decides it. */
function decided(trace: Trace): object {
  const machine = machineOf(trace);
  const { e820, srat, cpus, pages_per_block, pages_per_section } = machine;
  const nids = [...new Set(srat.map(({ nid }) => nid))];
  const numa = { machine, state: { boot: emptyBoot() } };
  const distances = nids.flatMap((from) => nids.map((to) => distanceOf(numa, from, to)));
  return { e820, srat, cpus, distances, pages_per_block, pages_per_section };
}

/** Pages that boot code kept are not in a scenario: these follow from them. */
const followsFromManaged =
  / (managed|min|low|high|protection|pcp_(high|batch|high_min|high_max)|high_min|high_max)$/;
const withoutPages = (text: string): string => text.replace(/Total pages: \d+$/, '');

describe.each(pairs)('the scenario of %s', (name, file) => {
  it('makes the machine that the kernel saw, and the inputs that it got', async () => {
    const scenario = await readTrace(file);
    const { trace: recorded } = await readTrace(recordings + name);
    expect(scenario.problems).toEqual([]);
    expect(decided(scenario.trace)).toEqual(decided(recorded));
    // Under load a signal interrupted an offlining, which was tried again.
    if (name.endsWith('under-load')) return;
    expect(inputsBySteps(scenario.trace)).toEqual(inputsBySteps(recorded));
  });

  // Page-level events are not in a scenario, and without them offlining under load means nothing.
  it.skipIf(name.endsWith('under-load'))(
    'has the recorded results, calls and states on the model alone', async () => {
      const { trace: scenario } = await readTrace(file);
      const { trace: recorded } = await readTrace(recordings + name);
      const { facts, disagree } = verify(withAnswersOf(recorded, scenario), {
        version: versionOfHeader(recorded.header), series: [], name,
      });
      expect(facts).toBeGreaterThan(200);
      expect(disagree.filter((one) => !followsFromManaged.test(factText(one))
        && withoutPages(`${one.recorded}`) !== withoutPages(`${one.modelled}`))).toEqual([]);
    });
});
