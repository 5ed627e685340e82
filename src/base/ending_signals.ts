/** What ends a program that tidies up first: from the keyboard, by kill, as its terminal goes. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Exit status of work that one of them ended before it was done. */
export const INTERRUPTED = 130;
