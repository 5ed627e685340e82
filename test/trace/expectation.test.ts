/** Expectations of a trace or scenario: what can be said, and what is said of a mistake. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadProbes } from '../../src/observe/probe.js';
import { evaluate, type Job } from '../../src/pipeline.js';
import { Recorder } from '../../src/replay/recorder.js';
import { replay } from '../../src/replay/replay.js';
import { expectationOfLine, parseCondition } from '../../src/trace/expectation.js';
import { observedAs } from '../../src/trace/observed.js';
import { readTrace } from '../../src/trace/read.js';
import { parseScenario } from '../../src/trace/scenario/scenario.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-expectation-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a comparison', () => {
  it.each([
    'node * DMA32.min >= before when online, online_movable', 'result == 0', 'result == -16',
    'huge pages.surplus <= huge pages.total', 'node states.has_memory lacks 1',
    'memory32.nodes == \'0\'', 'zonelist * fallback contains \'0:Normal\'',
    'node 0 Normal.free <= node 0 Normal.managed', 'min_free_kbytes >= before - 100',
    'node * Normal.low > node * Normal.min', 'contiguous zones == before contiguous zones',
  ])('%s', (holds) => {
    expect(parseCondition(holds)).toHaveProperty('condition');
  });

  it.each([
    ['min_free_kbyte >= before', 'did you mean min_free_kbytes?'],
    ['node 0 Normal.mangaed > 0', 'did you mean managed?'],
    ['node 0 Norml.min > 0', 'nothing sees "node 0 Norml"'],
    ['min_free_kbytes', 'is no comparison'], ['result = 0', 'is no comparison'],
    ['result == -EBUSY', 'expected the number of the errno'],
    ['result == 0 when onlin', 'did you mean online'],
    ['result == 0 when zoneinfo', 'is no input'],
    ['min_free_kbytes >= mni_free_kbytes', 'nothing sees "mni_free_kbytes"'],
    ['k.state.x = 1; process.exit() == 0', 'nothing sees'],
    ['result.ret == 0', 'has no words'],
  ])('%s is refused', (holds, message) => {
    const parsed = parseCondition(holds);
    expect('problem' in parsed ? parsed.problem : 'read').toContain(message);
  });
});

it('everything that probes see of a state can be spoken of', async () => {
  const seen = new Set<string>();
  for (const name of ['zonelists-S3-new-node', 'offline_pcp-S13-huge-pages']) {
    const { trace } = await readTrace(join('traces', name, 'trace.csv'));
    const recorder = new Recorder(trace, { probes: await loadProbes(), invariants: [] }, []);
    replay(trace, { version: 'v6.12', series: [], observers: [recorder] });
    for (const { kind, subject, value } of recorder.log.list) {
      if (['fault', 'log', 'invariant'].includes(kind) || subject === 'waited') continue;
      const words = kind === 'state' ? [...String(value).matchAll(/(\w+)=/g)].map(([, key]) => key)
        : [];
      for (const word of words.length === 0 ? [''] : words) seen.add(`${subject}|${word}`);
    }
  }
  const unknown = [...seen].filter((one) => {
    const [subject = '', word = ''] = one.split('|');
    const words = observedAs(subject)?.words;
    return words === undefined || (word !== '' && !words.includes(word));
  });
  expect(unknown).toEqual([]);
});

/**
 *      node 0: 3 GiB, then a DIMM of 1 GiB; khugepaged has raised min_free_kbytes
 */
const scenario = `name: one
note: a hot-add
kernel: v5.8
machine: {type: q35, memory: 3072M, nodes: [{memory: 3072M, cpus: 0-1}, {}]}
cmdline: memhp_default_state=offline transparent_hugepage=always
config: {TRANSPARENT_HUGEPAGE: y}
steps:
  - {action: add-dimm, id: a, size_mb: 256, node: 0}
  - {action: online, dimm: a}
expects:
`;
const lines = [
  ['min_free', 'It does not fall.', 'min_free_kbytes >= before when online'],
  ['surplus', 'No more surplus than total.', 'huge pages.surplus <= huge pages.total'],
  ['present', 'It does not shrink.', 'node * Normal.present >= before'],
  ['managed', 'All is managed.', 'node * Normal.managed == node * Normal.present'],
] as const;
const yaml = scenario + lines.map(([name, text, holds]) =>
  `  - {name: ${name}, text: ${text}, holds: ${holds}}\n`).join('');

async function claimsOf(path: string): Promise<readonly string[]> {
  const job: Job = { path, series: ['base'], base: undefined, config: {}, tool: 'test' };
  const { claims } = await evaluate(job);
  return claims.map(({ patch, holds, result }) => `${patch} ${holds}: ${result}`);
}

describe('what a trace expects of every run', () => {
  // Expect: the fall of min_free_kbytes is told; of huge pages there were none to speak of.
  it('is held, broken or not exercised, from YAML and from CSV', async () => {
    const results = ['trace min_free: broken', 'trace surplus: not exercised',
      'trace present: held', 'trace managed: held'];
    const path = join(folder, 'one.yaml');
    writeFileSync(path, yaml);
    expect(await claimsOf(path)).toEqual(results);
    const { trace } = await readTrace(path);
    expect(trace.header.expects?.map(({ name, text, holds }) => [name, text, holds]))
      .toEqual(lines);
  });

  it('is a line of a CSV trace; a mistake there has its line', async () => {
    const path = join(folder, 'one.csv');
    writeFileSync(path, `# hotplug-trace 1
# kernel 6.12.0
# expect ok result == 0; All succeed.
# expect bad rsult == 0; All succeed.
time_ns,event,args
0,e820,start=0x0 end=0x40000000 type=usable
1,write_parameter,file=/proc/sys/vm/min_free_kbytes value=8192
`);
    const { trace, problems } = await readTrace(path);
    expect(trace.header.expects?.map(({ name }) => name)).toEqual(['ok']);
    expect(problems.map(({ position, message }) => `${position.line} ${message}`))
      .toEqual([expect.stringMatching(/^4 the expectation bad: .*did you mean result\?/)]);
  });

  it.each([
    ['{name: Z1, text: t, holds: result == 0}', 'a word of small letters'],
    ['{name: a, text: t, hold: result == 0}', 'did you mean holds'],
    ['{name: a, text: t, holds: reslt == 0}', 'did you mean result'],
  ])('%s is refused with its line', (one, message) => {
    expect(() => parseScenario('f', `${scenario}  - ${one}\n`))
      .toThrow(new RegExp(`^f:11: .*${message}`, 's'));
  });

  it('a line of the header without a comparison is no expectation', () => {
    expect(expectationOfLine('only')).toEqual({ name: 'only', holds: '', text: '' });
  });
});
