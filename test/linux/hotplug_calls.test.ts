/**
 * The kernel functions that recorded 6.1 kernels called, in their order and with their arguments,
 * against those of the model. fixtures/*.calls are the trace of a recording without times:
 * a line for each step, below it the probes that fired.
 */
import { describe, expect, it } from 'vitest';
import { Rig, recorded, recordings } from './recorded_rig.js';

describe('calls of a recorded 6.1 kernel', () => {
  it.each(recordings)('$what', ({ name, machine, series, before }) => {
    const rig = new Rig(series, machine);
    for (const [index, step] of recorded(name).entries()) {
      before?.(rig.k, index + 1);
      rig.run(step);
      expect([step.text, ...rig.calls]).toEqual([step.text, ...step.calls]);
    }
  });
});
