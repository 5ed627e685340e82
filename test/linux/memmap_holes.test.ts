/** Struct pages of holes: what each released and proposed kernel makes of each layout. */
import { describe, expect, test } from 'vitest';
import { definePatch } from '../../src/patch/define.js';
import {
  columns, E1, E2, E3, E4, E5, E6, earlyKernel, linksOf, machineWith,
  type Column, type Ram, type Variant,
} from './hole_layouts.js';

/** Expected links of pages [first, last] by column. */
interface Row {
  readonly first: number;
  readonly last: number;
  readonly expected: Partial<Record<Column, string>>;
}

/** The same in these columns. */
function same(names: string, text: string): Partial<Record<Column, string>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, text]));
}

const endOfPc = (first: number, last: number): Row => ({
  first, last, expected: {
    ...same('M1 M3 M4 M5 M6 H0a', 'UNINIT'), ...same('H0b H1', '0/DMA R out'),
    ...same('M7 M8 F', '0/Normal R out'),
  },
});
const endOfLowMemory = (first: number, last: number): Row => ({
  first, last, expected: {
    ...same('H0a H0b', '0/DMA32 r0 in'), H1: '0/DMA R out',
    ...same('M1 M3 M4 M5 M6 M7 M8', '0/DMA32 R in'), F: '0/Normal R out',
  },
});
const page0: Row = {
  first: 0, last: 0, expected: {
    H0a: '0/DMA r0 out', ...same('H0b H1 M4 M6 M7 M8 F', '0/DMA R out'),
    ...same('M1 M3', 'UNINIT'), M5: '0/DMA R in',
  },
};
const bios: Row = {
  first: 0x9f, last: 0xff, expected: {
    ...same('H0a H0b', '0/DMA r0 in'), ...same('H1 M1 M3 M4 M5 M6 M7 M8 F', '0/DMA R in'),
  },
};

const overwritten = (zone: string) => `1/${zone} R in`;

interface Layout {
  readonly name: string;
  readonly ram: Ram;
  readonly rows: readonly Row[];
}

const layouts: readonly Layout[] = [
  { name: 'E1 q35 4000M', ram: E1, rows: [
    page0, bios, endOfLowMemory(0x7ffe0, 0x7ffff), endOfPc(0x17a000, 0x17ffff)] },
  { name: 'E2 i440fx 4000M', ram: E2, rows: [
    page0, bios, endOfLowMemory(0xbffe0, 0xbffff), endOfPc(0x13a000, 0x13ffff)] },
  { name: 'E3 two nodes', ram: E3, rows: [
    { first: 0x38000, last: 0x3e7ff, expected: {
      ...same('H0a H0b H1 M1 M3 M4 M6 M8 F', '0/DMA32 r0 in'), M5: overwritten('DMA32') } },
    { first: 0x7ffe0, last: 0x7ffff, expected: {
      H1: '0/DMA R out', ...same('M3 M4 M5 M8', '1/DMA32 R in'), F: '1/Normal R out' } },
    { first: 0x17a000, last: 0x17ffff, expected: {
      H1: '0/DMA R out', ...same('M3 M4 M5', 'UNINIT'), ...same('M8 F', '1/Normal R out') } },
  ] },
  { name: 'E4 hole inside a pageblock', ram: E4, rows: [
    { first: 0x7a17b, last: 0x7a216, expected: {
      H1: '0/DMA R out', ...same('M3 M4 M5 M8 F', '0/DMA32 R in') } },
    { first: 0x7c000, last: 0x7ffff, expected: {
      H1: '0/DMA R out', ...same('M3 M4 M5 M8', '0/DMA32 R in'), F: '0/Normal R out' } },
    { first: 0x47f380, last: 0x47ffff, expected: {
      H1: '0/DMA R out', ...same('M3 M4 M5', 'UNINIT'), ...same('M8 F', '0/Normal R out') } },
  ] },
  { name: 'E5 descending nodes', ram: E5, rows: [
    { first: 0x1424000, last: 0x1427fff, expected: {
      ...same('H1 F', '0/Normal r0 in'), M5: overwritten('Normal'), M8: '1/Normal R out' } },
    { first: 0, last: 0, expected: {
      H1: '0/DMA R out', M5: '1/DMA R in', M8: '0/Normal R out', F: '1/DMA R out' } },
    { first: 0xdbdf9, last: 0xdffff, expected: {
      H1: '0/DMA R out', ...same('M5 M8', '1/DMA32 R in'), F: '1/Normal R out' } },
    { first: 0x2024000, last: 0x2027fff, expected: {
      H1: '0/DMA R out', M5: 'UNINIT', ...same('M8 F', '0/Normal R out') } },
  ] },
  { name: 'E6 first RAM at pfn 0x10', ram: E6, rows: [
    { first: 0, last: 0xf, expected: {
      ...same('M1 M3', 'UNINIT'), M5: '0/DMA R in', ...same('H0b H1 M4 M6 M8 F', '0/DMA R out') } },
  ] },
];

const cells = layouts.flatMap(({ name, ram, rows }) => rows.flatMap(({ first, last, expected }) =>
  Object.entries(expected).flatMap(([column, links]) =>
    columns[column as Column].map((variant) => ({
      layout: name, ram, first, last, column, variant: variant as Variant, links,
      what: `${name}: 0x${first.toString(16)}-0x${last.toString(16)} by ${variant.name}`,
    })))));

describe('links of struct pages once memory is initialised', () => {
  test.each(cells)('$what is $links', async ({ ram, variant, first, last, links }) => {
    const k = await earlyKernel(variant, machineWith(ram));
    expect(linksOf(k, first, last)).toBe(links);
  });

  test('the tables of all layouts were held against all variants', () => {
    expect(cells.length).toBeGreaterThan(250);
  });
});

describe('what the kernels print of holes on E1', () => {
  const unavailable = async (variant: Variant): Promise<string[]> => {
    const k = await earlyKernel(variant, machineWith(E1));
    return k.state.log.map((line) => line.text).filter((text) => /unavailable/.test(text));
  };

  test('v5.10 counts all holes in one line', async () => {
    expect(await unavailable(columns.H1[1])).toEqual([
      'Zeroed struct page in unavailable ranges: 24706 pages']);
  });

  test('v8 counts by zone, and the rest of the section that ZONE_DMA ends in with it', async () => {
    // 98 pages of holes, and 28672 of section 0 behind 16 MiB that ZONE_DMA32 writes again.
    expect(await unavailable(columns.M8[0])).toEqual([
      '  DMA zone: 28770 pages in unavailable ranges',
      '  DMA32 zone: 32 pages in unavailable ranges',
      '  Normal zone: 24576 pages in unavailable ranges']);
  });

  test.each(columns.F)('$name has a line for each hole', async (variant) => {
    expect(await unavailable(variant)).toEqual([
      'On node 0, zone DMA: 1 pages in unavailable ranges',
      'On node 0, zone DMA: 97 pages in unavailable ranges',
      'On node 0, zone Normal: 32 pages in unavailable ranges',
      'On node 0, zone Normal: 24576 pages in unavailable ranges']);
  });
});

describe('spans and counts', () => {
  test.each([...columns.H1, ...columns.M8, ...columns.F])(
    '$name sizes the zones of E1 by memory', async (variant) => {
      const k = await earlyKernel(variant, machineWith(E1));
      const zones = k.NODE_DATA(0).node_zones.slice(0, 3)
        .map((zone) => [zone.zone_start_pfn, zone.spanned_pages, zone.present_pages]);
      expect(zones).toEqual([
        [1, 4095, 3998], [0x1000, 1044480, 520160], [0x100000, 499712, 499712]]);
    });

  test.each(columns.M5)('$name starts ZONE_DMA at page 0', async (variant) => {
    const k = await earlyKernel(variant, machineWith(E1));
    const dma = k.NODE_DATA(0).node_zones[0];
    expect([dma?.zone_start_pfn, dma?.spanned_pages, dma?.present_pages]).toEqual([0, 4096, 3998]);
  });

  test('v5 has node spans that overlap where a node ends inside a section', async () => {
    const k = await earlyKernel(columns.M5[0], machineWith(E3));
    const [lower, upper] = [k.NODE_DATA(0), k.NODE_DATA(1)];
    expect(lower.node_start_pfn + lower.node_spanned_pages).toBe(0x40000);
    expect(upper.node_start_pfn).toBe(0x38000);
  });

  test('v8 initialises all of node 1 as a hole of node 0 first, on descending nodes', async () => {
    const holes: number[] = [];
    const watch = definePatch({
      id: 'test/holes', subject: '', author: '', link: '', base: 'v5.10', doc: '',
      wraps: {
        init_hole_pages: (next) => (k, ...range) => {
          const pages = next(k, ...range);
          holes.push(pages);
          return pages;
        },
      },
    });
    const k = await earlyKernel(columns.M8[0], machineWith(E5), watch);
    expect(holes[0]).toBe(20_987_904);
    expect(k.state.costs.pages_reinitialised).toBe(16384);
  });

  test('the other kernels initialise no memory twice on E3 and E5', async () => {
    for (const ram of [E3, E5]) {
      for (const column of ['H0a', 'H1', 'M3', 'M4', 'F'] as const) {
        const k = await earlyKernel(columns[column][0], machineWith(ram));
        expect(k.state.costs.pages_reinitialised, column).toBe(0);
      }
    }
  });
});

/** The map of recordings/boot-4000M-q35-*, whose kernels print these lines. */
describe('holes that are zeroed', () => {
  const usable = (start: number, end: number) => ({ start, end, type: 'usable' });
  const reserved = (start: number, end: number) => ({ start, end, type: 'reserved' });
  const machine = { ...machineWith(E1), e820: [
    usable(0, 0x9fc00), reserved(0x9fc00, 0xa0000), reserved(0xf0000, 0x100000),
    usable(0x100000, 0x7ffe0000), reserved(0x7ffe0000, 0x80000000),
    reserved(0xb0000000, 0xc0000000), reserved(0xfed1c000, 0xfed20000),
    reserved(0xfffc0000, 0x100000000), usable(0x100000000, 0x17a000000),
    reserved(0xfd00000000, 0x10000000000),
  ] };
  // Expect: page 0 and the BIOS; from v4.18 to v4.20 all that is no RAM is reserved, also behind
  // its end, where the last section has struct pages; then all holes up to the end of RAM.
  test.each([
    ['v4.15', 'Reserved but unavailable: 98 pages'],
    ['v4.17', 'Reserved but unavailable: 98 pages'],
    ['v4.18', 'Reserved but unavailable: 24706 pages'],
    ['v4.19', 'Reserved but unavailable: 24706 pages'],
    ['v5.0', 'Zeroed struct page in unavailable ranges: 130 pages'],
  ])('%s: %s', async (version, line) => {
    const k = await earlyKernel({ name: version, version, policies: [] }, machine);
    expect(k.state.log.map(({ text }) => text)
      .filter((text) => text.startsWith('Reserved but') || text.startsWith('Zeroed')))
      .toEqual([line]);
  });
});
