import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { kernelByHand, populate, zoneOf } from './by_hand.js';

/** DMA, DMA32 and Normal of 2064384 pages together, and Movable. */
function fourZones(version: string, movable: number): Kernel {
  const k = kernelByHand({ version, nodes: 1, cpus: new Array<number>(8).fill(0) });
  populate(k, 0, 'DMA', 3840);
  populate(k, 0, 'DMA32', 500000);
  populate(k, 0, 'Normal', 2064384 - 503840);
  populate(k, 0, 'Movable', movable);
  k.build_all_zonelists(undefined);
  k.init_per_zone_wmark_min();
  return k;
}

describe('init_per_zone_wmark_min', () => {
  it.each([
    ['v6.12', 262144, { min: 128, low: 390, high: 652, promo: 914 }],
    ['v6.1', 262144, { min: 323, low: 585, high: 847, promo: 1109 }],
    ['v6.12', 32768, { min: 32, low: 64, high: 96, promo: 128 }],
    ['v6.12', 32256, { min: 32, low: 64, high: 96, promo: 128 }],
    ['v6.1', 32768, { min: 44, low: 76, high: 108, promo: 140 }],
  ])('on %s gives ZONE_MOVABLE of %i pages %j', (version, movable, watermark) => {
    const k = fourZones(version, movable);
    expect(k.state.min_free_kbytes).toBe(11494);
    expect(zoneOf(k, 0, 'Movable').watermark).toEqual(watermark);
  });

  // 16 TiB and 4 GiB of RAM: cut to 32 bits the pages of 4 GiB are left, a part in 4097.
  it.each([['v6.8', 65536 * 4097], ['v6.9', 65536]])(
    'on %s min is %i with 16 TiB', (version, min) => {
      const k = kernelByHand({ version, nodes: 1 });
      const zone = populate(k, 0, 'Normal', 2 ** 32 + 2 ** 20);
      k.min_free_kbytes_sysctl_handler(262144);
      expect(zone.watermark.min).toBe(min);
    });

  // A boost of 500 pages: low and high keep it to v5.7, min never has it.
  it.each([['v5.7', 500], ['v5.8', 0]])('on %s leaves %i pages of a boost', (version, left) => {
    const k = fourZones(version, 0);
    const zone = zoneOf(k, 0, 'DMA32');
    const { min, low, high } = zone.watermark;
    zone.watermark_boost = 500;
    k.setup_per_zone_wmarks();
    expect(zone.watermark).toMatchObject({ min, low: low + left, high: high + left });
    expect(zone.watermark_boost).toBe(0);
  });

  it('gives an empty ZONE_MOVABLE a min from v6.6', () => {
    expect(zoneOf(fourZones('v6.12', 0), 0, 'Movable').watermark.min).toBe(32);
    expect(zoneOf(fourZones('v6.1', 0), 0, 'Movable').watermark.min).toBe(0);
  });

  it('leaves of a zone what it keeps back from the highest zone, before the most it does', () => {
    const reserve = (version: string): number => {
      const k = fourZones(version, 0);
      const zone = zoneOf(k, 0, 'DMA32');
      zone.lowmem_reserve.splice(2, 3, 5000, 0, 300);
      k.calculate_totalreserve_pages();
      return k.state.totalreserve_pages;
    };
    expect(reserve('v6.18') - reserve('v6.19')).toBe(4700);
  });

  it.each([['v5.16', -22], ['v5.17', 0]])('a scale factor of 3000 on %s: %i', (version, ret) => {
    expect(fourZones(version, 0).watermark_scale_factor_sysctl_handler(3000)).toBe(ret);
  });

  it('bounds min_free_kbytes', () => {
    const k = kernelByHand({ nodes: 1 });
    populate(k, 0, 'Normal', 100);
    k.build_all_zonelists(undefined);
    k.init_per_zone_wmark_min();
    expect(k.state.min_free_kbytes).toBe(128);
    const most = (version: string): number => {
      const large = kernelByHand({ version, nodes: 1 });
      populate(large, 0, 'Normal', 6 * 1024 ** 3 / 4);
      large.build_all_zonelists(undefined);
      large.calculate_min_free_kbytes();
      return large.state.min_free_kbytes;
    };
    expect([most('v5.6'), most('v5.7')]).toEqual([65536, 262144]);
  });

  it('counts the free pages without a boost of watermarks, which ends with it', () => {
    const k = fourZones('v6.12', 0);
    const dma32 = zoneOf(k, 0, 'DMA32');
    const [free, { min }] = [k.nr_free_buffer_pages(), dma32.watermark];
    dma32.watermark_boost = 50000;
    expect(k.nr_free_buffer_pages()).toBe(free - 50000);
    k.init_per_zone_wmark_min();
    expect(dma32.watermark_boost).toBe(0);
    expect(k.nr_free_buffer_pages()).toBeGreaterThan(free);
    expect(dma32.watermark.min).toBeLessThan(min);
    expect(k.state.min_free_kbytes).toBeLessThan(11494);
  });

  it('keeps what was written to the sysctl when it is more', () => {
    const k = fourZones('v6.1', 0);
    k.min_free_kbytes_sysctl_handler(20000);
    k.init_per_zone_wmark_min();
    expect(k.state.min_free_kbytes).toBe(20000);
    expect(k.state.log.at(-1)?.text).toMatch(
      /^min_free_kbytes is not updated to 114\d\d because user defined value 20000 is preferred$/);
  });
});

describe('setup_per_zone_lowmem_reserve', () => {
  it('keeps back a part of the zones above, of the same node', () => {
    const k = fourZones('v6.1', 262144);
    const managed = [3840, 500000, 1560544, 262144];
    const above = (index: number, to: number): number =>
      managed.slice(index + 1, to + 1).reduce((sum, pages) => sum + pages, 0);
    expect(zoneOf(k, 0, 'DMA').lowmem_reserve).toEqual(
      [0, 1, 2, 3, 3].map((to) => Math.floor(above(0, to) / 256)));
    expect(zoneOf(k, 0, 'Normal').lowmem_reserve).toEqual([0, 0, 0, 8192, 8192]);
    expect(zoneOf(k, 0, 'Movable').lowmem_reserve).toEqual([0, 0, 0, 0, 0]);
  });

  it('lets an empty zone keep nothing back, from v5.8', () => {
    const reserve = (version: string): number[] => {
      const k = kernelByHand({ version, nodes: 1 });
      populate(k, 0, 'Normal', 65536);
      k.build_all_zonelists(undefined);
      k.init_per_zone_wmark_min();
      return zoneOf(k, 0, 'DMA32').lowmem_reserve;
    };
    expect(reserve('v5.8')).toEqual([0, 0, 0, 0, 0]);
    expect(reserve('v5.4')).toEqual([0, 0, 256, 256, 256]);
  });
});

describe('khugepaged', () => {
  /** Two zones of lowmem, as of a machine with 1 GiB. */
  function booted(version: string, kconfig: Record<string, string>, cmdline = ''): Kernel {
    const k = kernelByHand({ version, nodes: 1, cpus: [0, 0], kconfig, cmdline });
    populate(k, 0, 'DMA', 3840);
    populate(k, 0, 'DMA32', 224911);
    k.build_all_zonelists(undefined);
    k.setup_per_cpu_pageset();
    k.init_per_zone_wmark_min();
    k.hugepage_init();
    return k;
  }

  it('raises min_free_kbytes to 11 pageblocks a zone, at most a twentieth of lowmem', () => {
    expect(booted('v6.1', { TRANSPARENT_HUGEPAGE: 'y' }).state.min_free_kbytes).toBe(2 * 11 * 2048);
    const k = booted('v6.1', { TRANSPARENT_HUGEPAGE: 'y' });
    populate(k, 0, 'Normal', 1);
    // With the high watermarks of now a twentieth is less than before: it is only ever raised.
    k.set_recommended_min_free_kbytes();
    expect(k.state.min_free_kbytes).toBe(45056);
    // Small watermarks come first after a hotplug; a twentieth above those is more.
    k.calculate_min_free_kbytes();
    k.setup_per_zone_wmarks();
    const pages = k.nr_free_buffer_pages();
    expect(pages).toBeLessThan(3 * 11 * 512 * 20);
    k.set_recommended_min_free_kbytes();
    expect(k.state.min_free_kbytes).toBe(Math.floor(pages / 20) * 4);
  });

  it('leaves min_free_kbytes alone without huge pages', () => {
    const without = booted('v6.1', {}).state.min_free_kbytes;
    expect(without).toBe(3826);
    expect(booted('v6.1', { TRANSPARENT_HUGEPAGE: 'n' }).state.min_free_kbytes).toBe(without);
    const small = kernelByHand({ nodes: 1, kconfig: { TRANSPARENT_HUGEPAGE: 'y' } });
    populate(small, 0, 'DMA32', 131071);
    small.build_all_zonelists(undefined);
    small.init_per_zone_wmark_min();
    const before = small.state.min_free_kbytes;
    small.hugepage_init();
    expect(small.state).toMatchObject({ khugepaged: false, min_free_kbytes: before });
  });

  it('computes min_free_kbytes a second time when huge pages are never used, from v5.16', () => {
    const kconfig = { TRANSPARENT_HUGEPAGE: 'y' };
    expect(booted('v6.1', kconfig, 'quiet transparent_hugepage=never').state)
      .toMatchObject({ khugepaged: false, min_free_kbytes: 3814 });
    expect(booted('v5.14', kconfig, 'transparent_hugepage=never').state.min_free_kbytes)
      .toBe(3826);
  });

  it('is asked again after hotplug, from v5.9', () => {
    const after = (version: string): number => {
      const k = booted(version, { TRANSPARENT_HUGEPAGE: 'y' });
      k.init_per_zone_wmark_min();
      return k.state.min_free_kbytes;
    };
    expect(after('v5.10')).toBe(45056);
    expect(after('v5.8')).toBeLessThan(4000);
  });
});
