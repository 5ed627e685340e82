/** Numbers of a case of rows made smaller: ranges, places, CPUs, boot parameters, Kconfig. */
import { PAGE_SIZE } from '../../base/pfn.js';
import type { EventName } from '../../trace/events.js';
import type { TraceRow } from '../../trace/trace.js';
import type { RowsCase } from '../case.js';
import { DMA32_END, PAGEBLOCK, SECTION } from '../generate/edges.js';
import type { Test } from './still_shows.js';
import { wordsIn } from '../../trace/row_words.js';

type Change = (one: RowsCase) => RowsCase | undefined;

function withoutConfig(name: string): Change {
  return (one) => {
    const { [name]: _, ...config } = one.config;
    return { ...one, config };
  };
}

function changedRow(index: number, change: Partial<TraceRow>): Change {
  return (one) => ({
    ...one, rows: one.rows.map((row, at) => (at === index ? { ...row, ...change } : row)),
  });
}

/** Boot parameters, each alone away. */
function bootWords({ rows }: RowsCase): Change[] {
  return rows.flatMap(({ event, args = '' }, index) => {
    const words = args.split(' ');
    if (event !== 'boot_param' || words.length < 2) return [];
    return words.map((word) =>
      changedRow(index, { args: words.filter((one) => one !== word).join(' ') }));
  });
}

/** What the kernel takes of a call: whole blocks, subsections, pageblocks, or any number. */
const sizesOf: Readonly<Partial<Record<EventName, (block: number) => readonly number[]>>> = {
  add_memory: (block) => [block], remove_memory: (block) => [block],
  memremap_pages: () => [PAGEBLOCK, SECTION], memunmap_pages: () => [PAGEBLOCK, SECTION],
  alloc_contig_pages: () => [PAGEBLOCK], free_contig_range: () => [PAGEBLOCK],
  alloc_pages: () => [1, 100], free_reserved_page: () => [1, PAGEBLOCK, SECTION],
  read_kpageflags: () => [1, PAGEBLOCK, SECTION], adjust_managed_page_count: () => [1, PAGEBLOCK],
};

/** A range of several blocks as one; a length as one page, pageblock or block. */
function shorter({ rows, header }: RowsCase): Change[] {
  const block = header.block_size / PAGE_SIZE;
  return rows.flatMap(({ event, nr_pages = 0 }, index) => {
    const sizes = sizesOf[event]?.(block) ?? [];
    return sizes.filter((size) => size < nr_pages)
      .map((size) => changedRow(index, { nr_pages: size }));
  });
}

/** All that names pages from `from` on is moved to `to`: block stays block, pageblock pageblock. */
function moved(from: number, to: number): Change {
  return (one) => ({
    ...one,
    rows: one.rows.map((row) => (row.pfn === undefined || row.pfn < from ? row
      : { ...row, pfn: row.pfn - from + to })),
  });
}

/** What was plugged in far away comes to the first place behind what lies before it. */
function nearer({ rows, header }: RowsCase): Change[] {
  const block = header.block_size / PAGE_SIZE;
  const used = rows.flatMap(({ pfn, nr_pages = 1, time_ns }) =>
    (pfn === undefined || time_ns === 0 ? [] : [[pfn, pfn + nr_pages] as const]))
    .sort(([a], [b]) => a - b);
  let end = DMA32_END;
  return used.flatMap(([start, last]) => {
    const place = Math.ceil(end / block) * block;
    const gap = Math.floor(start / block) * block;
    end = Math.max(end, last);
    return gap > place ? [moved(gap, place)] : [];
  });
}

/** Memory of the boot as little as the kernel comes up with. */
function smallerMemory({ rows }: RowsCase): Change[] {
  const sizes = ['0x20000000', '0x40000000', '0x80000000'];
  return rows.flatMap(({ event, args = '' }, index) => {
    if (event !== 'e820' || !/start=0x100000 .*type=usable/.test(args)) return [];
    return sizes.map((end) => changedRow(index, { args: `start=0x100000 end=${end} type=usable` }));
  }).filter((_, index) => index < sizes.length);
}

function otherHeader({ header }: RowsCase): Change[] {
  return [
    ...(header.cpus > 1 ? [1, 2] : []).filter((cpus) => cpus < header.cpus)
      .map((cpus): Change => (one) => ({ ...one, header: { ...one.header, cpus } })),
    ...(header.block_size > 2 ** 27
      ? [((one) => ({ ...one, header: { ...one.header, block_size: 2 ** 27 } })) as Change] : []),
  ];
}

/** Tries each change once; those that hold stay. */
export function smallerNumbers(given: RowsCase, test: Test<RowsCase>): RowsCase {
  let one = given;
  const makers = [
    (now: RowsCase) => Object.keys(now.config).map(withoutConfig), bootWords, shorter, nearer,
    smallerMemory, otherHeader,
  ];
  for (const make of makers) {
    for (const change of make(one)) {
      const less = change(one);
      if (less !== undefined && isSmaller(less, one) && test(less) !== undefined) one = less;
    }
  }
  return one;
}

/** Less text is less to read; of equal length the smaller numbers. So no change is undone. */
function isSmaller(a: RowsCase, b: RowsCase): boolean {
  const weight = ({ rows, config, header }: RowsCase): number => rows.reduce((sum, row) =>
    sum + (row.nr_pages ?? 0) + (row.pfn ?? 0) + 1e6 * (row.args?.length ?? 0) +
      (wordsIn('e820', row.args).end ?? 0) / PAGE_SIZE, 0) +
    1e9 * Object.keys(config).length + 1e6 * header.cpus + header.block_size / PAGE_SIZE;
  return weight(a) < weight(b);
}
