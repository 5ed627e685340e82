import type { Difference } from '../../base/difference.js';

/**
 * Against v5.18: a full list gives back of all in turn (up to fd56eef258a1), whatever was freed (up
 * to f26b3fa04611).
 */
export const pages: Difference = {
  config: { pcp_bulk: 'round_robin', pcp_free_high: false },
};
