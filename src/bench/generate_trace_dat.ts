/**
 * The generated events as a trace.dat (version 6, as trace-cmd.dat(5) describes it), so that
 * `trace-cmd report` prints them: one CPU, ring buffer pages of 4096 bytes.
 */
import { writeFileSync } from 'node:fs';
import { pageEvents, type PageEvent } from './generate_trace.js';

const PAGE = 4096;
const HEAD = 16;

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const sized = (text: string): Buffer => Buffer.concat([u64(text.length), Buffer.from(text)]);

const headerPage = `\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;
\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
\tfield: char data;\toffset:16;\tsize:4080;\tsigned:1;
`;
const headerEvent = `# compressed entry header
\ttype_len    :    5 bits
\ttime_delta  :   27 bits
\tarray       :   32 bits

\tpadding     : type == 29
\ttime_extend : type == 30
\ttime_stamp : type == 31
\tdata max type_len  == 28
`;
const common = `\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:unsigned long pfn;\toffset:8;\tsize:8;\tsigned:0;
\tfield:unsigned int order;\toffset:16;\tsize:4;\tsigned:0;
`;
const pageText = '(((struct page *)vmemmap_base) + (REC->pfn)), REC->pfn, REC->order';
const flags = [
  ['GFP_HIGHUSER_MOVABLE', 0x500cca], ['GFP_KERNEL_ACCOUNT', 0x400cc0], ['GFP_KERNEL', 0xcc0],
  ['GFP_ATOMIC', 0xa20], ['GFP_NOWAIT', 0x800], ['__GFP_ZERO', 0x100], ['__GFP_COMP', 0x40000],
  ['__GFP_NOWARN', 0x2000], ['__GFP_NORETRY', 0x10000], ['__GFP_RETRY_MAYFAIL', 0x4000],
  ['__GFP_NOMEMALLOC', 0x80000], ['__GFP_IO', 0x40], ['__GFP_FS', 0x80],
].map(([name, value]) => `{(unsigned long)${value}, "${name}"}`).join(', ');

const ids = { mm_page_free: 501, mm_page_alloc: 503, mm_page_alloc_zone_locked: 504 } as const;

function format(name: keyof typeof ids, fields: string, print: string): Buffer {
  const head = `name: ${name}\nID: ${ids[name]}\nformat:\n`;
  return sized(`${head}${common}${fields}\nprint fmt: ${print}\n`);
}

const formats = [
  format('mm_page_free', '', `"page=%p pfn=0x%lx order=%d", ${pageText}`),
  format('mm_page_alloc',
    '\tfield:unsigned long gfp_flags;\toffset:24;\tsize:8;\tsigned:0;\n'
    + '\tfield:int migratetype;\toffset:32;\tsize:4;\tsigned:1;\n',
    `"page=%p pfn=0x%lx order=%d migratetype=%d gfp_flags=%s", ${pageText}, REC->migratetype, `
    + `(REC->gfp_flags) ? __print_flags(REC->gfp_flags, "|", ${flags}) : "none"`),
  format('mm_page_alloc_zone_locked',
    '\tfield:int migratetype;\toffset:20;\tsize:4;\tsigned:1;\n'
    + '\tfield:int percpu_refill;\toffset:24;\tsize:4;\tsigned:1;\n',
    `"page=%p pfn=0x%lx order=%u migratetype=%d percpu_refill=%d", ${pageText}, REC->migratetype, `
    + 'REC->percpu_refill'),
];

/** Bytes of an event's data; a multiple of 4. */
const sizes = { mm_page_free: 20, mm_page_alloc: 36, mm_page_alloc_zone_locked: 28 } as const;

function writeEvent(page: Buffer, at: number, event: PageEvent, delta: number): number {
  const size = sizes[event.name];
  page.writeUInt32LE((size / 4 | delta << 5) >>> 0, at);
  const data = at + 4;
  page.writeUInt16LE(ids[event.name], data);
  page.writeInt32LE(event.pid, data + 4);
  page.writeBigUInt64LE(BigInt(event.pfn), data + 8);
  page.writeUInt32LE(event.order, data + 16);
  if (event.name === 'mm_page_alloc') {
    page.writeBigUInt64LE(0x500ccan, data + 24);
    page.writeInt32LE(event.migratetype, data + 32);
  } else if (event.name === 'mm_page_alloc_zone_locked') {
    page.writeInt32LE(event.migratetype, data + 20);
    page.writeInt32LE(1, data + 24);
  }
  return data + size;
}

/** Ring buffer pages: time of the first event, bytes used, events with the ns since the last. */
function ringPages(count: number, seed: number): Buffer {
  const pages: Buffer[] = [];
  let page: Buffer | undefined;
  let at = 0;
  let last = 0;
  const close = (): void => { page?.writeBigUInt64LE(BigInt(at - HEAD), 8); };
  for (const event of pageEvents(count, seed)) {
    const time = event.time_us * 1000;
    if (page === undefined || at + 4 + sizes[event.name] > PAGE) {
      close();
      page = Buffer.alloc(PAGE);
      pages.push(page);
      page.writeBigUInt64LE(BigInt(time));
      at = HEAD;
      last = time;
    }
    at = writeEvent(page, at, event, time - last);
    last = time;
  }
  close();
  return Buffer.concat(pages);
}

/** Names of the tasks, which the events only number. */
function commLines(count: number, seed: number): string {
  const names = new Map<number, string>();
  for (const { pid, comm } of pageEvents(Math.min(count, 100_000), seed)) names.set(pid, comm);
  return [...names].map(([pid, comm]) => `${pid} ${comm}\n`).join('');
}

/** Writes the events of `writeTextTrace` of the same count and seed. */
export function writeTraceDat(path: string, count: number, seed: number): void {
  const head = Buffer.concat([
    Buffer.from([0x17, 0x08, 0x44]), Buffer.from('tracing6\0'), Buffer.from([0, 8]), u32(PAGE),
    Buffer.from('header_page\0'), sized(headerPage),
    Buffer.from('header_event\0'), sized(headerEvent),
    u32(0), u32(1), Buffer.from('kmem\0'), u32(formats.length), ...formats, u32(0), u32(0),
    sized(commLines(count, seed)), u32(1), Buffer.from('options  \0'), Buffer.alloc(2),
    Buffer.from('flyrecord\0'),
  ]);
  const pages = ringPages(count, seed);
  const start = Math.ceil((head.length + 16) / PAGE) * PAGE;
  const index = Buffer.concat([head, u64(start), u64(pages.length)]);
  writeFileSync(path, Buffer.concat([index, Buffer.alloc(start - index.length), pages]));
}
