/** Patches of the lists as policies of ours: what the verdict says of each on a trace by hand. */
import type { Patch } from '../../src/patch/define.js';
import { loadInvariants } from '../../src/observe/invariant.js';
import { ABSENT } from '../../src/observe/observation.js';
import { loadProbes } from '../../src/observe/probe.js';
import { Recorder } from '../../src/replay/recorder.js';
import { replay } from '../../src/replay/replay.js';
import type { Trace } from '../../src/trace/trace.js';

/** Everything that was seen of one policy (none: the base) on a trace. */
export async function seenOf(trace: Trace, version: string, patch?: Patch) {
  const instruments = { probes: await loadProbes(), invariants: await loadInvariants() };
  const recorder = new Recorder(trace, instruments, []);
  replay(trace, {
    version, series: patch === undefined ? [] : [patch], observers: [recorder],
  });
  const { list } = recorder.log;
  const broken = list.filter(({ kind, value }) => kind === 'invariant' && value !== ABSENT)
    .map(({ subject }) => subject.replace(/^invariant /, ''));
  return {
    list,
    broken: [...new Set(broken)].sort(),
    results: list.filter(({ kind, value }) => kind === 'result' && value !== ABSENT)
      .map(({ value }) => String(value)),
    faults: list.filter(({ kind, value }) => kind === 'fault' && value !== ABSENT)
      .map(({ subject }) => subject),
    state: (subject: string) => recorder.log.valueOf('state', subject),
  };
}

/** What every policy of these tests has. */
export const plain = { subject: '', author: '', link: '', doc: 'of a test', claims: [] } as const;
