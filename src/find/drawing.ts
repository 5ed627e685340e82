/** A machine as a drawing: what is where at boot, and what is plugged in later. */
import { GIB, MIB, PAGE_SIZE, hex } from '../base/pfn.js';
import type { Trace } from '../trace/trace.js';
import { rowWords } from '../trace/row_words.js';

interface Segment {
  /** Bytes; one past the last. */
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** Of a line of a README. */
const WIDTH = 96;

function sizeText(bytes: number): string {
  if (bytes === 0) return '0';
  if (bytes % GIB === 0) return `${bytes / GIB} GiB`;
  if (bytes % MIB === 0) return `${bytes / MIB} MiB`;
  return hex(bytes);
}

/** Memory of the boot, cut where nodes change. What lies below 1 MiB is much the same anywhere. */
function atBoot(trace: Trace): Segment[] {
  const rows = Array.from({ length: trace.length }, (_, row) => row);
  const nodes = rows.filter((row) => trace.event(row) === 'srat_mem').map((row) => (
    { nid: trace.nid(row), start: NaN, end: NaN, ...rowWords(trace, row, 'srat_mem') }))
    .filter(({ hotplug }) => hotplug !== true);
  return rows.flatMap((row): Segment[] => {
    if (trace.event(row) !== 'e820') return [];
    const { start = NaN, end = NaN, type } = rowWords(trace, row, 'e820');
    if (type !== 'usable' || end <= MIB) return [];
    const parts = nodes.flatMap((node): Segment[] => {
      const from = Math.max(start, node.start);
      const to = Math.min(end, node.end);
      return from < to ? [{ start: from, end: to, label: `node ${node.nid}` }] : [];
    });
    return parts.length > 0 ? parts : [{ start, end, label: 'memory' }];
  });
}

const laterEvents: Readonly<Record<string, string>> = {
  add_memory: 'plugged in', memremap_pages: 'device', virtio_mem_config_changed: 'virtio-mem',
};

function later(trace: Trace): Segment[] {
  const found = new Map<string, Segment>();
  for (let row = 0; row < trace.length; row += 1) {
    const what = laterEvents[trace.event(row)];
    const start = trace.pfn(row) * PAGE_SIZE;
    if (what === undefined || Number.isNaN(start)) continue;
    const end = start + trace.nr_pages(row) * PAGE_SIZE;
    const first = Math.floor(start / trace.header.block_size);
    const last = Math.ceil(end / trace.header.block_size) - 1;
    const blocks = first === last ? `memory${first}` : `memory${first}-${last}`;
    const nid = trace.nid(row) < 0 ? 0 : trace.nid(row);
    const label = `${what}, node ${nid}, ${blocks}`;
    if (!found.has(`${start}`)) found.set(`${start}`, { start, end, label });
  }
  return [...found.values()];
}

/** Segments with the holes between them. */
function filled(segments: readonly Segment[]): readonly (Segment & { readonly hole: boolean })[] {
  const sorted = [...segments].sort((a, b) => a.start - b.start);
  return sorted.flatMap((one, index) => {
    const end = sorted[index + 1]?.start ?? one.end;
    return [{ ...one, hole: false },
      ...(end > one.end ? [{ start: one.end, end, label: 'hole', hole: true }] : [])];
  });
}

/** Pairs of lines: addresses, and what lies there. */
export function drawing(trace: Trace): readonly string[] {
  const lines: string[] = [];
  let [above, below] = ['', ''];
  let end = 0;
  const flush = (): void => {
    if (below !== '') lines.push(`${above}${sizeText(end)}`, `${below}|`);
    [above, below] = ['', ''];
  };
  for (const { start, end: to, label, hole } of filled([...atBoot(trace), ...later(trace)])) {
    const bar = hole ? `|   ${label}   ` : `|-- ${label} --`;
    const width = Math.max(bar.length, sizeText(start).length + 2);
    if (below.length + width > WIDTH - 12) flush();
    above += sizeText(start).padEnd(width);
    below += bar.padEnd(width, hole ? ' ' : '-');
    end = to;
  }
  flush();
  return lines;
}
