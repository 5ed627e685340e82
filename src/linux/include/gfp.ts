/** GFP words as the kernel prints them: `GFP_KERNEL`, `GFP_HIGHUSER_MOVABLE+__GFP_THISNODE`. */
import { ZONE_DMA, ZONE_DMA32, ZONE_MOVABLE, ZONE_NORMAL } from './mmzone.js';

const RECLAIM = ['__GFP_DIRECT_RECLAIM', '__GFP_KSWAPD_RECLAIM'];
const HIGHUSER_MOVABLE = ['__GFP_HIGHMEM', '__GFP_MOVABLE'];

/** The words that a compound stands for, as far as the model looks at them. */
const compounds: Readonly<Record<string, readonly string[]>> = {
  GFP_ATOMIC: ['__GFP_HIGH', '__GFP_KSWAPD_RECLAIM'],
  GFP_NOWAIT: ['__GFP_KSWAPD_RECLAIM'],
  GFP_KERNEL: RECLAIM,
  GFP_KERNEL_ACCOUNT: RECLAIM,
  GFP_NOFS: RECLAIM,
  GFP_NOIO: RECLAIM,
  GFP_USER: RECLAIM,
  GFP_DMA: ['__GFP_DMA'],
  GFP_DMA32: ['__GFP_DMA32'],
  GFP_HIGHUSER: [...RECLAIM, '__GFP_HIGHMEM'],
  GFP_HIGHUSER_MOVABLE: [...RECLAIM, ...HIGHUSER_MOVABLE],
  GFP_TRANSHUGE_LIGHT: HIGHUSER_MOVABLE,
  GFP_TRANSHUGE: ['__GFP_DIRECT_RECLAIM', ...HIGHUSER_MOVABLE],
  __GFP_RECLAIM: RECLAIM,
};

/** Texts met so far; there are few, so that the bound is for hostile ones only. */
const known = new Map<string, ReadonlySet<string>>();
const KNOWN_TEXTS = 1024;

/** The single flags of a text of GFP words joined by `+` or `|`; the same set for the same text. */
export function gfpWords(text: string): ReadonlySet<string> {
  let words = known.get(text);
  if (words === undefined) {
    words = new Set(text.split(/[+|]/).flatMap((word) => compounds[word] ?? [word]));
    if (known.size >= KNOWN_TEXTS) known.clear();
    known.set(text, words);
  }
  return words;
}

/** gfp_zone(): the highest zone that an allocation may use; x86-64 has no highmem. */
export function highestZoneOf(words: ReadonlySet<string>): number {
  if (words.has('__GFP_DMA')) return ZONE_DMA;
  if (words.has('__GFP_DMA32')) return ZONE_DMA32;
  return words.has('__GFP_MOVABLE') && words.has('__GFP_HIGHMEM') ? ZONE_MOVABLE : ZONE_NORMAL;
}
