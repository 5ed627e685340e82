import { onState } from '../invariant.js';

export default onState(
  'I14',
  'memmap freed in part',
  'The memmap of a section of boot memory goes with its last page, never in part.',
  function* (k) {
    for (const section of k.state.memmap_torn) {
      yield `section ${section} lost a part of its memmap while the rest is in use`;
    }
  },
);
