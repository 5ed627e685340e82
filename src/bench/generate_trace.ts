/** Page-level traces of any length, the same for the same seed: as text, and as trace.dat. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { Random } from '../base/random.js';

/** An event as the kernel would have traced it. */
export interface PageEvent {
  readonly time_us: number;
  readonly cpu: number;
  readonly comm: string;
  readonly pid: number;
  readonly name: 'mm_page_alloc' | 'mm_page_free' | 'mm_page_alloc_zone_locked';
  readonly pfn: number;
  readonly order: number;
  readonly migratetype: number;
  /** Index into `gfpFlags`. */
  readonly gfp: number;
}

/** What the allocations of offline-under-load were asked with, the frequent ones first. */
const gfpFlags = [
  'GFP_HIGHUSER_MOVABLE|__GFP_COMP', 'GFP_HIGHUSER_MOVABLE', 'GFP_KERNEL',
  'GFP_HIGHUSER_MOVABLE|__GFP_ZERO', 'GFP_KERNEL_ACCOUNT|__GFP_ZERO', 'GFP_KERNEL|__GFP_ZERO',
  '__GFP_IO|__GFP_FS|__GFP_NOWARN|__GFP_NORETRY|__GFP_COMP|__GFP_NOMEMALLOC',
  'GFP_ATOMIC|__GFP_ZERO', 'GFP_NOWAIT|__GFP_NOWARN|__GFP_NORETRY',
  'GFP_KERNEL|__GFP_NOWARN|__GFP_RETRY_MAYFAIL',
] as const;

const names = ['mm_page_free', 'mm_page_alloc', 'mm_page_alloc_zone_locked'] as const;
const comms = ['dd', 'sh', 'kworker/u4:1', 'rm', 'kcompactd0', 'systemd-udevd', 'memhog'] as const;

/** Events in order of time: about a third each of allocations, refills and frees. */
export function* pageEvents(count: number, seed: number): Generator<PageEvent> {
  const numbers = new Random(seed);
  const random = (): number => numbers.next();
  let time_us = 8_000_000;
  let task = 0;
  for (let i = 0; i < count; i++) {
    const dice = random();
    time_us += 1 + (dice & 3);
    if ((dice >>> 2) % 16 === 0) task = (dice >>> 8) % 40;
    const kind = (dice >>> 6) % 3;
    const order = (dice >>> 12) % 32 === 0 ? (dice >>> 17) % 10 : 0;
    yield {
      time_us, cpu: task % 4, comm: comms[task % comms.length] ?? 'sh', pid: 90 + task * 7,
      name: names[kind] ?? 'mm_page_free',
      pfn: 0x100000 + (random() % 0x40000 >>> order << order), order,
      migratetype: (dice >>> 21) % 8 === 0 ? 0 : 1, gfp: Math.min(9, (dice >>> 24) % 16 >>> 1),
    };
  }
}

/** `page=` is what %p prints: 16 digits that mean nothing. */
function pointer(pfn: number): string {
  return (Math.imul(pfn, 0x9e3779b1) >>> 0).toString(16).padStart(16, '0');
}

/** The event as a line of tracefs. */
export function textLine(event: PageEvent): string {
  const { time_us, cpu, comm, pid, name, pfn, order, migratetype, gfp } = event;
  const task = `${comm.padStart(16)}-${String(pid).padEnd(7)}`;
  const seconds = `${Math.floor(time_us / 1e6)}.${String(time_us % 1e6).padStart(6, '0')}`;
  const rest = name === 'mm_page_free' ? '' : ` migratetype=${migratetype}${
    name === 'mm_page_alloc' ? ` gfp_flags=${gfpFlags[gfp]}` : ' percpu_refill=1'}`;
  return `${task} [${String(cpu).padStart(3, '0')}] d..2. ${seconds.padStart(12)}: ${name}: `
    + `page=${pointer(pfn)} pfn=0x${pfn.toString(16)} order=${order}${rest}\n`;
}

/** Writes a text trace as `/sys/kernel/tracing/trace` would print it. */
export function writeTextTrace(path: string, count: number, seed: number): void {
  const file = openSync(path, 'w');
  const head = `# entries-in-buffer/entries-written: ${count}/${count}   #P:4\n`;
  let piece = `# tracer: nop\n#\n${head}#\n`;
  for (const event of pageEvents(count, seed)) {
    piece += textLine(event);
    if (piece.length < 1 << 20) continue;
    writeSync(file, piece);
    piece = '';
  }
  writeSync(file, piece);
  closeSync(file);
}
