/**
 * The main job of the README, as one machine of twelve would do its part: `npm start` replays all
 * shipped traces, and .ci/run does that; one_answer.test.ts holds each recording to its policies.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mmreplay } from './command.js';

describe('a twelfth of the shipped traces', () => {
  it('come to an end, and a run agrees with each recording', { timeout: 400_000 }, () => {
    const { status, stdout, stderr } = mmreplay(
      ['run', 'traces', '-q', '--format', 'json', '--shard', '1/12']);
    expect(stderr).toBe('');
    expect(status).toBe(1);
    const { comparisons } = JSON.parse(stdout) as {
      comparisons: readonly {
        trace: { name: string }; agreement: readonly { verdicts: { disagrees: number } }[];
      }[];
    };
    expect(comparisons.length).toBeGreaterThan(10);
    // Rows of calls in a trace written by hand set a pace; they are no list of all calls.
    const recordings = new Set(readdirSync('traces/recordings'));
    const recorded = comparisons.filter(({ trace, agreement }) =>
      agreement.length > 0 && recordings.has(trace.name));
    expect(recorded.length).toBeGreaterThan(3);
    const unlike = recorded
      .filter(({ agreement }) => !agreement.some((one) => one.verdicts.disagrees === 0))
      .map(({ trace }) => trace.name);
    expect(unlike).toEqual([]);
  });
});
