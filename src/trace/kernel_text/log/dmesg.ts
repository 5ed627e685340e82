/** The kernel log as rows: setup, printk and what it tells about the machine. */
import { PAGE_SIZE } from '../../../base/pfn.js';
import { UsageError } from '../../../base/errors.js';
import { maxOf } from '../../../base/long_lists.js';
import { blockSize } from '../../block_size.js';
import { does } from '../../since.js';
import { numberProblem } from '../../format.js';
import { rowProblem } from '../../row_limits.js';
import type { TraceRow } from '../../trace.js';
import { oneCpuNote, presentCpus } from './cpu_count.js';
import { countKinds, kindOf, SpokenLines } from './dmesg_kinds.js';
import { rangeProblem, setupProblem, setupRows } from './dmesg_setup.js';
import { isOfCall } from '../../dumped_reasons.js';
import { dumpedPfn } from './dumped_page.js';
import { firmwareNodes } from './faked_nodes.js';
import { unnamedNodes } from './window_nodes.js';
import { unusedSrat } from './unused_srat.js';
import { E820Changes } from './e820_changes.js';
import { ReservedMemory } from './reserved_memory.js';
import { foreignMachine, type ForeignMachine } from './machine_kind.js';
import {
  chosenBoot, logLines, type LoggedBoot, type LogLine, type LogProblem,
} from './log_lines.js';
import { readVirtioMemLine } from '../recording/virtio_mem.js';
import type { DmesgFacts, DmesgRow, MinFreeLine } from './dmesg_facts.js';
import { wordsIn } from '../../row_words.js';

export interface Dmesg {
  /** In the order of the log; times never go back. */
  readonly rows: readonly DmesgRow[];
  readonly facts: DmesgFacts;
  /** Lines that nothing is made of here, by kind; and their kinds by line. */
  readonly unused: ReadonlyMap<string, number>;
  readonly kinds: ReadonlyMap<number, string>;
  /** Lines of other programs. */
  readonly others: number;
  /** The pages that the kernel dumped: with time, in order. */
  readonly dumped: readonly DmesgRow[];
  /** The boot's lines. */
  readonly lines: readonly LogLine[];
  /** It is of a machine that the model does not have. */
  readonly foreign?: ForeignMachine;
  /** What is wrong with lines; they were left out. */
  readonly problems: readonly LogProblem[];
  /** What was decided where the log leaves a choice, for the user. */
  readonly notes: readonly LogProblem[];
}

export interface DmesgOptions {
  /** Which boot of the log is read, from 1; without it the last one with a memory map. */
  readonly boot?: number;
}

/** A CPU comes up when the kernel runs. */
const lateCpu = /^smpboot: Booting Node (\d+) Processor (\d+) APIC /;
const units: Readonly<Record<string, number>> = { KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

class DmesgReader {
  rows: DmesgRow[] = [];
  readonly dumped: DmesgRow[] = [];
  readonly kinds = new Map<number, string>();
  readonly facts: DmesgFacts = {
    config: {}, pxm_nodes: new Map(), faked_nodes: new Map(), virtio_mem: new Map(),
    min_free_kbytes: [],
  };
  readonly problems: LogProblem[] = [];
  readonly notes: LogProblem[] = [];
  readonly #spoken = new SpokenLines();
  readonly #reserved = new ReservedMemory();
  readonly #changes = new E820Changes();
  #time = 0;
  #pfn: number | undefined;
  /** Named since `Zone ranges:`. */
  #zones: Set<string> | undefined;
  #hasParam = false;
  #nokaslr = false;
  #cpusAreUp = false;
  /** Nodes of the CPUs in the order of the SRAT; a CPU line of the SMP boot wins over it. */
  readonly #sratNodes: number[] = [];
  /** CPU to node, by the lines of the SMP boot; a warning can cut such a line short. */
  readonly #bootNodes = new Map<number, number>();
  /** The same of CPUs that come up when the kernel runs, for maxcpus= and nosmp left them alone. */
  readonly #lateNodes = new Map<number, number>();

  read({ text, time_ns, line: number }: LogLine): void {
    this.#time = time_ns;
    if (text.trim() === '') return;
    this.#facts(text, number);
    if (this.#reserved.read(text, number) || this.#changes.read(text, number)) return;
    if (this.#setup(text, number) || this.#spokenLine(text.trimEnd(), number)) return;
    const message = setupProblem(text);
    if (message !== undefined) this.problems.push({ line: number, message });
    this.kinds.set(number, kindOf(text));
  }

  /** When all lines are read. */
  finish(lines: readonly LogLine[]): void {
    this.#dropNodes(lines);
    const faked = firmwareNodes(lines, this.rows);
    this.facts.faked_nodes = faked;
    for (const nodes of [this.#bootNodes, this.#lateNodes]) {
      for (const [cpu, nid] of nodes) nodes.set(cpu, faked.get(nid) ?? nid);
    }
    this.#finishCpus(lines.at(-1)?.line ?? 0);
    this.rows = [...unnamedNodes(lines, this.rows, faked), ...this.rows];
  }

  /** Without nodes where the kernel had none. */
  #dropNodes(lines: readonly LogLine[]): void {
    const why = unusedSrat(lines, this.rows);
    if (why === undefined) return;
    this.rows = this.rows.filter(({ row }) => row.event !== 'srat_mem');
    this.#sratNodes.length = 0;
    this.facts.pxm_nodes.clear();
    (why.isTold ? this.notes : this.problems).push(why);
  }

  /** CPU 0 is in no line of the SMP boot. */
  #finishCpus(number: number): void {
    // What changes the map comes behind it.
    const map = this.rows.findLastIndex(({ row }) => row.event === 'e820');
    const time_ns = this.rows[map]?.row.time_ns ?? 0;
    const param = this.rows.find(({ row }) => row.event === 'boot_param')?.row.args ?? '';
    this.rows = [
      ...this.#ranges(this.#reserved.rows(), 0), ...this.rows.slice(0, map + 1),
      ...this.#ranges(this.#changes.rows(param), time_ns), ...this.rows.slice(map + 1),
    ];
    const boot = this.#bootNodes;
    const { present_cpus } = this.facts;
    if (present_cpus !== undefined && this.facts.cpus === undefined) {
      this.#number('cpus', present_cpus, number);
    }
    // What was plugged in when the kernel ran was not there at boot.
    const late = [...this.#lateNodes.keys()].filter((cpu) => cpu < (present_cpus ?? 0));
    if (late.length > 0) this.facts.cpus = Math.max(this.facts.cpus ?? 0, maxOf(late) + 1);
    const count = this.facts.cpus
      ?? Math.max(this.#sratNodes.length, maxOf(boot.keys(), -1) + 1);
    if (boot.size + this.#lateNodes.size === 0 && this.#sratNodes.length === 0) return;
    const cpus = Array.from({ length: count }, (_, cpu): DmesgRow => {
      const nid = boot.get(cpu) ?? this.#sratNodes[cpu] ?? this.#lateNodes.get(cpu) ?? 0;
      return { row: { time_ns: 0, event: 'srat_cpu', nid, args: `cpu=${cpu}` }, line: number };
    });
    this.rows = [...cpus, ...this.rows];
  }

  #ranges(
    rows: readonly { readonly row: Omit<TraceRow, 'time_ns'>; readonly line: number }[],
    time_ns: number,
  ): DmesgRow[] {
    return rows.filter(({ row, line }) => this.#isRange(row, line))
      .map(({ row, line }) => ({ row: { time_ns, ...row }, line }));
  }

  #push(row: Omit<TraceRow, 'time_ns'>, line: number): void {
    this.rows.push({ row: { time_ns: this.#time, ...row }, line });
  }

  #setup(text: string, line: number): boolean {
    if (/^(Kernel c|C)ommand line: /.test(text)) return this.#commandLine(text, line);
    const cpu = /^SRAT: PXM \d+ -> APIC 0x[0-9a-f]+ -> Node (\d+)/.exec(text);
    if (cpu !== null) this.#sratNodes.push(Number(cpu[1]));
    const [, nid, late] = lateCpu.exec(text) ?? [];
    if (late !== undefined) this.#cpuNode(this.#lateNodes, Number(late), Number(nid), line);
    this.#proximity(text);
    this.#cpusAreUp ||= text.startsWith('smp: Brought up ');
    const rows = setupRows(text, this.#cpusAreUp);
    for (const row of rows ?? []) {
      const named = row.event === 'srat_cpu' ? wordsIn('srat_cpu', row.args).cpu : undefined;
      if (named !== undefined) this.#cpuNode(this.#bootNodes, named, row.nid ?? 0, line);
      else if (this.#isRange(row, line)) this.#push(row, line);
    }
    return rows !== undefined || cpu !== null;
  }

  #cpuNode(nodes: Map<number, number>, cpu: number, nid: number, line: number): void {
    const message = rowProblem({ time_ns: 0, event: 'srat_cpu', cpu, nid });
    if (message === undefined) nodes.set(cpu, nid);
    else this.problems.push({ line, message });
  }

  /** Can the range of a row be one? A trace with one that cannot is refused. */
  #isRange({ args }: { readonly args?: string }, line: number): boolean {
    const message = rangeProblem(args ?? '');
    if (message !== undefined) this.problems.push({ line, message });
    return message === undefined;
  }

  #proximity(text: string): void {
    const [, pxm, nid] = /^SRAT: PXM (\d+) -> .* Node (\d+)/.exec(text) ?? [];
    const [, node, domain] = /^ACPI: SRAT: Node (\d+) PXM (\d+) /.exec(text) ?? [];
    if (pxm !== undefined) this.facts.pxm_nodes.set(Number(pxm), Number(nid));
    if (domain !== undefined) this.facts.pxm_nodes.set(Number(domain), Number(node));
  }

  /** It is printed twice, early and late, alike but for what a boot config adds. */
  #commandLine(text: string, line: number): true {
    if (!this.#hasParam) {
      const args = text.slice(text.indexOf(':') + 1).trim();
      this.#push({ event: 'boot_param', ...(args === '' ? {} : { args }) }, line);
    }
    this.#hasParam = true;
    this.#nokaslr ||= /\bnokaslr\b/.test(text);
    return true;
  }

  #spokenLine(text: string, line: number): boolean {
    if (text.startsWith('page:')) this.#pfn = dumpedPfn(text, this.#nokaslr);
    if (!this.#spoken.isSpoken(text)) return false;
    const reason = /^page dumped because: (.*)$/.exec(text)?.[1];
    const pfn = reason === undefined || this.#pfn === undefined ? {} : { pfn: this.#pfn };
    this.#push({ event: 'printk', ...pfn, args: text }, line);
    if (reason === undefined) return true;
    this.#pfn = undefined;
    // Pages are dumped for other reasons, too: a bad state, an assertion, a bad page table entry.
    if (pfn.pfn !== undefined && isOfCall(reason)) {
      const args = `reason=${reason.replace(/ /g, '_')}`;
      const row = { time_ns: this.#time, event: 'unmovable_page', ...pfn, args } as const;
      this.dumped.push({ row, line });
    }
    return true;
  }

  #facts(text: string, line: number): void {
    const { facts } = this;
    readVirtioMemLine(facts.virtio_mem, text, this.#time, line);
    const version = /^Linux version (\S+)/.exec(text);
    if (version?.[1] !== undefined) this.#version(version[1], text);
    const block = /Memory block size: (\d+)\s?([KMG]B)/.exec(text);
    if (block !== null) {
      this.#number('block_size', Number(block[1]) * (units[block[2] ?? ''] ?? 1), line);
    }
    const brought = /^smp: Brought up \d+ nodes?, (\d+) CPUs?/.exec(text);
    if (brought !== null) this.#number('cpus', Number(brought[1]), line);
    this.#clock(text);
    const minFree = minFreeWord(text);
    if (minFree !== undefined) facts.min_free_kbytes.push({ time_ns: this.#time, ...minFree });
    facts.present_cpus = presentCpus(text) ?? facts.present_cpus;
    const percpu = /NR_CPUS:(\d+) .*nr_cpu_ids:(\d+) nr_node_ids:(\d+)/.exec(text);
    if (percpu !== null) this.#percpu(percpu, line);
    if (/deferred pages initialised/.test(text)) facts.config['DEFERRED_STRUCT_PAGE_INIT'] = 'y';
    if (/^Fallback order for Node |^NUMA: |ACPI: SRAT: Node|No NUMA configuration/.test(text)) {
      facts.config['NUMA'] = 'y';
    }
    // Kernels with nodes name the zone of policies right behind this line.
    if (/^Built \d+ zonelists, /.test(text)) facts.config['NUMA'] ??= 'n';
    if (/^Policy zone: /.test(text)) facts.config['NUMA'] = 'y';
    // The slab allocator speaks up right behind this line, when it is SLUB.
    if (/^Memory: \d+K\//.test(text)) facts.config['SLUB'] ??= 'n';
    if (/^SLUB: HWalign=/.test(text)) facts.config['SLUB'] = 'y';
    this.#zoneRanges(text);
    const stamp = /^workingset: timestamp_bits=(\d+)/.exec(text);
    if (stamp !== null) this.#pageFlags(62 - Number(stamp[1]));
  }

  /**
   * Once sched_clock() is found stable, local_clock(), which printk() reads, is it plus a constant:
   * the last number. Where it is not stable, tracers read local_clock() too.
   */
  #clock(text: string): void {
    const offset = /^sched_clock: Marking stable \(.*, (-?\d+)\)$/.exec(text)?.[1];
    if (offset !== undefined) this.facts.sched_clock_offset = Number(offset);
  }

  /** Between `Zone ranges:` and the next heading is a line for each zone of the kernel's config. */
  #zoneRanges(text: string): void {
    if (text === 'Zone ranges:') this.#zones = new Set();
    else if (text.startsWith('Movable zone start')) {
      const zones = this.#zones;
      this.#zones = undefined;
      if (zones?.has('Normal') !== true) return;
      if (!zones.has('Device')) this.facts.config['ZONE_DEVICE'] = 'n';
      if (!zones.has('DMA')) this.facts.config['ZONE_DMA'] = 'n';
    } else {
      const zone = /^\s+(\w+)\s/.exec(text)?.[1];
      if (zone !== undefined) this.#zones?.add(zone);
    }
  }

  /** Distributions name `5.10.0-46` what is 5.10.262, and say so behind the build's `#N`. */
  #version(release: string, text: string): void {
    this.facts.kernel = release;
    const [, series, patch] = /^(\d+\.\d+)\.(\d+)/.exec(release) ?? [];
    if (series === undefined) return;
    const build = text.slice(text.lastIndexOf(' #') + 1);
    const stable = [...build.matchAll(/(?<![\d.])(\d+\.\d+)\.(\d+)(?![\d.])/g)]
      .filter((found) => found[1] === series && Number(found[2]) > Number(patch)).at(-1)?.[0];
    if (stable !== undefined) this.facts.stable = stable;
  }

  /** A shadow entry leaves out the bits of a node number and, with MEMCG, 16 of a cgroup's. */
  #pageFlags(bits: number): void {
    this.facts.config['MEMCG'] = bits >= 16 ? 'y' : 'n';
    this.facts.config['NODES_SHIFT'] = String(bits % 16);
  }

  /** A number for the header, which could not be read again if it were none. */
  #number(key: 'cpus' | 'block_size', value: number, line: number): void {
    const message = numberProblem(key, value);
    if (message === undefined) this.facts[key] = value;
    else this.problems.push({ line, message });
  }

  #percpu(match: RegExpExecArray, line: number): void {
    this.facts.config['NR_CPUS'] = match[1] ?? '';
    this.facts.config['NODES'] = match[3] ?? '';
    const isTold = (this.facts.cpus ?? this.facts.present_cpus) !== undefined;
    if (!isTold) this.#number('cpus', Number(match[2]), line);
  }
}

function minFreeWord(text: string): Omit<MinFreeLine, 'time_ns'> | undefined {
  const user = /^min_free_kbytes is not updated to .* user defined value (\d+) /.exec(text)?.[1];
  if (user !== undefined) return { key: 'user_min_free_kbytes', kbytes: user };
  const raised = /raising min_free_kbytes from \d+ to (\d+) /.exec(text)?.[1];
  return raised === undefined ? undefined : { key: 'raised_min_free_kbytes', kbytes: raised };
}

/** Which of several boots was taken, for the user. */
function bootNote(boots: readonly LoggedBoot[], index: number): LogProblem[] {
  const { line = 0 } = boots[index]?.lines[0] ?? {};
  if (boots.length < 2) return [];
  const all = boots.map(({ release, lines }, place) =>
    `${place + 1}: ${release || 'its begin is missing'}, line ${lines[0]?.line ?? 0}`);
  return [{ line, message: `boot ${index + 1} of ${boots.length} is taken (${all.join('; ')}); `
    + '--boot N takes another' }];
}

/**
 * End of the memory that the kernel has at boot, bytes; 0: the log does not tell. The map that mem=
 * and memmap= leave is printed as the user's.
 */
function memoryEnd(rows: readonly DmesgRow[], lines: readonly LogLine[]): number {
  const users = lines.flatMap(({ text }) =>
    /^user: \[mem 0x[0-9a-f]+-(0x[0-9a-f]+)\] (?:usable|System RAM)/.exec(text)?.[1] ?? []);
  const ends = users.length > 0 ? users.map((last) => Number(last) + 1)
    : rows.filter(({ row }) => row.event === 'e820').map(({ row }) => wordsIn('e820', row.args))
      .map(({ type, end = 0 }) => (type === 'usable' ? end : 0));
  return Math.floor(maxOf(ends, 0) / PAGE_SIZE) * PAGE_SIZE;
}

/** The size of memory blocks, where the log has no line of it. */
function guessBlockSize({ rows, facts }: DmesgReader, lines: readonly LogLine[]): LogProblem[] {
  const end = memoryEnd(rows, lines);
  if (facts.block_size !== undefined || end === 0) return [];
  const isBare = lines.some(({ text }) => text.endsWith('paravirtualized kernel on bare hardware'));
  const { bytes, why } = blockSize(end, facts.kernel, isBare);
  facts.block_size = bytes;
  // The log has the windows of no CEDT; how they are aligned bounds the size of blocks.
  const bounded = bytes > 128 * 2 ** 20 && does('block_size_advised', facts.kernel ?? '')
    && lines.some(({ text }) => text.startsWith('ACPI: CEDT '))
    ? '; the windows of its CEDT, which the log does not have, can make them smaller' : '';
  return [{ line: lines[0]?.line ?? 0, message: 'the log has no line "Memory block size": '
    + `${bytes / 2 ** 20} MiB are taken, as the kernel chooses them (${why})${bounded}` }];
}

/** Reads a kernel log: one boot of it. Error: UsageError when it has no boot of that number. */
export function readDmesg(text: string, { boot }: DmesgOptions = {}): Dmesg {
  const { boots, others, problems } = logLines(text);
  const index = chosenBoot(boots, boot);
  if (index === undefined) {
    throw new UsageError(`--boot ${boot}: the log has ${boots.length === 1 ? 'one boot'
      : `${boots.length} boots`}`);
  }
  const reader = new DmesgReader();
  const lines = boots[index]?.lines ?? [];
  for (const line of lines) reader.read(line);
  reader.finish(lines);
  const guessed = guessBlockSize(reader, lines);
  const { rows, facts, kinds, dumped } = reader;
  const foreign = foreignMachine(lines);
  return {
    rows, facts, unused: countKinds({ kinds, others }), kinds, others, dumped, lines,
    problems: [...problems, ...reader.problems],
    notes: [...bootNote(boots, index), ...reader.notes, ...guessed, ...oneCpuNote(reader, lines)],
    ...(foreign === undefined ? {} : { foreign }),
  };
}
