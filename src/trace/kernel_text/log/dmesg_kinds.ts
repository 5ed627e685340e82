/**
 * Lines of the kernel log that the model speaks too: they become printk rows. Everything else
 * is counted by kind.
 */

/** Lines that stand for themselves. */
const spoken: readonly RegExp[] = [
  /^On node \d+, zone \w+: \d+ pages in unavailable ranges/,
  /^On node \d+,? .*(unavailable|not available|pages)/,
  /pages in unavailable ranges/,
  /^(Zeroed struct page in unavailable ranges)/,
  /^Fallback order for Node /,
  /^Built \d+ zonelists/,
  /^Policy zone: /,
  /Memory block size: /,
  /^Memory hotplug will waste /,
  /potential offnode page_structs/,
  /^Initmem setup node /,
  /^Initializing node \d+ as memoryless/,
  /^Block size \[.*\] unaligned hotplug range/,
  /^removing memory fails/,
  /^page dumped because: /,
  /^Offlined Pages /,
  /^memory offlining \[mem .*\] failed/,
  /allocation from offline node/,
  /^(kernel )?BUG[ :]/,
  /^kernel BUG at /,
  /^Oops(:| )/,
  /^WARNING: /,
  /^general protection fault/,
  /^memory_block_|^memory memory\d+: /,
];

/** A line that opens a block, and what the block's lines look like. */
const blocks: readonly { readonly opens: RegExp; readonly holds: RegExp }[] = [
  { opens: /^Zone ranges:/, holds: /^  (DMA|DMA32|Normal|HighMem|Movable|Device) +(\[mem |empty)/ },
  { opens: /^Movable zone start for each node/, holds: /^  Node \d+: / },
  { opens: /^Early memory node ranges/, holds: /^  node +\d+: \[mem / },
];

const crash = /^(kernel )?BUG[ :]|^kernel BUG at|^Oops(:| )|^WARNING: |^general protection fault/;
const kernelRip = /^RIP: 0010:/;

/** Decides line by line; it remembers which block or crash the lines are in. */
export class SpokenLines {
  #holds: RegExp | undefined;
  /** A crash was announced and its RIP not shown yet. */
  #wantsRip = false;

  isSpoken(text: string): boolean {
    if (this.#holds?.test(text) === true) return true;
    const opened = blocks.find(({ opens }) => opens.test(text))?.holds;
    // A console has lines of others between: of Xen, of a loader.
    if (opened !== undefined) {
      this.#holds = opened;
      return true;
    }
    if (kernelRip.test(text)) return this.#rip();
    if (crash.test(text)) this.#wantsRip = true;
    return spoken.some((pattern) => pattern.test(text));
  }

  /** The RIP is printed again after the end of the trace. */
  #rip(): boolean {
    const first = this.#wantsRip;
    this.#wantsRip = false;
    return first;
  }
}

/** What a line that is not spoken is counted as: its prefix up to `:`, or its first word. */
export function kindOf(text: string): string {
  const colon = text.indexOf(':');
  const prefix = colon > 0 ? text.slice(0, colon) : '';
  const isPrefix = prefix !== '' && !prefix.includes(' ');
  const word = isPrefix ? prefix : text.trim().split(/[\s:]/)[0] ?? '';
  return word.replace(/[^\w./()+#-]/g, '').replace(/^\d.*$/, 'number') || 'blank';
}

/** Lines by kind, with those of other programs; `told`: lines that are counted elsewhere. */
export function countKinds(
  { kinds: ofLines, others }: {
    readonly kinds: ReadonlyMap<number, string>; readonly others: number;
  },
  told: ReadonlySet<number> = new Set(),
): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>(others > 0 ? [['other-programs', others]] : []);
  for (const [line, kind] of ofLines) {
    if (!told.has(line)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return kinds;
}
