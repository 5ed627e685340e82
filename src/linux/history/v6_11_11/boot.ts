import type { Difference } from '../../base/difference.js';

/** Against v6.12: a node spans what its zones do. */
export const boot: Difference = {
  config: { node_spanned: 'zones' },
};
