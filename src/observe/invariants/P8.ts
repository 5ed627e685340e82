import { onState } from '../invariant.js';

export default onState(
  'P8',
  'offline without end',
  'A task that takes memory offline does not go round its retry loop for ever.',
  function* (k) {
    for (const { kind, fn, text } of k.state.faults) if (kind === 'hang') yield `${fn}: ${text}`;
  },
  'loop',
);
