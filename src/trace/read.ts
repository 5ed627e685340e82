/** Reads a trace from whatever a user has: see `import/`. */
import { TraceError } from '../base/errors.js';
import { TraceBuilder } from './build.js';
import { chooseImporter } from './importers.js';
import { Problems, type Problem } from './problems.js';
import { openSource, type Source } from './source.js';
import type { Trace } from './trace.js';

export interface ReadOptions {
  /** Name of the importer; without it, the one that recognises the input. */
  readonly importer?: string;
  /** Kconfig symbols that the user knows; they win over what was found. */
  readonly config?: Readonly<Record<string, string>>;
  /** Boot parameters that are tried, beside those of the trace. */
  readonly parameters?: readonly string[];
  /** Policy that the recorded kernel had. */
  readonly series?: string;
  /** Question whose policies are held against the trace. */
  readonly question?: string;
  /** Which boot of a kernel log is read, from 1; without it the last one with a memory map. */
  readonly boot?: number;
}

export interface ReadResult {
  readonly trace: Trace;
  /** What is wrong in the input, in the order found; the rest was read. */
  readonly problems: readonly Problem[];
  /** Lines that nothing was made of, by kind. */
  readonly unused: ReadonlyMap<string, number>;
  /** Name of the importer that read it. */
  readonly importer: string;
}

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

/** What a tool prints in a form of its own, which nobody else can know. */
function scriptText(tool: string): string {
  return `is what a script of ${tool} printed, in a form of its own, expected events as ftrace, `
    + 'trace-cmd or perf print them: `trace-cmd record -e kmem -e page_isolation`, then '
    + '`trace-cmd report -t > trace.txt`; or the script of `mmreplay recorder`';
}

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
function unknownInput({ head, names }: Source): string {
  if (names.length > 0) return unknownFolder(names);
  if (head === '') return 'is empty, expected a recording or a trace';
  const binary = binaries.find(([magic]) => head.startsWith(magic))?.[1];
  if (binary !== undefined) return binary;
  if (/^(?:\xff\xfe|\xfe\xff|(?:[\t\r -~]\0){8})/.test(head)) {
    return 'is UTF-16 text, expected UTF-8: `iconv -f UTF-16 -t UTF-8 FILE > OTHER` makes it';
  }
  if (/^ *\d+\.\d+ (?:\([^()\n]*\): )?\S+\/\d+ \w+:\w+\(/m.test(head)) {
    return 'is text of `perf trace`, expected that of `perf script`';
  }
  if (/^\s*\S.{0,60}?\s\d+ +\d+\.\d+: +(?:\d+ +)?\w[\w-]*:\w+: /m.test(head)) {
    return 'is text of `perf script` without CPUs, expected them: `perf record -a`, or '
      + '`perf script -F +cpu`';
  }
  if (/^Attaching \d+ probes?\.\.\./m.test(head)) return scriptText('bpftrace');
  if (/^(?:TIME\S*\s+)?(?:COMM|PID)\s+(?:PID|COMM|TID)\b/m.test(head)) return scriptText('bcc');
  return 'is no recording, trace, scenario, tracer text or kernel log that is known; ' +
    '`mmreplay list importers` says what can be read';
}

/**
 * Reads a file, a recording's folder or its archive. Throws TraceError when nothing can be read
 * of it, UsageError when there is no such importer.
 */
export async function readTrace(path: string, options: ReadOptions = {}): Promise<ReadResult> {
  return readSource(await openSource(path), options);
}

/** Reads what was opened. */
export async function readSource(source: Source, options: ReadOptions): Promise<ReadResult> {
  const { path } = source;
  const importer = await chooseImporter(source, options.importer);
  if (importer === undefined) {
    throw new TraceError({ file: path, line: 0 }, unknownInput(source));
  }
  if (options.boot !== undefined && importer.hasBoots !== true) {
    throw new TraceError({ file: path, line: 0 }, `is read as ${importer.id}, which has no boots, `
      + `expected a kernel log with --boot ${options.boot}`);
  }
  const problems = new Problems();
  const builder = new TraceBuilder(problems);
  builder.setFile(path);
  const { series, question, boot, config = {}, parameters = [] } = options;
  const header = await importer.read(source, {
    builder, problems,
    given: {
      config, ...(series === undefined ? {} : { series }),
      ...(question === undefined ? {} : { question }),
      ...(boot === undefined ? {} : { boot }),
    },
  });
  const trace = builder.finish(parameters.length === 0 ? header : { ...header, parameters });
  return { trace, problems: problems.told(path), unused: trace.unused, importer: importer.id };
}
