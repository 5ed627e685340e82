/** What is said of an input that no importer takes for its own. */
import type { Source } from './source.js';

/** Files that other programs make text of, by their first bytes. */
const binaries: readonly (readonly [magic: string, message: string])[] = [
  ['\x17\x08\x44tracing', 'is a trace.dat of trace-cmd, expected its text: '
    + '`trace-cmd report -t -i trace.dat > trace.txt` makes it'],
  ['PERFILE2', 'is a perf.data, expected its text: '
    + '`perf script --header --ns -i perf.data > trace.txt` makes it'],
  ['\xfd7zXZ\0', 'is compressed by xz, expected gzip or nothing: `xz -d FILE`, or of a .tar.xz '
    + '`tar -xf FILE`, unpacks it'],
  ['\x28\xb5\x2f\xfd', 'is compressed by zstd, expected gzip or nothing: `zstd -d FILE`, or of '
    + 'a .tar.zst `tar --zstd -xf FILE`, unpacks it'],
  ['BZh', 'is compressed by bzip2, expected gzip or nothing: `bzip2 -d FILE`, or of a .tar.bz2 '
    + '`tar -xf FILE`, unpacks it'],
  ['PK\x03\x04', 'is a zip archive, expected .tar.gz or a folder: `unzip FILE -d FOLDER` unpacks '
    + 'it'],
  ['\x04\x22\x4d\x18', 'is compressed by lz4, expected gzip or nothing: `lz4 -d FILE` unpacks it'],
  ['\x5d\0\0', 'is compressed by lzma, expected gzip or nothing: `xz -d FILE` unpacks it'],
  ['7z\xbc\xaf', 'is a 7z archive, expected .tar.gz or a folder: `7z x FILE` unpacks it'],
];

const byTracer = 'expected events as ftrace, trace-cmd or perf print them: `trace-cmd record '
  + '-e kmem -e page_isolation`, then `trace-cmd report -t > trace.txt`; or the script of '
  + '`mmreplay recorder`';

/** perf's line without a time, and the first frame below it. */
const timeless = new RegExp(String.raw`^\S.{0,60}?\s\d+(?:/\d+)?(?: +\[\d+\])? +(?:\d+ +)?`
  + String.raw`[\w-]+(?::[\w-]+)?: *\n[ \t]+[0-9a-f]{4,16} `, 'm');

/** What a tool prints in a form of its own, which nobody else can know. */
const ofScript = (tool: string): string =>
  `is what a script of ${tool} printed, in a form of its own, ${byTracer}`;

const ofPerf = (what: string, fields: string): string =>
  `is text of \`perf script\` without ${what}, expected them: \`perf record -a\`, or `
  + `\`perf script -F ${fields}\``;

/** Of a machine that runs, as the kernel's files show it: a recording has them beside its trace. */
const shown = (what: string): string => `is what ${what} shows of a machine that runs, which tells `
  + 'no call: expected a recording (`mmreplay recorder` prints the script that makes one), a '
  + 'tracer\'s text, or the kernel log from the boot on';

/** Texts that people have of memory, and of which no trace can be made: what to do instead. */
const texts: readonly (readonly [pattern: RegExp, message: string])[] = [
  [/^--- (?:a\/|\/dev\/null)\S*[^\n]*\n\+\+\+ /m, 'is a patch, expected what happened on a '
    + 'machine: `mmreplay mail FILE` says which policies a patch is, '
    + '`mmreplay new policy ID --from FILE` makes one of it'],
  [/^ *\d+\.\d+ (?:\([^()\n]*\): )?\S+\/\d+ \w+:\w+\(/m,
    'is text of `perf trace`, expected that of `perf script`'],
  [/^[ \t]*\S.{0,60}?[ \t]\d+ +\d+\.\d+: +(?:\d+ +)?\w[\w-]*:\w+: /m, ofPerf('CPUs', '+cpu')],
  [timeless, ofPerf('times', '+time,+cpu')],
  [/^Attaching \d+ probes?\.\.\.|^@\w*(?:\[[^\n]*\]: (?:\d|\n)|: \d+$|\[$)/m, ofScript('bpftrace')],
  [/^(?:TIME\S*\s+)?(?:COMM|PID)\s+(?:PID|COMM|TID)\b/m, ofScript('bcc')],
  [/^# event histogram/m, `is a histogram that a trigger of the tracer made, ${byTracer}`],
  [/^ *Performance counter stats for |^# Samples: .* of event /m,
    `is what perf counted, ${byTracer}`],
  [/^(?:\[pid +\d+\] |\d+ +)?(?:[\d:.]+ )?(?:openat|write|read|mmap|execve|ioctl)\(.*\) += -?\d/m,
    'is text of strace, which tells what programs asked for and not what the kernel did, '
      + byTracer],
  [/^MemTotal: +\d+ kB$/m, shown('/proc/meminfo')],
  [/^Node +\d+, zone +\w+/m, shown('/proc/zoneinfo, buddyinfo or pagetypeinfo')],
  [/^RANGE +SIZE +STATE|^Memory block size: +\d+\w\n/m, shown('lsmem')],
  [/^[0-9a-f]{8,16}-[0-9a-f]{8,16} : /m, shown('/proc/iomem')],
  [/^available: \d+ nodes? \(/m, shown('`numactl -H`')],
];

/** A folder or an archive without a recording and without one trace: by the files that it has. */
function unknownFolder(names: readonly string[]): string {
  const traces = names.filter((name) => name.endsWith('.csv'));
  if (traces.length > 1) {
    return `holds ${traces.length} traces (${traces.slice(0, 3).join(', ')}${traces.length > 3
      ? ', ...' : ''}), expected one of them, or a recording; \`run\` takes all of a folder`;
  }
  const text = names.find((name) =>
    /\.(?:txt|log|dmesg|out|ya?ml|json|tar|tgz)$|^dmesg/.test(name));
  const more = names.length > 4 ? ', ...' : '';
  return 'holds no recording (info.json, or trace.txt and dmesg.txt) and no trace (.csv, .csv.gz)'
    + (text === undefined ? `; it has ${names.slice(0, 4).join(', ')}${more}`
      : `; one of its files can be imported by itself: ${text}`);
}

/** What to do about an input that no importer takes for its own. */
export function unknownInput({ head, names }: Source): string {
  if (names.length > 0) return unknownFolder(names);
  if (head === '') return 'is empty, expected a recording or a trace';
  const binary = binaries.find(([magic]) => head.startsWith(magic))?.[1];
  if (binary !== undefined) return binary;
  if (/^(?:\xff\xfe|\xfe\xff|(?:[\t\r -~]\0){8})/.test(head)) {
    return 'is UTF-16 text, expected UTF-8: `iconv -f UTF-16 -t UTF-8 FILE > OTHER` makes it';
  }
  const said = texts.find(([pattern]) => pattern.test(head))?.[1];
  if (said !== undefined) return said;
  return 'is no recording, trace, scenario, tracer text or kernel log that is known; ' +
    '`mmreplay list importers` says what can be read';
}
