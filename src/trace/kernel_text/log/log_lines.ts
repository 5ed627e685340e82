/** A kernel log as the kernel's own lines, whoever kept it, boot by boot. */
import { logText } from './log_texts.js';
import { BootClock } from './prefix_time.js';
import { prefixKinds, textStart, type PrefixKind } from './line_prefix.js';

export interface LogLine {
  /** As the kernel printed it. */
  readonly text: string;
  /** Since boot. */
  readonly time_ns: number;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** A boot of a log: from its `Linux version` on. */
export interface LoggedBoot {
  readonly lines: readonly LogLine[];
  /** Release of its kernel; '' where the log begins later. */
  readonly release: string;
}

export interface LogProblem {
  readonly line: number;
  readonly message: string;
}

export interface LogLines {
  readonly boots: readonly LoggedBoot[];
  /** Lines of other programs. */
  readonly others: number;
  readonly problems: readonly LogProblem[];
}

/** `[    0.000000]`, with level and caller, as dmesg prints it: where no line is known. */
const usual: PrefixKind = {
  pattern: /^[>|\s]{0,60}(?:<\d+>)?\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])?(?: |$)/,
  example: '[    0.000000] ',
  line: 0, count: 0, isSigned: false,
};

/** Lines that no machine can do without: a prefix before them that nobody knows is told. */
const needed = /^(?:BIOS-e820: \[mem 0x|ACPI: SRAT: Node \d+ PXM)/;

/** A range without its end, and what can follow it. */
const unended = /\[mem(?: 0x[0-9a-f]+(?:-(?:0x[0-9a-f]*)?)?)?[ \t]*$/;
const rest = /^[> \t]*(?:-?0x[0-9a-f]+|[0-9a-f]+)[^\]]{0,40}\]/;

/** Sentences with a range behind their end, where mails break them. */
const unsaid = new RegExp('(?:unaligned hotplug range:|(?:plugging|adding|removing) memory: '
  + String.raw`0x[0-9a-f]+ -)[ \t]*$`);
const said = /^[> \t]*(?:start 0x[0-9a-f]+, size|0x[0-9a-f]+[ \t]*$)/;

const untyped = /^(?:BIOS-e820|Xen): \[mem [^\]]*\][ \t]*$/;
const type = /^[> \t]*(?:usable|reserved|soft|ACPI|unusable|persistent|type|System|device)\b/;

/** A console's prompt, of QEMU's monitor or of a shell, before what the kernel prints there. */
const prompt = /^(?:\(\w+\)|\S{0,60}[#$%]) *(?=(?:<\d+>)?\[ *\d+\.\d{6}\])/;

/** `vmconsole="[    1.584259] `: the line is a value, which ends in the same sign. */
const quoting = /="(?:\[[^\]]*\] ?)?$/;

/** What stands behind the text in a table of CSV, so many fields more, or of Markdown. */
const fieldEnds: readonly RegExp[] = [
  ...[3, 2, 1, 0].map((more) =>
    new RegExp(String.raw`"(?:[,;\t](?:"[^"\n]*"|[^",;\t\n]*)){${more}}$`)),
  // From the first blank of several only: else their number is squared.
  /(?<![ \t])[ \t]+\|[ \t]*$/,
];

/** Without what stands behind the text of most lines that are known. */
function withoutFields(lines: readonly string[]): readonly string[] {
  const known = lines.map((line) => line.slice(Math.max(textStart(line), 0)))
    .filter((text, index) => text !== lines[index]);
  const end = fieldEnds.find((pattern) =>
    known.filter((text) => pattern.test(text)).length * 2 > known.length);
  if (end === undefined) return lines;
  return lines.map((line) => line.replace(end, '').replaceAll('""', '"'));
}

const colour = /\x1b\[[0-9;]*[A-Za-z]/g;
/**
 * Letters of a line: a record of printk() has at most 2048 (PRINTKRB_RECORD_MAX), a line that a
 * program or an editor pasted together can have any number, and patterns take their square.
 */
const LONGEST = 4096;
const MOST_PROBLEMS = 3;
/** Lines that a kernel prints before it says its version. */
const FEW = 8;

interface Found {
  readonly prefix: string;
  readonly text: string;
}

class LogReader {
  readonly boots: { lines: LogLine[]; release: string }[] = [];
  others = 0;
  readonly problems: LogProblem[] = [];
  readonly #kinds: readonly PrefixKind[];
  readonly #isSigned: boolean;
  readonly #escapes: boolean;
  #clock = new BootClock();
  #time = 0;
  #strange = 0;

  /** Begins of lines that are longer than any line of a kernel, by their number. */
  readonly #long: ReadonlyMap<number, string>;

  constructor(lines: readonly string[], long: ReadonlyMap<number, string>) {
    this.#long = long;
    const found = prefixKinds(lines);
    this.#kinds = found.length === 0 ? [usual] : found;
    this.#isSigned = this.#kinds.some(({ isSigned }) => isSigned);
    // Records of /dev/kmsg hide signs that are no text.
    this.#escapes = /^\d+,\d+,\d+,/.test(this.#kinds[0]?.example ?? '');
  }

  read(line: string, number: number): void {
    const begin = this.#long.get(number);
    if (begin !== undefined) this.#tooLong(begin, number);
    // No line of a kernel, and a damaged file may be full of them.
    if (line === '') return;
    const { prefix, text } = this.#split(line) ?? { prefix: '', text: undefined };
    if (text === undefined) this.#other(line, number);
    else this.#add(prefix, this.#escapes ? unescaped(text) : text, number);
  }

  #split(line: string): Found | undefined {
    for (const { pattern } of this.#kinds) {
      const prefix = pattern.exec(line)?.[0];
      if (prefix === undefined) continue;
      const text = line.slice(prefix.length);
      return { prefix, text: quoting.test(prefix) ? text.replace(/"$/, '') : text };
    }
    return undefined;
  }

  /** A line without the prefix goes on with the one before, where nobody else writes into it. */
  #other(line: string, number: number): void {
    const at = textStart(line);
    const text = at < 0 ? '' : line.slice(at);
    if (at < 0 && this.#isRest(line)) return;
    if (needed.test(text)) this.#problem(line.slice(0, at), number, text);
    else if (!this.#isSigned) this.#add('', line, number);
    else if (line.trim() !== '') this.others += 1;
  }

  /** The rest of a line that a mail program broke inside of a range: it is put back. */
  #isRest(line: string): boolean {
    const lines = this.boots.at(-1)?.lines;
    const before = lines?.at(-1);
    if (before === undefined) return false;
    const isRest = (unended.test(before.text) && rest.test(line))
      || (unsaid.test(before.text) && said.test(line))
      || (untyped.test(before.text) && type.test(line));
    if (!isRest) return false;
    const gap = /[-\s]$/.test(before.text) || line.startsWith('-') ? '' : ' ';
    lines?.splice(-1, 1, { ...before, text: before.text + gap + line.replace(/^[> \t]+/, '') });
    return true;
  }

  #problem(prefix: string, line: number, text: string): void {
    this.others += 1;
    this.#strange += 1;
    if (this.#strange > MOST_PROBLEMS) return;
    const [usualKind = usual] = this.#kinds;
    this.problems.push({
      line, message: `${JSON.stringify(prefix)} stands before ${JSON.stringify(text.slice(0, 40))},`
        + ` expected what line ${usualKind.line} has there, ${JSON.stringify(usualKind.example)}; `
        + 'the line was left out',
    });
  }

  /** Of the kernel's own it is damage; other programs write what they like. */
  #tooLong(begin: string, number: number): void {
    this.others += 1;
    if (textStart(begin) < 0) return;
    this.#strange += 1;
    if (this.#strange > MOST_PROBLEMS) return;
    this.problems.push({ line: number,
      message: `a line of more than ${LONGEST} letters, expected no more of a kernel; `
        + 'the line was left out' });
  }

  /** Lines right before the first boot's `Linux version`: a few are its own, a loader's are not. */
  #before(release: string | undefined): LogLine[] {
    const last = this.boots.at(-1);
    if (release === undefined || last?.release !== '' || isBegun(last.lines)) return [];
    this.boots.pop();
    if (last.lines.length <= FEW) return last.lines;
    this.others += last.lines.length;
    return [];
  }

  #add(prefix: string, text: string, line: number): void {
    const release = /^Linux version (\S+)/.exec(text)?.[1];
    const isNew = release !== undefined || this.#clock.isOfNewBoot(prefix)
      || text.startsWith('Booting Linux on physical CPU');
    if (isNew || this.boots.length === 0) {
      this.boots.push({ lines: this.#before(release), release: release ?? '' });
      this.#clock = new BootClock();
    }
    if (prefix !== '') this.#time = this.#clock.at(prefix);
    else if (release !== undefined) this.#time = 0;
    this.boots.at(-1)?.lines.push({ text, time_ns: this.#time, line });
  }
}

/** Has a part of a log that does not begin with a boot anything of the boot? */
function isBegun(lines: readonly LogLine[]): boolean {
  return lines.some(({ text }) => needed.test(text));
}

function unescaped(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 16)));
}

/** Takes a log apart. */
export function logLines(file: string): LogLines {
  const text = logText(file);
  // A file that was written when the power went has NULs before the next boot's first line.
  const whole = text.includes('\0') ? text.replaceAll('\0', '') : text;
  const plain = whole.includes('\x1b') ? whole.replace(colour, '') : whole;
  const long = new Map<number, string>();
  const lines = withoutFields(plain.split('\n').map((line, index) => {
    if (line.length <= LONGEST) return line.replace(/(?<!\r)\r+$/, '').replace(prompt, '');
    long.set(index + 1, line.slice(0, LONGEST));
    return '';
  }));
  const reader = new LogReader(lines, long);
  lines.forEach((line, index) => reader.read(line, index + 1));
  const { boots, others, problems } = reader;
  return { boots, others, problems };
}

/** A kernel that runs to save the memory of one that crashed has the rest of the memory only. */
const isRescue = ({ lines }: LoggedBoot): boolean =>
  lines.some(({ text }) => /^(Kernel c|C)ommand line: .*\belfcorehdr=/.test(text));
const hasMap = ({ lines }: LoggedBoot): boolean =>
  lines.some(({ text }) => /^(BIOS-e820|Xen|user): \[mem /.test(text));

/**
 * The boot that is read: `wanted` from 1, or the last one that shows its memory map. Undefined:
 * there is none of that number.
 */
export function chosenBoot(
  boots: readonly LoggedBoot[], wanted: number | undefined,
): number | undefined {
  if (wanted !== undefined) return boots[wanted - 1] === undefined ? undefined : wanted - 1;
  const able = boots.map((boot, index) => ({ boot, index })).filter(({ boot }) => hasMap(boot));
  const best = able.filter(({ boot }) => !isRescue(boot)).at(-1) ?? able.at(-1);
  return best?.index ?? boots.length - 1;
}
