/**
 * Verdicts that hang on a Kconfig symbol or a boot parameter which the trace does not give: the
 * runs again with its other value. Only for short traces, and first for what is read in what the
 * policies change or in what that calls, so that it costs little and the same input gives the same
 * answer. Where a policy is as the base, what decides may stand anywhere (a worker that frees
 * later): then the other symbols too.
 */
import { PatchError, TraceError } from '../base/errors.js';
import type { AssumedSymbol } from '../observe/assumed_symbol.js';
import type { Comparison, Hinge } from '../compare/comparison.js';
import { callsOf } from '../patch/calls.js';
import { touchedFunctions, versionTable } from '../patch/conflicts.js';
import type { Patch } from '../patch/define.js';
import { parseSeries } from '../patch/series.js';
import { evaluate, type Job } from '../pipeline.js';

const MOST = {
  rows: 5000, inputs: 100, runs: 6, symbols: 4, calls: 3, observations: 50_000,
} as const;

/** A row or two can be a machine of very many memory blocks, each of which is observed. */
export const isShort = (observations: number): boolean => observations <= MOST.observations;

const inText = /kconfig(?:\.|\[['"])([A-Z_]+)|\{([A-Z_,\s]+)\}\s*=\s*k\.machine\.kconfig/g;

/** Assertions of the kernel, each of which asks for the symbol. */
const assertion = /\bVM_(?:BUG|WARN)_ON/;

function symbolsOf(text: string): readonly string[] {
  const named = [...text.matchAll(inText)].flatMap(([, one, several = '']) =>
    (one === undefined ? several.split(',').map((name) => name.trim()) : [one]));
  return [...named, ...(assertion.test(text) ? ['DEBUG_VM'] : [])];
}

/** A parameter of the boot, by the name that the model reads it by, and a value that matters. */
const parameters = [
  { read: /\b(?:auto_movable_\w+|online_policy)\b/,
    word: 'memory_hotplug.online_policy=auto-movable' },
  { read: /\bmemmap_on_memory\b/, word: 'memory_hotplug.memmap_on_memory=on' },
  { read: /\bdefault_online_type\b/, word: 'memhp_default_state=online' },
  { read: /\bmovable_node\b/, word: 'movable_node' },
] as const;

function parametersOf(text: string): readonly string[] {
  return parameters.filter(({ read }) => read.test(text)).map(({ word }) => word);
}

/** The code of a patch, wherever it stands in it. */
function textsOf(part: unknown): readonly string[] {
  if (typeof part === 'function') return [String(part)];
  if (typeof part !== 'object' || part === null) return [];
  return Object.values(part).flatMap(textsOf);
}

/** What is read in the functions that patches change, and a few calls below them. */
function readNear(
  patches: readonly Patch[], version: string, readsOf: (text: string) => readonly string[],
): ReadonlySet<string> {
  const table = versionTable(version);
  const own = patches.flatMap(({ replaces, wraps, around, substitutes, adds }) =>
    textsOf([replaces, wraps, around, substitutes, adds]));
  const read = new Set(own.flatMap(readsOf));
  const seen = new Set<string>();
  let next = new Set([...patches.flatMap(touchedFunctions),
    ...own.flatMap((text) => [...text.matchAll(/\bk\.(\w+)/g)].map(([, name = '']) => name))]);
  for (let depth = 0; depth < MOST.calls; depth += 1) {
    const callees = new Set<string>();
    for (const name of next) {
      const entry = table.get(name);
      if (entry === undefined || seen.has(name)) continue;
      seen.add(name);
      entry.texts.flatMap((text) => readsOf(String(text))).forEach((one) => read.add(one));
      callsOf(entry).names.forEach((callee) => callees.add(callee));
    }
    next = callees;
  }
  return read;
}

/** Another kernel, or another boot of it. */
interface Other {
  readonly symbol?: string;
  /** `DEBUG_VM=y`; a parameter as the command line has it. */
  readonly word: string;
}

/** The other values; none where the trace shows that it is this one. */
function otherValues({ symbol, values, because }: AssumedSymbol): readonly Other[] {
  const switches = ['y', 'n'].filter(() => values.every(({ value }) => /^[yn]$/.test(value)));
  if (because !== undefined) return [];
  // What is taken one way here and the other way there is neither everywhere.
  return switches.filter((other) => values.length > 1 || values[0]?.value !== other)
    .map((other) => ({ symbol, word: `${symbol}=${other}` }));
}

/** Parameters near what the policies change; of a recorded machine they are known. */
function otherParameters({ runs, trace }: Comparison, patches: readonly Patch[]): Other[] {
  if (runs.some(({ kind }) => kind === 'recorded')) return [];
  return [...readNear(patches, trace.base, parametersOf)].map((word) => ({ word }));
}

/** By name of the run: does it part from the base, and how it stands to it. */
function standings({ runs, groups, verdict }: Comparison): ReadonlyMap<string, readonly string[]> {
  const base = runs.findIndex(({ name }) => name === 'base');
  const ofBase = groups.find((group) => group.includes(base));
  return new Map((verdict?.policies ?? []).map(({ run, name, standing }) =>
    [name, [ofBase?.includes(run) === true ? 'agrees' : 'parts', standing]]));
}

function differenceOf(now: Comparison, other: Comparison): Hinge['changes'] {
  const after = standings(other);
  return [...standings(now)].flatMap(([name, before]) => {
    const then = after.get(name);
    if (then === undefined || then.join() === before.join()) return [];
    const [parts = '', standing = ''] = then;
    // Nothing that it changes runs then: no other answer, but none.
    if (before[0] === 'agrees' && standing === 'untested') return [];
    return [{ name, parts: parts === 'parts', standing }];
  });
}

async function patchesOf(job: Job, { runs }: Comparison): Promise<readonly Patch[]> {
  const named = job.series.length > 0 ? job.series
    : runs.filter(({ kind, name }) => kind === 'model' && name !== 'base').map(({ name }) => name);
  return (await Promise.all(named.map(parseSeries))).flatMap(({ patches }) => patches);
}

/** What becomes of the verdict with other values of what was assumed; empty: nothing. */
export async function hingesOf(job: Job, comparison: Comparison): Promise<readonly Hinge[]> {
  const { trace, runs } = comparison;
  const models = runs.filter(({ kind }) => kind === 'model').length;
  if (trace.rows > MOST.rows || trace.inputs > MOST.inputs) return [];
  if (models < 2 || models > MOST.runs) return [];
  const patches = await patchesOf(job, comparison);
  const near = readNear(patches, trace.base, symbolsOf);
  const all = (trace.symbols ?? []).flatMap(otherValues);
  const [close = [], far = []] = [true, false].map((is) =>
    all.filter(({ symbol = '' }) => near.has(symbol) === is));
  const found = await changesWith(job, comparison, [
    ...close.slice(0, MOST.symbols), ...otherParameters(comparison, patches)]);
  if (found.length > 0 || trace.rows > ELSEWHERE.rows || !isAsBase(comparison)) return found;
  return changesWith(job, comparison, far.slice(0, ELSEWHERE.symbols));
}

/** Traces by hand: there it costs little. */
const ELSEWHERE = { rows: 500, symbols: 12 } as const;

/** Some policy came to what the base comes to, whatever that says of it. */
function isAsBase(comparison: Comparison): boolean {
  return [...standings(comparison).values()].some(([parts]) => parts === 'agrees');
}

function jobWith(job: Job, { symbol, word }: Other): Job {
  if (symbol === undefined) return { ...job, parameters: [word] };
  return { ...job, config: { ...job.config, [symbol]: word.slice(symbol.length + 1) } };
}

async function changesWith(
  job: Job, comparison: Comparison, tries: readonly Other[],
): Promise<readonly Hinge[]> {
  const { trace } = comparison;
  const found: Hinge[] = [];
  for (const one of tries) {
    try {
      const other = await evaluate({ ...jobWith(job, one), base: trace.base });
      const changes = differenceOf(comparison, other);
      if (changes.length === 0) continue;
      found.push(one.symbol === undefined ? { parameter: one.word, changes }
        : { config: one.word, changes });
    } catch (error) {
      // A kernel that is built so has no such machine, or a policy does not apply to it.
      if (!(error instanceof TraceError) && !(error instanceof PatchError)) throw error;
    }
  }
  // First those with which a policy does something.
  const parting = ({ changes }: Hinge): number => Number(changes.some(({ parts }) => parts));
  return found.sort((one, other) => parting(other) - parting(one));
}
