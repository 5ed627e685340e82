/**
 * A hunk as the verb of a policy, where it is one: a call renamed, taken out, put in, moved, made
 * with other arguments, a condition that got or lost a part. Undefined where it is more than that.
 */
import * as functions from '../../linux/functions.js';
import { sleeps, type Entry } from '../table.js';
import { wholeBody } from '../whole_body.js';
import { argumentsOf, callLine, statementsOf, type CallLine, type Change } from './changes.js';

export interface Verb {
  readonly verb: 'substitutes' | 'around';
  readonly callee: string;
  /** What stands behind the callee's name, as text of the policy. */
  readonly code: string;
}

/** What is known of the function that the hunk is in. */
export interface Inside {
  readonly name: string;
  /** Of the model, `k` left out. */
  readonly parameters: readonly string[];
  /** How often it calls each function, by the name under which it calls it. */
  readonly calls: ReadonlyMap<string, number>;
  /** Calls around which code that sleeps can stand. */
  readonly mightSleep: ReadonlySet<string>;
}

export function isModelled(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) &&
    typeof (functions as unknown as Record<string, unknown>)[name] === 'function';
}

/** Parameters of a function as its text names them; undefined: one of them is a pattern. */
function parametersOf(text: string): readonly string[] | undefined {
  const list = /^[^(]*\(([^()]*)\)/.exec(text)?.[1];
  const names = list?.split(',').map((part) => part.trim().replace(/\s*=.*$/, ''))
    .filter((name) => name !== '');
  return names?.every((name) => /^\w+$/.test(name)) === true ? names.slice(1) : undefined;
}

/** The function as it stands in a version; undefined: its parameters have no names. */
export function insideOf(entry: Entry): Inside | undefined {
  const { name, body, redirected } = entry;
  const parameters = parametersOf(body.toString());
  if (parameters === undefined) return undefined;
  const calls = new Map<string, number>();
  const mightSleep = new Set<string>();
  const text = [body.toString(), ...wholeBody(entry)?.helpers ?? []].join('\n');
  for (const [, might, inText = ''] of text.matchAll(/(mightSleep\()?\bk\.([A-Za-z_]\w*)\s*\(/g)) {
    const target = redirected.get(inText)?.target ?? inText;
    const callee = typeof target === 'string' ? target : inText;
    calls.set(callee, (calls.get(callee) ?? 0) + 1);
    if (might !== undefined || sleeps(callee)) mightSleep.add(callee);
  }
  return { name, parameters, calls, mightSleep };
}

/** A word or number of C as the policy has it; undefined: nobody can say from the hunk alone. */
function argument(text: string, { parameters }: Inside): string | undefined {
  if (text === 'NULL') return 'undefined';
  if (/^(?:true|false|\d+)$/.test(text)) return text;
  const index = parameters.indexOf(text);
  return index < 0 ? undefined : `caller[${index}]`;
}

function call({ name, args }: CallLine, inside: Inside): string | undefined {
  const all = args.map((one) => argument(one, inside));
  if (!isModelled(name) || all.includes(undefined)) return undefined;
  return `${sleeps(name) ? 'yield* ' : ''}k.${name}(${all.join(', ')})`;
}

const once = (inside: Inside, name: string): boolean => inside.calls.get(name) === 1;

/** The only call of the model's function in a line that is nothing else than one statement. */
function neighbour(
  lines: readonly string[], inside: Inside, needsSleep: boolean,
): string | undefined {
  const [line] = statementsOf(lines);
  if (line === undefined) return undefined;
  const named = [...line.matchAll(/\b([A-Za-z_]\w*)\s*\(/g)].map((match) => match[1] ?? '')
    .filter((name) => once(inside, name) && (!needsSleep || inside.mightSleep.has(name)));
  // Behind a call in a condition comes what it decides.
  return /^(?:if|for|while|switch|else|\})/.test(line) || named.length !== 1 ? undefined : named[0];
}

/** Code before or after a call that stands beside the change. */
function beside(made: string, change: Pick<Change, 'before' | 'after'>, inside: Inside,
): Verb | undefined {
  const caller = made.includes('caller[') ? ', { caller }' : '';
  const needsSleep = made.startsWith('yield*');
  const code = (callee: string, first: string, second: string): string => {
    const star = sleeps(callee) || made.startsWith('yield*') ? 'function* ' : '';
    return `${star}(next, k${caller})${star === '' ? ' =>' : ''} { ${first} ${second} }`;
  };
  const nextOf = (callee: string): string => `${sleeps(callee) ? 'yield* ' : ''}next()`;
  const above = neighbour([...change.before].reverse().filter((line) => line.trim() !== '')
    .slice(0, 1), inside, needsSleep);
  if (above !== undefined) {
    return { verb: 'around', callee: above, code: code(
      above, `const ret = ${nextOf(above)};`, `${made}; return ret;`) };
  }
  const below = neighbour(change.after.filter((line) => line.trim() !== '').slice(0, 1), inside,
    needsSleep);
  if (below === undefined) return undefined;
  return { verb: 'around', callee: below, code: code(below, `${made};`,
    `return ${nextOf(below)};`) };
}

function takenOut(name: string): Verb {
  return { verb: 'substitutes', callee: name,
    code: sleeps(name) ? 'function* () {}' : '() => undefined' };
}

/** Where only errors come, by what kernel code calls such labels. */
const ERROR_LABEL = /^\s?\w*(?:fail|err|undo|unwind|rollback|abort|bad)\w*:\s*$/;

/** The change is behind a label of errors: the model's call is that of the good way, too. */
function isOfErrors({ before }: Change): boolean {
  return before.some((line) => ERROR_LABEL.test(line));
}

function added(change: Change, inside: Inside): Verb | undefined {
  if (isOfErrors(change)) return undefined;
  const [line, ...more] = statementsOf(change.added);
  const made = line === undefined || more.length > 0 ? undefined : callLine(line);
  const text = made === undefined ? undefined : call(made, inside);
  return text === undefined ? undefined : beside(text, change, inside);
}

function removed(change: Change, inside: Inside): readonly Verb[] | undefined {
  if (isOfErrors(change)) return undefined;
  const gone = statementsOf(change.removed).map(callLine);
  if (!gone.every((one) => one !== undefined && once(inside, one.name))) return undefined;
  return gone.map((one) => takenOut((one as CallLine).name));
}

/** Words of a line, and what stands between them. */
const words = (line: string): readonly string[] => line.split(/(\b[A-Za-z_]\w*\b)/);

/** `[was, now]` of two lines that are the same but for the name of one call. */
function renamed(was: string, now: string): readonly [string, string] | undefined {
  const [before, after] = [words(was), words(now)];
  if (before.length !== after.length) return undefined;
  const [at, ...others] = before.flatMap((word, index) => (word === after[index] ? [] : [index]));
  if (at === undefined || others.length > 0) return undefined;
  return before[at + 1]?.startsWith('(') === true ? [before[at] ?? '', after[at] ?? ''] : undefined;
}

/** The same call with other arguments, each of which the hunk tells. */
function otherArguments(was: string, now: string, inside: Inside): Verb | undefined {
  const [before, after] = [was, now].map((line) =>
    /^(.*?)\b([A-Za-z_]\w*)\(([^()]*)\)([^()]*)$/.exec(line));
  if (before === null || after === null || before === undefined || after === undefined) {
    return undefined;
  }
  const [, head, name = '', args = '', tail] = before;
  if (after[1] !== head || after[2] !== name || after[4] !== tail || !once(inside, name)) {
    return undefined;
  }
  const [old, fresh] = [argumentsOf(args), argumentsOf(after[3] ?? '')];
  const all = old.map((one, index) => (fresh[index] === one ? `args[${index}]`
    : fresh[index] === undefined ? 'undefined' : argument(fresh[index], inside)));
  if (fresh.length > old.length || all.includes(undefined)) return undefined;
  const used = ['args', 'caller'].filter((word) => all.some((one) => one?.startsWith(`${word}[`)));
  const given = used.length === 0 ? '' : `, { ${used.join(', ')} }`;
  return { verb: 'around', callee: name, code: sleeps(name)
    ? `function* (next, k${given}) { return yield* next(${all.join(', ')}); }`
    : `(next, k${given}) => next(${all.join(', ')})` };
}

/** `!f(a)`: one call, or its contrary. */
interface Part {
  readonly not: boolean;
  readonly name: string;
  readonly args: string;
}

function partOf(text: string): Part | undefined {
  const [, not = '', name = '', args = ''] = /^(!?)([A-Za-z_]\w*)\(([^()]*)\)$/.exec(text.trim()) ??
    [];
  return name === '' || !isModelled(name) || sleeps(name) ? undefined
    : { not: not === '!', name, args: args.replaceAll(/\s/g, '') };
}

interface Condition {
  readonly parts: readonly Part[];
  readonly and: boolean;
}

/** `if (a(x) && !b(x))`, of calls of the model alone. */
function conditionOf(line: string): Condition | undefined {
  const inside = /^(?:\} else )?if \((.*)\)\s*\{?$/.exec(line)?.[1];
  if (inside === undefined) return undefined;
  const and = !inside.includes('||');
  const parts = inside.split(and ? '&&' : '||').map(partOf);
  return parts.every((one) => one !== undefined) ? { parts: parts as Part[], and } : undefined;
}

const same = (a: Part, b: Part): boolean =>
  a.not === b.not && a.name === b.name && a.args === b.args;

/** A part that came to the one that was there, or went from beside the one that stays. */
function condition(was: string, now: string, inside: Inside): Verb | undefined {
  const [before, after] = [conditionOf(was), conditionOf(now)];
  if (before === undefined || after === undefined) return undefined;
  const [many, one] = before.parts.length > after.parts.length ? [before, after] : [after, before];
  const [stays, ...others] = one.parts;
  const other = many.parts.find((part) => stays !== undefined && !same(part, stays));
  if (stays === undefined || other === undefined || others.length > 0 || many.parts.length !== 2 ||
    !many.parts.some((part) => same(part, stays))) return undefined;
  if (many === before) {
    // What is gone no longer decides: true beside `and`, false beside `or`.
    return once(inside, other.name) ? { verb: 'substitutes', callee: other.name,
      code: `() => ${many.and !== other.not}` } : undefined;
  }
  if (stays.args !== other.args || !once(inside, stays.name)) return undefined;
  const and = many.and !== stays.not;
  const not = other.not !== stays.not ? '!' : '';
  const second = `${and ? '&&' : '||'} ${not}k.${other.name}(...args)`;
  return { verb: 'substitutes', callee: stays.name,
    code: `(k, ...args) => k.${stays.name}(...args) ${second}` };
}

function replaced(change: Change, inside: Inside): readonly Verb[] | undefined {
  const [was, now] = [statementsOf(change.removed), statementsOf(change.added)];
  if (was.length !== now.length) return undefined;
  const verbs = was.map((line, index): Verb | undefined => {
    const names = renamed(line, now[index] ?? '');
    if (names !== undefined) {
      const [old, fresh] = names;
      return isModelled(old) && isModelled(fresh) && (inside.calls.get(old) ?? 0) > 0
        ? { verb: 'substitutes', callee: old, code: `'${fresh}'` } : undefined;
    }
    return otherArguments(line, now[index] ?? '', inside) ??
      condition(line, now[index] ?? '', inside);
  });
  return verbs.every((one) => one !== undefined) ? verbs as Verb[] : undefined;
}

/** The same call taken out in one place and put in at another. */
function moved(changes: readonly Change[], inside: Inside): readonly Verb[] | undefined {
  const [one, other] = changes;
  if (changes.length !== 2 || one === undefined || other === undefined) return undefined;
  const [from, to] = one.removed.length > 0 ? [one, other] : [other, one];
  const [gone, made] = [statementsOf(from.removed), statementsOf(to.added)];
  const line = gone[0] === undefined ? undefined : callLine(gone[0]);
  if (line === undefined || gone.length !== 1 || made.length !== 1 || made[0] !== gone[0] ||
    from.added.length > 0 || to.removed.length > 0 || !once(inside, line.name)) return undefined;
  const put = added(to, inside);
  if (put === undefined || put.callee === line.name) return undefined;
  const star = sleeps(line.name) ? 'function* () {}' : '() => undefined';
  return [put, { verb: 'around', callee: line.name, code: star }];
}

/** What all changes of the function come to; undefined: some of it is no verb. */
export function verbsOf(changes: readonly Change[], inside: Inside): readonly Verb[] | undefined {
  const move = moved(changes, inside);
  if (move !== undefined) return move;
  const verbs: Verb[] = [];
  for (const change of changes) {
    const plus = statementsOf(change.added).length;
    const minus = statementsOf(change.removed).length;
    const put = plus > 0 && minus === 0 ? added(change, inside) : undefined;
    const found = plus === 0 ? removed(change, inside)
      : minus === 0 ? (put === undefined ? undefined : [put]) : replaced(change, inside);
    if (found === undefined) return undefined;
    verbs.push(...found);
  }
  const callees = verbs.map(({ callee }) => callee);
  return verbs.length > 0 && new Set(callees).size === callees.length ? verbs : undefined;
}
