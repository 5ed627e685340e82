/**
 * Lines of the kernel log that the model prints too, by kind. A recorded line of one of these
 * kinds is a fact; all others are counted as unspoken.
 */
export interface PrintkKind {
  readonly id: string;
  readonly pattern: RegExp;
}

const printkKinds: readonly PrintkKind[] = [
  { id: 'zone ranges', pattern: /^Zone ranges:/ },
  { id: 'zone range', pattern: /^ {2}(DMA|DMA32|Normal|Device) +(\[mem |empty)/ },
  { id: 'movable zone start', pattern: /^Movable zone start for each node/ },
  { id: 'movable zone of node', pattern: /^ {2}Node \d+: 0x/ },
  { id: 'early node ranges', pattern: /^Early memory node ranges/ },
  { id: 'early node range', pattern: /^ {2}node +\d+: \[mem / },
  { id: 'initmem', pattern: /^Initmem setup node \d+ / },
  { id: 'memoryless node', pattern: /^Initializing node \d+ as memoryless/ },
  { id: 'unavailable ranges', pattern: /pages in unavailable ranges/ },
  { id: 'unavailable ranges (zeroed)', pattern: /^Zeroed struct page in unavailable ranges/ },
  { id: 'fallback order', pattern: /^Fallback order for Node / },
  { id: 'built zonelists', pattern: /^Built \d+ zonelists, / },
  { id: 'policy zone', pattern: /^Policy zone: / },
  { id: 'memory block size', pattern: /Memory block size: / },
  { id: 'memmap waste', pattern: /^Memory hotplug will waste / },
  { id: 'remove refused', pattern: /^removing memory fails, because memory / },
  { id: 'unaligned range', pattern: /^Block size \[.*\] unaligned hotplug range/ },
];

/** The kind of a log line, undefined when the model does not print such lines. */
export function printkKind(text: string): PrintkKind | undefined {
  return printkKinds.find((kind) => kind.pattern.test(text));
}

/** Blanks at the end carry nothing. */
export function printkText(text: string): string {
  return text.trimEnd();
}
