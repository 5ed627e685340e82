import { onState } from '../invariant.js';

export default onState(
  'I6',
  'struct page set up twice',
  'A struct page that was initialised for memory is not initialised again.',
  function* (k) {
    const { pages_reinitialised } = k.state.costs;
    if (pages_reinitialised > 0) yield `${pages_reinitialised} pages were initialised again`;
  },
);
