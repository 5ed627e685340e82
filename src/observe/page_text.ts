/** A struct page in words. */
import { wordsText } from '../base/words.js';
import type { Kernel } from '../linux/base/kernel.js';
import type { PageContent } from '../linux/include/memmap.js';
import { ZONE_NAMES } from '../linux/include/mmzone.js';
import { peek } from './peek.js';

function zoneName(index: number): string {
  return ZONE_NAMES[index] ?? `zone${index}`;
}

/** `1:Normal`, with `reserved` and `hole`; what was not initialised says so. */
export function contentText(content: PageContent): string {
  if (content.kind === 'poison') return 'uninitialised (poison)';
  if (content.kind === 'zero') return 'uninitialised (zeros)';
  const link = `${content.nid}:${zoneName(content.zone)}`;
  if (content.kind === 'stale') return `uninitialised (stale ${link})`;
  return `${link}${content.reserved ? ' reserved' : ''}${content.hole ? ' hole' : ''}`;
}

/** The page as a `page` row of a trace has it, as far as the model knows it. */
export function pageText(k: Kernel, pfn: number): string {
  const content = k.state.memmap.get(pfn);
  const valid = peek(k, () => k.pfn_valid(pfn)) ?? false;
  if (!valid || content === undefined) return 'valid=0';
  if (content.kind !== 'init') return `valid=1 ${contentText(content).replaceAll(' ', '_')}`;
  const zone = peek(k, () => k.page_zone(pfn));
  const spans = zone !== undefined && k.zone_spans_pfn(zone, pfn);
  // Which memory the kernel itself reserved while it booted is only known in part.
  const said = content.reserved || content.hole;
  return wordsText([
    ['valid', 1], ['nid', content.nid], ['zone', zoneName(content.zone)],
    ...(said ? [['reserved', content.reserved ? 1 : 0] as const] : []), ['spans', spans ? 1 : 0],
    ['online', peek(k, () => k.pfn_to_online_page(pfn)) === true ? 1 : 0],
  ]);
}
