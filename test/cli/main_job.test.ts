/** The main job of the README: `npm start` replays the shipped traces over all their policies. */
import { describe, expect, it } from 'vitest';
import { mmreplay } from './command.js';

describe('all shipped traces', () => {
  // Reading `removable` for a snapshot made this kernel warn: no input of a trace does that.
  const warnedByReader = ['boot-4000M-q35-4.18'];

  it('come to an end, and a run agrees with each recording', { timeout: 400_000 }, () => {
    const { status, stdout, stderr } = mmreplay(['run', 'traces', '--format', 'json']);
    expect(stderr).toBe('');
    expect(status).toBe(1);
    const { comparisons } = JSON.parse(stdout) as {
      comparisons: readonly {
        trace: { name: string }; agreement: readonly { agree: number; facts: number }[];
      }[];
    };
    expect(comparisons.length).toBeGreaterThan(120);
    const recorded = comparisons.filter(({ agreement }) => agreement.length > 0);
    expect(recorded.length).toBeGreaterThan(60);
    const unlike = recorded
      .filter(({ agreement }) => !agreement.some((one) => one.agree === one.facts));
    expect(unlike.map(({ trace }) => trace.name)).toEqual(warnedByReader);
  });
});
