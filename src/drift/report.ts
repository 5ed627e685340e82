/** A drift as text of 72 columns, what has to be read first. */
import { wrap } from '../base/wrap.js';
import { isChange, type Drift, type FunctionDrift, type OtherFunction } from './drift.js';

const WIDTH = 72;

const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

/** `free_unref_page() -> free_frozen_pages()`: what it is called, where it went. */
function nameText({ name, old, now }: FunctionDrift): string {
  const [was, is] = [old?.name ?? now?.name ?? name, now?.name ?? old?.name ?? name];
  const names = [...new Set([name, was, is])].map((one) => `${one}()`).join(' -> ');
  return old !== undefined && now !== undefined && old.path !== now.path
    ? `${names}, now in ${now.path}` : names;
}

function changeText({ change, added, removed }: FunctionDrift): string {
  switch (change) {
    case 'came': return `new, ${plural(added, 'line', 'lines')}`;
    case 'went': return `gone, ${plural(removed, 'line', 'lines')}`;
    default: return `+${added} -${removed}`;
  }
}

function* functionLines(one: FunctionDrift): Generator<string> {
  yield* wrap(`${nameText(one)}  ${changeText(one)}; read in ${one.readAt}, ${one.fidelity}`,
    WIDTH, '    ', '      ');
  if (one.policies.length > 0) yield* wrap(`policies ${one.policies.join(', ')}`, WIDTH, '      ');
  if (one.switches.length > 0) yield* wrap(`switches ${one.switches.join(', ')}`, WIDTH, '      ');
  for (const { id, subject } of one.commits ?? []) yield `      ${id} ${subject}`;
}

/** Functions by file. */
function* byFile(all: readonly FunctionDrift[]): Generator<string> {
  const paths = [...new Set(all.map(({ old, now }) => (old ?? now)?.path ?? ''))].sort();
  for (const path of paths) {
    yield `  ${path}`;
    for (const one of all.filter(({ old, now }) => (old ?? now)?.path === path)) {
      yield* functionLines(one);
    }
  }
}

function* section(title: string, lines: Iterable<string>): Generator<string> {
  const all = [...lines];
  if (all.length > 0) yield* ['', title, ...all];
}

function* otherLines(all: readonly OtherFunction[], full: boolean): Generator<string> {
  for (const { name, path, calledBy } of all) {
    if (calledBy.length === 0 && !full) continue;
    yield* wrap(`${name}() of ${path}${calledBy.length === 0 ? '' : `, called by ${
      calledBy.map((caller) => `${caller}()`).join(', ')}`}`, WIDTH, '  ', '    ');
  }
  const silent = all.filter(({ calledBy }) => calledBy.length === 0).length;
  if (silent > 0 && !full) yield `  and ${silent} that the model's functions do not call: --full`;
}

function* namesOnly(all: readonly FunctionDrift[]): Generator<string> {
  if (all.length > 0) yield* wrap(all.map(({ name }) => `${name}()`).join(', '), WIDTH, '  ');
}

const changeWords = {
  same: 'same text', layout: 'other comments or layout', renamed: 'renamed', changed: 'changed',
  came: 'new', went: 'gone', in_neither: 'in neither',
  untold: 'whose folder is not in the sources',
} as const;

function* summary(drift: Drift): Generator<string> {
  const { functions } = drift;
  yield `${drift.old.version} to ${drift.now.version}: ${
    plural(functions.length, 'function', 'functions')} of the model`;
  for (const [change, words] of Object.entries(changeWords)) {
    const mine = functions.filter((one) => one.change === change);
    const unread = mine.filter((one) => one.unread).length;
    yield `  ${String(mine.length).padStart(4)} ${words}${
      unread > 0 ? `, ${unread} of them not read in ${drift.now.version}` : ''}`;
  }
}

function* interfaceLines({ interfaces }: Drift): Generator<string> {
  const words = { changed: 'has another format', came: 'is new', went: 'is gone' } as const;
  for (const { name, change, recorded } of interfaces.tracepoints) {
    yield `  ${name} ${words[change]}${recorded ? '; it is recorded' : ''}`;
  }
  const probeWords = { changed: 'is called with other arguments', went: 'is gone' } as const;
  for (const { name, change, args } of interfaces.probes) {
    yield* wrap(`probe ${name} ${probeWords[change]}${
      args.length > 0 ? `; it reads ${args.join(' ')}` : ''}`, WIDTH, '  ', '    ');
  }
}

export function* driftLines(drift: Drift, full: boolean): Generator<string> {
  const { functions, files } = drift;
  const changed = functions.filter(({ change }) => isChange(change));
  yield* summary(drift);
  yield* section('not read yet: the model is of an older text',
    byFile(changed.filter(({ unread }) => unread)));
  yield* section(full ? 'changed, and read' : 'changed, and read (--full says more)', full
    ? byFile(changed.filter(({ unread }) => !unread))
    : namesOnly(changed.filter(({ unread }) => !unread)));
  yield* section('new in files that the model covers', otherLines(drift.appeared, full));
  yield* section('gone from files that the model covers', otherLines(drift.vanished, full));
  yield* section('tracepoints and probed functions', interfaceLines(drift));
  yield* section('files that are not in both', [
    ...files.onlyOld.map((path) => `  ${path} in ${drift.old.version} alone`),
    ...files.onlyNew.map((path) => `  ${path} in ${drift.now.version} alone`)]);
  if (full) {
    yield* section('in neither (what other versions have)',
      namesOnly(functions.filter(({ change }) => change === 'in_neither')));
    yield* section('the same', namesOnly(functions.filter(({ change }) => change === 'same')));
    yield* section('in folders that are not in the sources',
      namesOnly(functions.filter(({ change }) => change === 'untold')));
    yield* section('renamed', byFile(functions.filter(({ change }) => change === 'renamed')));
    yield* section('other comments or layout',
      namesOnly(functions.filter(({ change }) => change === 'layout')));
  }
}
