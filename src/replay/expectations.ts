/** Expectations as invariants; those of a trace are held against what probes see. */
import { assert } from '../base/assert.js';
import { PatchError } from '../base/errors.js';
import type { Kernel } from '../linux/base/kernel.js';
import { type Check, givenInvariant, type Invariant, type Sample } from '../observe/invariant.js';
import { wordsOfValue, type Scalar } from '../observe/observation.js';
import { zones } from '../observe/zones.js';
import { placeIn, sourceOf } from '../patch/check/source.js';
import type { Patch } from '../patch/define.js';
import { type Condition, parseCondition, type Path } from '../trace/expectation.js';
import type { Trace } from '../trace/trace.js';
import type { TraceExpectation } from '../trace/trace_expectation.js';

type Values = ReadonlyMap<string, Scalar>;

/** Subjects that no probe has, because they would make every run another one. */
function quantities(k: Kernel): ReadonlyMap<string, Scalar> {
  const { min_free_kbytes, faults, oom } = k.state;
  return new Map([
    ['min_free_kbytes', min_free_kbytes], ['faults', faults.length], ['oom', oom.length],
  ]);
}

/** The words of a zone, and how many of its pages are free. */
function withFree(k: Kernel, subject: string, value: Scalar): Scalar {
  const zone = zones(k).find((one) => `node ${one.nid} ${one.name}` === subject);
  return zone === undefined ? value : `${value} free=${zone.nr_free_pages}`;
}

/** A number where the value begins with one: `-16 EBUSY` is -16. */
function numberIn(value: Scalar): number {
  const [first = ''] = String(value).split(' ');
  return first === '' ? NaN : Number(first);
}

function wordOf(value: Scalar | undefined, { word }: Path): Scalar | undefined {
  return value === undefined || word === undefined ? value : wordsOfValue(value).get(word);
}

/** Members of a list: `0-2,4`, `1/Normal`, `0:Normal 0:DMA`. */
function membersOf(value: Scalar): ReadonlySet<string> {
  return new Set(String(value).split(/[\s,/]+/).flatMap((one) => {
    const [, from = '', to = ''] = /^(\d+)-(\d+)$/.exec(one) ?? [];
    return from === '' ? [one]
      : Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => `${Number(from) + at}`);
  }));
}

function holds(left: Scalar, is: Condition['is'], right: Scalar): boolean {
  const [a, b] = [numberIn(left), numberIn(right)];
  const areNumbers = !Number.isNaN(a) && !Number.isNaN(b);
  switch (is) {
    case '==': return areNumbers ? a === b : String(left) === String(right);
    case '!=': return areNumbers ? a !== b : String(left) !== String(right);
    case '<': return a < b;
    case '>': return a > b;
    case '<=': return a <= b;
    case '>=': return a >= b;
    case 'contains': return membersOf(left).has(String(right));
    case 'lacks': return !membersOf(left).has(String(right));
  }
}

/** What stands for the stars of a subject in a name; undefined: the name is another one's. */
function starsIn(subject: string, name: string): readonly string[] | undefined {
  if (!subject.includes('*')) return subject === name ? [] : undefined;
  const pattern = subject.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '(\\w+)');
  return new RegExp(`^${pattern}$`).exec(name)?.slice(1);
}

class ExpectationCheck implements Check {
  readonly #k: Kernel;
  readonly #condition: Condition;
  #now: Values = new Map();
  #before: Values | undefined;
  #event: string | undefined;
  #compared = 0;

  constructor(k: Kernel, condition: Condition) {
    this.#k = k;
    this.#condition = condition;
  }

  sampled({ event, values }: Sample): void {
    this.#before = this.#event === undefined && this.#now.size === 0 ? undefined : this.#now;
    this.#now = new Map([...quantities(this.#k), ...[...values].map(([subject, value]) =>
      [subject, withFree(this.#k, subject, value)] as const)]);
    this.#event = event;
  }

  isExercised(): boolean {
    if (this.#compared === 0) for (const _ of this.violations());
    return this.#compared > 0;
  }

  #right(name: string, stars: readonly string[]): Scalar | undefined {
    const { left, right } = this.#condition;
    if ('value' in right) return right.value;
    const values = right.before ? this.#before : this.#now;
    let at = 0;
    const subject = right.path === left ? name
      : right.path.subject.replaceAll('*', () => stars[at++] ?? '*');
    const value = wordOf(values?.get(subject), right.path);
    if (value === undefined || right.plus === 0) return value;
    return numberIn(value) + right.plus;
  }

  * violations(): Iterable<string> {
    const { left, is, right, events } = this.#condition;
    if (events.length > 0 && !events.includes(this.#event ?? '')) return;
    for (const [name, whole] of this.#now) {
      const stars = starsIn(left.subject, name);
      const value = stars === undefined ? undefined : wordOf(whole, left);
      if (stars === undefined || value === undefined) continue;
      const other = this.#right(name, stars);
      if (other === undefined) continue;
      this.#compared += 1;
      if (holds(value, is, other)) continue;
      const word = left.word === undefined ? '' : ` ${left.word}`;
      const was = 'before' in right && right.before ? ' as before' : '';
      yield `${name}${word} is ${value}, expected ${is} ${other}${was}`;
    }
  }
}

/** The expectation as an invariant of its name. */
function expectationInvariant({ name, text, holds: written }: TraceExpectation): Invariant {
  const parsed = parseCondition(written);
  assert('condition' in parsed, `the expectation ${name} was read and is ${written}`);
  const { condition } = parsed;
  return { id: name, doc: text, begin: (k) => new ExpectationCheck(k, condition) };
}

/** Checks that the trace and the policies of these series bring along, each once. */
export function expectationsOf(
  series: readonly { readonly patches: readonly Patch[] }[],
  { header }: { readonly header: Pick<Trace['header'], 'expects'> },
): readonly Invariant[] {
  const patches = new Set(series.flatMap((one) => one.patches));
  const ofPatches = [...patches].flatMap((patch) => (patch.expects ?? []).map((one) =>
    givenInvariant(one, (error) => new PatchError(
      `${placeIn(sourceOf(patch) ?? patch.id, ['expects', one.name])}: the expectation ` +
      `${one.name} throws ${error.name}: ${error.message}`))));
  return [...(header.expects ?? []).map(expectationInvariant), ...ofPatches];
}
