/** Where the reader is: kept in the address, so that it can be sent to somebody. */
export interface Place {
  readonly trace: string;
  /** Row of the event; undefined: where the run is not as the base first, else the last one. */
  readonly event: number | undefined;
  /** Name of the run that is held against the base. */
  readonly policy: string | undefined;
}

/** `#trace=zonelists-S1&event=12&policy=zonelists/managed_zone`. */
export function placeOf(hash: string): Place {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const event = words.get('event');
  return {
    trace: words.get('trace') ?? '',
    event: event === null || !/^-?\d+$/.test(event) ? undefined : Number(event),
    policy: words.get('policy') ?? undefined,
  };
}

export function hashOf({ trace, event, policy }: Place): string {
  const words = new URLSearchParams();
  if (trace !== '') words.set('trace', trace);
  if (event !== undefined) words.set('event', String(event));
  if (policy !== undefined) words.set('policy', policy);
  return `#${words.toString()}`;
}
