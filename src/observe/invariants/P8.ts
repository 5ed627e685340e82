import { onState } from '../invariant.js';

export default onState(
  'P8',
  'A task that takes memory offline does not go round its retry loop for ever.',
  function* (k) {
    for (const fault of k.state.faults) if (fault.kind === 'hang') yield `${fault.fn}: ${fault.text}`;
  },
);
