import type { Difference } from '../../base/difference.js';

/** Against v6.1: what a full per-cpu list gives back doubles without an end. */
export const pages: Difference = { config: { pcp_doubling_ends: false } };
