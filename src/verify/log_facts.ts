/** Lines of the kernel log that the model prints too, and its BUGs and oopses. */
import type { Kernel } from '../linux/base/kernel.js';
import type { TraceRow } from '../trace/trace.js';
import type { FactSheet } from './facts.js';
import { printkKind, printkText } from './printk_kinds.js';
import { holdSequence, type Element } from './sequence.js';

const isEarlyBuild = ({ step, text }: Element): boolean => step === 0 && text.startsWith('Built ');

/** Without the zonelist builds before the first step, but for that of the boot. */
function withoutEarlyBuilds(lines: readonly Element[]): readonly Element[] {
  const boot = lines.find(isEarlyBuild);
  return lines.filter((line) => line === boot || !isEarlyBuild(line));
}

export class LogFacts {
  readonly #facts: FactSheet;
  readonly #recorded: Element[] = [];
  readonly #modelled: Element[] = [];
  readonly #recordedFaults: Element[] = [];
  readonly #modelledFaults: Element[] = [];
  #lines = 0;
  #faults = 0;
  /** A fault's head came, its RIP line has not. */
  #head = false;

  constructor(facts: FactSheet) {
    this.#facts = facts;
  }

  /** A recorded line. */
  recorded(row: TraceRow, step: number): void {
    const text = printkText(row.args ?? '');
    const { inDoubt } = this.#facts;
    if (/^BUG: |^kernel BUG at |^Oops: |^general protection fault/.test(text)) {
      this.#head = true;
      return;
    }
    const fn = /^RIP: \d+:(\w+)\+/.exec(text)?.[1];
    if (fn !== undefined && this.#head) {
      this.#head = false;
      this.#recordedFaults.push({ step, text: `ends in ${fn}`, inDoubt });
      return;
    }
    const kind = printkKind(text);
    if (kind === undefined) this.#facts.leave('line of the kernel log');
    else this.#recorded.push({ step, text, inDoubt });
  }

  /** What the model printed and ran into since the last call. */
  modelled(k: Kernel, step: number): void {
    const { inDoubt } = this.#facts;
    for (const line of k.state.log.slice(this.#lines)) {
      const text = printkText(line.text);
      if (line.level === 'debug' || printkKind(text) === undefined) continue;
      this.#modelled.push({ step, text, inDoubt });
    }
    this.#lines = k.state.log.length;
    for (const fault of k.state.faults.slice(this.#faults)) {
      if (fault.kind === 'warning' || fault.kind === 'hang') continue;
      this.#modelledFaults.push({ step, text: `ends in ${fault.fn}`, inDoubt });
    }
    this.#faults = k.state.faults.length;
  }

  /** `sure`: it is known which parameters memory met that came before the recording began. */
  hold(sure: boolean): void {
    const known = (lines: readonly Element[]): readonly Element[] =>
      (sure ? lines : withoutEarlyBuilds(lines));
    const [recorded, modelled] = [known(this.#recorded), known(this.#modelled)];
    if (recorded.length < this.#recorded.length) {
      this.#facts.leave('free pages that a build printed before the recording began');
    }
    if (recorded.length > 0) holdSequence(this.#facts, 'log', recorded, modelled);
    holdSequence(this.#facts, 'BUG or oops', this.#recordedFaults, this.#modelledFaults);
  }
}
