/**
 * What stands before the kernel's own text in the lines of a log: times, host names, tags,
 * quotation marks. Nobody lists the programs that write such prefixes: texts that every boot has
 * show where the kernel's text begins, and what stands before them is taken for the file's prefix.
 */
import { maxOf } from '../../../base/long_lists.js';

/** Texts with which lines of the kernel begin, wherever they are printed. */
const known = new RegExp([
  String.raw`Linux version \d+\.\d+`, 'Command line: ', 'Kernel command line: ',
  'BIOS-provided physical RAM map:', String.raw`BIOS-e820: \[mem 0x`, String.raw`Xen: \[mem 0x`,
  String.raw`ACPI: SRAT: Node \d`, String.raw`SRAT: PXM \d`, 'Zone ranges:',
  'Movable zone start for each node', 'Early memory node ranges', String.raw`Initmem setup node \d`,
  String.raw`Fallback order for Node \d`, String.raw`Built \d+ zonelists`, 'Policy zone: ',
  String.raw`Memory: \d+K/\d+K`, 'smpboot: Allowing ', 'smp: Brought up ',
  String.raw`x86/mm: Memory block size: `, String.raw`memblock_reserve: \[`,
  String.raw`memory offlining \[mem `, 'page dumped because: ', 'Offlined Pages ',
  String.raw`Booting Linux on physical CPU`, 'NX \\(Execute Disable\\) protection',
  String.raw`e820: (?:update|remove|last_pfn)`, 'Kernel/User page tables isolation',
  String.raw`acpi PNP0C80:`, 'virtio_mem virtio\\d+: ', 'BUG: unable to handle',
  // Dynamic debug puts names of functions before these, which are no prefix of the file's.
  String.raw`(?<=^|\] |kernel: )(?:cxl_region region\d+|kmem dax[\d.]+|hv_balloon|xen:balloon): `,
].join('|'));

/** Further behind the line's begin there is no prefix any more: a runtime's names are long. */
const LONGEST = 400;

/** A prefix in pieces: numbers, words, single other signs; blanks between them do not count. */
type Pieces = readonly string[];

const isDigits = (piece: string): boolean => /^\d/.test(piece);
const isWord = (piece: string): boolean => /^[\p{L}_]/u.test(piece);
const isBlank = (piece: string): boolean => /^\s/.test(piece);

function piecesOf(prefix: string): Pieces {
  return prefix.match(/\d+|[\p{L}_]+|[ \t]+|[^\p{L}\d_ \t]/gu) ?? [];
}

/** Equal for prefixes of one kind: numbers and words by their kind, blanks only at the end. */
function kindOf(pieces: Pieces): string {
  return pieces.flatMap((piece, index) => {
    if (isDigits(piece)) return '0';
    if (isWord(piece)) return 'a';
    if (!isBlank(piece)) return piece;
    return index === pieces.length - 1 ? piece : [];
  }).join('');
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** The program that wrote the line, `kernel:`: it stands last before blanks, and never changes. */
function isTag(pieces: Pieces, index: number): boolean {
  const rest = pieces.slice(index + 1).filter((piece) => !isBlank(piece));
  return rest[0] === ':' && pieces[index + 1] === ':'
    && (pieces[index + 2] === undefined || isBlank(pieces[index + 2] ?? ''));
}

/** A pattern for all prefixes of the kind; `words`: words that were the same in all of them. */
function patternOf(pieces: Pieces, constant: ReadonlySet<string>): RegExp {
  let text = '';
  let before = '';
  for (const [index, piece] of pieces.entries()) {
    if (isBlank(piece)) {
      const isLast = index === pieces.length - 1;
      // What is left of a line without text: the blank at its end may be gone.
      text += isLast ? `(?:${literal(piece)}|$)` : '';
      continue;
    }
    const apart = index > 0 && isBlank(pieces[index - 1] ?? '');
    const needsGap = apart && /[\p{L}\d_]$/u.test(before) && /^[\p{L}\d_]/u.test(piece);
    text += needsGap ? '[ \\t]+' : '[ \\t]*';
    if (isDigits(piece)) text += '\\d+';
    else if (!isWord(piece)) text += piece === '-' && text.endsWith(',[ \\t]*') ? '[-c+]'
      : literal(piece);
    else text += isTag(pieces, index) && constant.has(piece) ? literal(piece) : '[\\p{L}_]+';
    before = piece;
  }
  return new RegExp(`^${text}`, 'u');
}

export interface PrefixKind {
  readonly pattern: RegExp;
  /** One of them as it stands in the file, and its line from 1. */
  readonly example: string;
  readonly line: number;
  /** Lines that showed it. */
  readonly count: number;
  /** Does a line without it belong to somebody else: has it more than a time in brackets? */
  readonly isSigned: boolean;
}

interface Seen {
  readonly pieces: Pieces;
  readonly example: string;
  readonly line: number;
  /** Words that all of them have. */
  words: Set<string>;
  count: number;
  begins: boolean;
}

/** Where a line's own text begins, by texts that are known; -1: it has none of them. */
export function textStart(line: string): number {
  const at = line.slice(0, LONGEST + 40).search(known);
  return at > LONGEST ? -1 : at;
}

/** Nothing but what printk() itself puts there: level, time, caller. */
const printkOnly = /^(?:<\d+>)?(?:\[[^\]]*\] ?)*$/;

/** The prefixes of a log, those that most lines have first. None: no line is known. */
export function prefixKinds(lines: readonly string[]): readonly PrefixKind[] {
  const seen = new Map<string, Seen>();
  for (const [index, line] of lines.entries()) {
    const at = textStart(line);
    if (at < 0 || /[\p{L}\d_]/u.test(line[at - 1] ?? '')) continue;
    note(seen, line.slice(0, at), index + 1, line.startsWith('Linux version', at));
  }
  const all = [...seen.values()];
  const most = maxOf(all.map(({ count }) => count), 0);
  return all.filter((one) => isKept(one, most)).sort((a, b) => b.count - a.count)
    .map(({ pieces, words, example, line, count }) => ({
      pattern: patternOf(pieces, words), example, line, count,
      isSigned: !printkOnly.test(example),
    }));
}

/** A sentence that speaks of a line of the kernel has no second one of its kind. */
function isKept({ count, begins, example }: Seen, most: number): boolean {
  if (most < 3) return true;
  return count * 20 >= most && (count > 1 || most < 20) && (count > 1 || printkOnly.test(example))
    || (begins && printkOnly.test(example));
}

function note(seen: Map<string, Seen>, example: string, line: number, begins: boolean): void {
  const pieces = piecesOf(example);
  const kind = kindOf(pieces);
  const words = new Set(pieces.filter(isWord));
  const known = seen.get(kind);
  if (known === undefined) {
    seen.set(kind, { pieces, example, line, words, count: 1, begins });
    return;
  }
  known.count += 1;
  known.begins ||= begins;
  known.words = new Set([...known.words].filter((word) => words.has(word)));
}
