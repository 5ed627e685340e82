import type { Difference } from '../../difference.js';

/** Against v6.12: a node spans what its zones do. */
export const boot: Difference = {
  config: { node_spanned: 'zones' },
};
