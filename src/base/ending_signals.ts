/** What ends a program that tidies up first: from the keyboard, by kill, as its terminal goes. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
