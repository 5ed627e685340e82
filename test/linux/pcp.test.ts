import { describe, expect, it } from 'vitest';
import { compose } from '../../src/patch/compose.js';
import { kernelByHand, machineByHand, populate, zoneOf } from './by_hand.js';

describe('zone_batchsize', () => {
  it.each([
    ['v6.1', 0, 0], ['v6.1', 3840, 0], ['v6.1', 32256, 7], ['v6.1', 32768, 7], ['v6.1', 64512, 15],
    ['v6.1', 262144, 63], ['v6.12', 10_000_000, 63], ['v4.13', 10_000_000, 31],
  ])('on %s of %i managed pages is %i', (version, managed, batch) => {
    const k = kernelByHand({ version, nodes: 1 });
    expect(k.zone_batchsize(populate(k, 0, 'Normal', managed))).toBe(batch);
  });
});

describe('zone_set_pageset_high_and_batch', () => {
  /** ZONE_MOVABLE of 262144 pages with its low watermark, 8 CPUs. */
  function movable(version: string, low: number, cpus = new Array<number>(8).fill(0)) {
    const k = kernelByHand({ version, nodes: 2, cpus });
    const zone = populate(k, 0, 'Movable', 262144);
    zone.watermark.low = low;
    k.setup_zone_pageset(zone);
    return zone.pcp;
  }

  it('has six batches up to v5.13', () => {
    expect(movable('v5.10', 585)).toMatchObject({ high: 378, batch: 63 });
  });

  it('is nothing in a small zone up to v5.13, where six batches are none', () => {
    const k = kernelByHand({ version: 'v5.10', nodes: 1 });
    const zone = populate(k, 0, 'DMA', 3973);
    k.setup_zone_pageset(zone);
    expect(zone.pcp).toMatchObject({ high: 0, batch: 1 });
  });

  it('shares the low watermark from v5.14, but keeps four batches', () => {
    expect(movable('v6.1', 585)).toMatchObject({ high: 252, batch: 63 });
    expect(movable('v6.1', 80000)).toMatchObject({ high: 10000, batch: 63 });
  });

  it('has two limits from v6.7', () => {
    expect(movable('v6.12', 390)).toMatchObject({ high_min: 252, high_max: 4096, batch: 63 });
  });

  it('shares among all CPUs when the node has none', () => {
    expect(movable('v6.1', 80000, [1, 1, 1, 1])).toMatchObject({ high: 20000 });
  });

  it('takes a fraction of the zone when the sysctl says so, and refuses 1 to 7', () => {
    const k = kernelByHand({ version: 'v6.12', nodes: 1, cpus: [0, 0] });
    const zone = populate(k, 0, 'Normal', 262144);
    k.setup_zone_pageset(zone);
    expect(k.percpu_pagelist_high_fraction_sysctl_handler(7)).toBe(-22);
    expect(k.percpu_pagelist_high_fraction_sysctl_handler(16)).toBe(0);
    expect(zone.pcp).toMatchObject({ high_min: 8192, high_max: 8192, batch: 63 });
  });

  it('counts a CPU that comes up as one of every node until the next recomputation', () => {
    const k = kernelByHand({ nodes: 1, cpus: [0] });
    const zone = populate(k, 0, 'Normal', 262144);
    zone.watermark.low = 8000;
    k.setup_zone_pageset(zone);
    expect(zone.pcp.high).toBe(8000);
    k.page_alloc_cpu_online();
    expect(zone.pcp.high).toBe(4000);
  });

  // Up to v5.13 a zone that has grown keeps its sizes whatever CPUs come and go.
  it.each([['v5.10', 7, 7], ['v5.13', 7, 7], ['v5.14', 63, 31], ['v7.3', 63, 31]])(
    'of a zone that has grown is computed again by CPUs: %s', (version, down, up) => {
      const k = kernelByHand({ version, nodes: 1, cpus: [0, 0] });
      const zone = populate(k, 0, 'Normal', 32768);
      k.setup_zone_pageset(zone);
      populate(k, 0, 'Normal', 262144);
      expect(zone.pcp.batch).toBe(7);
      k.cpu_down(1);
      expect(zone.pcp.batch).toBe(down);
      populate(k, 0, 'Normal', 131072);
      k.cpu_up(1, 0);
      expect(zone.pcp.batch).toBe(up);
    });
});

describe('pageset life', () => {
  it('shares the boot pageset among zones without pages', () => {
    const k = kernelByHand({ nodes: 1 });
    populate(k, 0, 'Normal', 262144);
    k.setup_per_cpu_pageset();
    k.setup_per_zone_wmarks();
    // The first unpopulated zone that is sized changes what the others have too.
    expect(zoneOf(k, 0, 'DMA').pcp).toMatchObject({ high: 4, batch: 1 });
    expect(zoneOf(k, 0, 'Device').pcp).toMatchObject({ high: 4, batch: 1 });
    expect(k.state.boot_pageset).toMatchObject({ high: 4, batch: 1 });
  });

  it('leaves a new pageset at the sizes of boot when the zone remembers the right ones', () => {
    const k = kernelByHand({ nodes: 1 });
    const zone = populate(k, 0, 'Normal', 32768);
    k.setup_zone_pageset(zone);
    k.init_per_zone_wmark_min();
    populate(k, 0, 'Normal', 0);
    k.init_per_zone_wmark_min();
    k.zone_pcp_reset(zone);
    expect(zone.pageset).toBe('boot');
    k.setup_zone_pageset(zone);
    expect(zone.pcp).toMatchObject({ high: 0, batch: 1 });
    expect(zone).toMatchObject({ pageset_high_min: 4, pageset_batch: 1, pageset_leaked: 0 });
  });

  it('counts a pageset that is set up twice, and one that is reset under pages', () => {
    const k = kernelByHand({ nodes: 1 });
    const zone = populate(k, 0, 'Normal', 32768);
    k.setup_zone_pageset(zone);
    k.setup_zone_pageset(zone);
    expect(zone.pageset_leaked).toBe(1);
    k.zone_pcp_reset(zone);
    expect(zone.pageset_leaked).toBe(2);
  });

  it('keeps nothing while disabled and gets its sizes back', () => {
    const k = kernelByHand({ nodes: 1, cpus: [0, 0] });
    const zone = populate(k, 0, 'Normal', 262144);
    zone.watermark.low = 8000;
    k.setup_zone_pageset(zone);
    const before = { ...zone.pcp };
    for (const at of k.zone_pcp_disable(zone)) expect(at).not.toBe('');
    expect(zone.pcp).toEqual({ high: 0, batch: 1, high_min: 0, high_max: 0 });
    k.zone_pcp_enable(zone);
    expect(zone.pcp).toEqual(before);
  });

  it('is part of every version', () => {
    const k = compose('v4.13', [], machineByHand({ nodes: 1 }));
    expect(k.config.pcp_high).toBe('batches');
  });
});
