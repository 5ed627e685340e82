/**
 * Patches of the lists that are not shipped, each as a policy in its own words with a trace on
 * which it parts from the kernel that it was made against: what `mmreplay run` says of it.
 */
import { execFile } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { repository } from '../replay/rig.js';

/** All that the command prints, on one line; its exit status is 0 or 1. */
async function report(folder: string, trace: string, policies: readonly string[]): Promise<string> {
  const at = (name: string): string => repository(`test/patches/cases/${folder}/${name}`);
  const args = [
    repository('dist/src/main.js'), 'run', at(trace), '--full', '--no-cache', '-q', '-p', 'base',
    ...policies.flatMap((name) => ['-p', at(`${name}.ts`)]),
  ];
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (status === 0 || status === 1) resolve(stdout.replace(/\s+/g, ' '));
      else reject(new Error(`${status}: ${stderr}`));
    });
  });
}

interface Case {
  readonly folder: string;
  readonly trace: string;
  readonly policies: readonly string[];
  readonly says: readonly RegExp[];
}

const cases: readonly Case[] = [
  /**
   *     0x140000 RAM 0x148000 hole 0x150000     one block of 256 MiB goes offline
   *
   * Expect: the base leaves 64 pageblocks counted as isolated; who takes off the whole range goes
   * to -64, who takes off what was isolated ends at 0.
   */
  { folder: 'isolate_count', trace: 'trace.csv', policies: ['by_range', 'by_count'], says: [
    /base v4\.19 0:Normal: 64 counted, 0 are isolated/, /fixed by by_count: no cost/,
    /changed by by_range: leaves P5/, /-64 counted, 0 are isolated/,
  ] },
  /** The same block. Expect: refused with -EINVAL, and nothing was counted wrong without it. */
  { folder: 'holes', trace: 'trace.csv', policies: ['refuse'], says: [
    /base v5\.4 nothing is found wrong/, /offline memory20 gives -22 EINVAL, on the base 0/,
  ] },
  /**
   *     0-2G node 1 | 4G node 0 0x144000 | hole | 0x148000 node 1
   *
   * Expect: the block that ends in the hole has a link with node 1 too; by regions it has not.
   */
  { folder: 'block_links', trace: 'trace.csv', policies: ['regions'], says: [
    /base v6\.12 memory40 has a link with node 1, which has none of its memory/,
    /fixed by regions: no cost/,
  ] },
  /**
   *     node 1: 20 huge pages, reserved, given back by the administrator, dissolved by offline
   *
   * Expect: 20 of 0 pages are surplus; with the patch none is.
   */
  { folder: 'surplus', trace: 'trace.csv', policies: ['leave'], says: [
    /base v6\.11\.11 20 of 0 huge pages of node 1 are surplus/, /fixed by leave: no cost/,
  ] },
  /**
   *     0x140000 RAM 0x142000 pmem 0x160000     one section has both
   *
   * Expect: 2048 pages are read as online and a failed one of the device is taken for RAM; who
   * looks up the pgmap reads 512 and refuses.
   */
  { folder: 'online_page', trace: 'trace.csv', policies: ['section', 'taint'], says: [
    /taint: read_kpageflags 0x141e00-0x1425ff gives 512, on the base 2048, .*; leaves I1, I2/,
    /not by section: is what the base does/,
    /memory_failure 0x143000: -6 ENXIO: .*\[taint\]/,
  ] },
  /**
   * Huge pages raised min_free_kbytes at boot; a DIMM goes online. That the kernel has huge pages
   * is told by its command line alone.
   *
   * Expect: 1330 pages is the min watermark of DMA32 then, 10520 with the patch.
   */
  { folder: 'khugepaged', trace: 'trace.yaml', policies: ['again'], says: [
    /TRANSPARENT_HUGEPAGE=y because of transparent_hugepage=/,
    /min_free_kbytes fell by 39359 kB/, /again: leaves I2/,
    /-node 0 DMA32: min 1330/, /\+node 0 DMA32: min 10520/,
  ] },
  /** mem=1G, a DIMM at 4 GiB. Expect: -E2BIG inside, -EINVAL outside; added with the patch. */
  { folder: 'mem_param', trace: 'trace.yaml', policies: ['boot_only'], says: [
    /add_memory 0x100000-0x107fff node 0 gives 0, on the base -22 EINVAL/,
    /register_memory_resource\(\) gave it -7 E2BIG/,
  ] },
  /**
   *     0x100000 RAM 0x140000 | 2 MiB hole | 0x140200 RAM 0x1c0000 | a DIMM
   *
   * Expect: who counts struct pages of the hole calls the zone contiguous; a scan does not.
   */
  { folder: 'contiguous', trace: 'trace.csv', policies: ['counter'], says: [
    /worse with counter: .*0:Normal is marked contiguous, but page 0x140000 is not online/,
  ] },
  /**
   *     a page of ZONE_MOVABLE is off its LRU list while its block goes offline
   *
   * Expect: refused; by trust in the zone it waits until the page is back and goes offline then,
   * a signal ends the wait, and a page that never comes back makes it endless.
   */
  { folder: 'movable_off_lru', trace: 'race.csv', policies: ['trust_zone'], says: [
    /offline memory40 gives 0, on the base -16 EBUSY/, /movable, but on no LRU list/,
  ] },
  { folder: 'movable_off_lru', trace: 'signal.csv', policies: ['trust_zone'], says: [
    /offline memory40 gives -4 EINTR, on the base -16 EBUSY/,
  ] },
  { folder: 'movable_off_lru', trace: 'loop.csv', policies: ['trust_zone'], says: [
    /worse with trust_zone: adds offline_pages\(\) never returns: .*on no LRU list/,
  ] },
  /**
   *     +0 s a notifier keeps the emptied blocks | +1 s it does not any more | +50 s the timer
   *
   * Expect: two blocks stay for good; with the patch they go when the timer of 50 s expires.
   */
  { folder: 'virtio_retry', trace: 'trace.yaml', policies: ['merged'], says: [
    /First divergence .* event step 6: wait time 66\.000000 s/,
    /base v6\.1 state=online valid_zones=Movable removable=1 nodes=1 merged absent/,
  ] },
  /** A node that is possible and not online. Expect: an oops; either patch serves the request. */
  { folder: 'offline_node', trace: 'trace.csv', policies: ['local_node', 'every_node'], says: [
    /oops in __alloc_pages\(\): NULL pointer dereference: node 1 has no pgdat/,
    /fixed by local_node, every_node: no cost/,
  ] },
  /** 66432 MiB. Expect: 2048 MiB are chosen, and the report says what that leaves untold. */
  { folder: 'block_size', trace: 'trace.yaml', policies: ['bare_metal'], says: [
    /changed by bare_metal/, /2048 MiB chosen;.*cannot tell/,
  ] },
  /**
   *     a driver unplugs a block, of which somebody holds a page
   *     3 s begin | 4 s a signal | 6 s a fatal one | 33 s a timer of the patch
   *
   * Expect: the plain signal ends it, or the fatal one alone, or the timer alone.
   */
  { folder: 'unplug_timeout', trace: 'trace.csv', policies: ['fatal_only', 'timeout'], says: [
    /base v6\.1 nothing is found wrong; refuses unplug_memory -4 EINTR/,
    /signal: memory40: \[base v6\.1\] state=online .*\[fatal_only, timeout\] state=going-offline/,
    /signal: memory40: \[base v6\.1, fatal_only\] state=online .*\[timeout\] state=going-offline/,
    /timeout: unplug_memory 0x140000-0x147fff gives -110 ETIMEDOUT/,
  ] },
  /** The worker of virtio-mem gets no signal. Expect: endless, but for the timer. */
  { folder: 'unplug_timeout', trace: 'unsafe.csv', policies: ['fatal_only', 'timeout'], says: [
    /base v6\.1 offline_pages\(\) never returns: page 0x140e10 cannot be moved/,
    /fixed by timeout: no cost/, /(?:as base|not by) fatal_only: is what the base does/,
  ] },
];

describe('a patch of the lists', () => {
  test.each(cases)('$folder, $trace', async ({ folder, trace, policies, says }) => {
    const text = await report(folder, trace, policies);
    for (const sentence of says) expect(text).toMatch(sentence);
  });
});
