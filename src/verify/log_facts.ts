/** Lines of the kernel log that the model prints too, and its BUGs and oopses. */
import { modelName } from '../base/kernel_names.js';
import type { Kernel } from '../linux/base/kernel.js';
import type { Trace } from '../trace/trace.js';
import { FaultLines, type LoggedFault } from '../compare/facts/log_faults.js';
import * as functions from '../linux/functions.js';
import type { Causes } from '../observe/facts/causes.js';
import type { FactSheet } from './facts.js';
import { printkKind, printkText } from './printk_kinds.js';
import { holdSequence, type Element } from './sequence.js';

const BLOCKS = 'memory block size';

/** Every kernel prints lines of these kinds when it boots: a log without one of them is a part. */
const always = [
  'zone ranges', 'movable zone start', 'early node ranges', 'initmem', 'built zonelists'];

/** Do lines of the boot stand in the log that are not all of them? */
function isPart(recorded: readonly Element[]): boolean {
  const kinds = new Set(recorded.filter(({ step }) => step === 0).map(({ field }) => field));
  return always.some((kind) => !kinds.has(kind));
}

/** Of a log that is a part: lines of the boot, of kinds of which it has fewer, may be left out. */
function withDoubt(modelled: readonly Element[], recorded: readonly Element[]): Element[] {
  const texts = new Set(recorded.map(({ text }) => text));
  const more = new Map<string, number>();
  for (const { field } of modelled) more.set(field, (more.get(field) ?? 0) + 1);
  for (const { field } of recorded) more.set(field, (more.get(field) ?? 0) - 1);
  return modelled.map((line) => {
    const left = more.get(line.field) ?? 0;
    if (line.step > 0 || left <= 0 || texts.has(line.text)) return line;
    more.set(line.field, left - 1);
    return { ...line, inDoubt: true };
  });
}

const isEarlyBuild = ({ step, text }: Element): boolean => step === 0 && text.startsWith('Built ');

/** Without the zonelist builds before the first step, but for that of the boot. */
function withoutEarlyBuilds(lines: readonly Element[]): readonly Element[] {
  const boot = lines.find(isEarlyBuild);
  return lines.filter((line) => line === boot || !isEarlyBuild(line));
}

/** Files of memory management: a BUG of theirs is one even in a function that is not modelled. */
const ofMemory = new RegExp('^kernel BUG at (?:mm/|arch/x86/mm/|drivers/base/memory\\.c|'
  + 'include/linux/(?:mm|page|huge|mig|gfp))');

/** Functions that the model does not have, but ends in where the kernel does. */
export const reached: ReadonlySet<string> = new Set(['__alloc_pages', 'page_to_nid', 'pfn_to_page',
  'prepare_kswapd_sleep', 'queue_work_on', 'remove_resource', 'sparse_index_init',
  'stable_page_flags']);

/** An oops elsewhere tells nothing of the model, which would have it in no version. */
function isOfModel({ fn, text }: LoggedFault): boolean {
  const isModel = (name: string): boolean => Object.hasOwn(functions, name);
  return isModel(fn) || reached.has(fn) || modelName(fn, isModel) !== undefined
    || ofMemory.test(text);
}

export class LogFacts {
  readonly #facts: FactSheet;
  readonly #trace: Trace;
  readonly #recorded: Element[] = [];
  readonly #modelled: Element[] = [];
  readonly #recordedFaults: Element[] = [];
  readonly #modelledFaults: Element[] = [];
  #lines = 0;
  #faults = 0;
  /** The recording has a log: a fault that it has not did not happen. */
  #hasLog = false;
  #cut = Infinity;
  readonly #faultLines = new FaultLines();

  constructor(facts: FactSheet, trace: Trace) {
    this.#facts = facts;
    this.#trace = trace;
  }

  /** The trace ends in a call behind this row: lines that come later may be of that. */
  cut(row: number): void {
    this.#cut = row;
  }

  /** A recorded line. */
  recorded(args: string, row: number, step: number): void {
    this.#hasLog = true;
    const text = printkText(args);
    const { inDoubt } = this.#facts;
    const fault = this.#faultLines.line(text);
    const kind = printkKind(text);
    if (fault !== undefined && fault !== 'head' && fault.kind !== 'warning') {
      if (!isOfModel(fault)) {
        this.#facts.leave('BUG or oops in a function that the model does not have');
        return;
      }
      const { fn } = fault;
      this.#recordedFaults.push(
        { step, row, field: fn, text: `ends in ${fn}`, causes: 0, inDoubt });
    } else if (kind !== undefined) {
      this.#recorded.push({ step, row, field: kind.id, text, causes: 0, inDoubt });
    } else this.#facts.leave('line of the kernel log');
  }

  /** What the model printed and ran into since the last call. */
  modelled(k: Kernel, step: number, row: number, causes: Causes): void {
    const { inDoubt } = this.#facts;
    for (const line of k.state.log.slice(this.#lines)) {
      const text = printkText(line.text);
      const kind = printkKind(text);
      if (line.level === 'debug' || line.dropped !== undefined || kind === undefined) continue;
      this.#modelled.push({ step, row, field: kind.id, text, causes, inDoubt });
    }
    this.#lines = k.state.log.length;
    for (const fault of k.state.faults.slice(this.#faults)) {
      if (fault.kind === 'warning' || fault.kind === 'hang') continue;
      const { fn } = fault;
      this.#modelledFaults.push({ step, row, field: fn, text: `ends in ${fn}`, causes, inDoubt });
    }
    this.#faults = k.state.faults.length;
  }

  /** `sure`: it is known which parameters memory met that came before the recording began. */
  hold(sure: boolean): void {
    const late = this.#recorded.filter(({ row }) => row > this.#cut);
    if (late.length > 0) {
      this.#facts.leave('line of the log behind the end of the trace', late.length);
    }
    const known = (lines: readonly Element[]): readonly Element[] =>
      (sure ? lines : withoutEarlyBuilds(lines)).filter(({ row }) => row <= this.#cut);
    const [recorded, all] = [known(this.#recorded), known(this.#modelled)];
    // Kernels without CONFIG_MEMORY_HOTPLUG have no blocks to tell of.
    const hasBlocks = recorded.some(({ field }) => field === BLOCKS);
    const modelled = all.filter(({ field }) => hasBlocks || field !== BLOCKS);
    if (recorded.length + late.length < this.#recorded.length) {
      this.#facts.leave('free pages that a build printed before the recording began');
    }
    if (recorded.length > 0) {
      holdSequence(this.#facts, this.#trace, { kind: 'log' }, recorded,
        isPart(recorded) ? withDoubt(modelled, recorded) : modelled);
    }
    if (!this.#hasLog) return;
    holdSequence(this.#facts, this.#trace, { kind: 'fault' },
      this.#recordedFaults.filter(({ row }) => row <= this.#cut), this.#modelledFaults);
  }
}
