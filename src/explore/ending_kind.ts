/** How a window ends, by kind. */

/**
 * How a window ends: the offliner's pages are isolated for good; it returns with an error; it comes
 * to no end; the kernel runs into a BUG or an oops.
 */
export type EndingKind = 'offline' | 'returns' | 'hangs' | 'fault';

/** What the offliner comes to when all tests of its range hold. */
export const GOES_OFFLINE = 'goes offline';
