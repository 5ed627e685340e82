/**
 * The recorded race with other flags, orders, numbers of pages and held pages, and cut off while
 * the call still spins. Each is a shipped recording with that one thing edited, in all its files.
 */
import {
  copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { loadPolicy } from '../../src/patch/catalogue.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import { verify } from '../../src/verify/verify.js';
import { mmreplay } from '../cli/command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-race-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Step { readonly cmd?: string; readonly output?: string }

interface Edit {
  /** Each line of the trace; undefined: it is left out. */
  readonly line?: (line: string) => string | readonly string[];
  readonly step?: ((step: Step) => Step) | undefined;
  /** Failed tests after which the trace ends. */
  readonly tests?: number;
}

const FLAGS = /gfp_flags=GFP_HIGHUSER_MOVABLE\|__GFP_NOWARN\|__GFP_NORETRY\|__GFP_THISNODE/;
const flags = (words: string): Edit =>
  ({ line: (line) => line.replace(FLAGS, `gfp_flags=${words}`) });

const isAlloc = ({ cmd }: Step): boolean => cmd?.startsWith('alloc ') === true;
const say = (cmd: string, output: string): Edit['step'] =>
  (step) => (isAlloc(step) ? { ...step, cmd, output } : step);

/** The list of CPU 0 that the call refills: 7 pages, of which the call gets the first ones. */
const listed = (count: number): Edit['step'] => (step) => (step.cmd !== 'pcp' ? step
  : { ...step, output: step.output?.replace(/(1:Movable cpu0 count) 6/, `$1 ${count}`) ?? '' });

/*
 *   one page:   alloc 0x100000                      holds 0x100000
 *   two pages:  alloc 0x100000  alloc 0x100001      holds 0x100000 or 0x100001; one stays
 */
const second = (line: string): string | readonly string[] => {
  if (line.includes('mm_page_pcpu_drain') && line.includes('pfn=0x100001 ')) return [];
  return line.includes('mm_page_alloc:') && line.includes('pfn=0x100000 ')
    ? [line, line.replace('pfn=0x100000', 'pfn=0x100001')]
    : line.replace('lab alloc 1 2 0 1', 'lab alloc 1 2 0 2');
};
const steps = (...edits: readonly (Edit['step'])[]): Edit['step'] =>
  (step) => edits.reduce((now, edit) => edit?.(now) ?? now, step);
const two = (words = 'first pfn 0x100000\nalloc ok 2 of 2\n  node 1 zone 3: 2'): Edit =>
  ({ line: second, tests: 20, step: steps(say('alloc 1 2 0 2', words), listed(5)) });

/** A second page that is freed and held; the first one stays in use. */
function laterHeld(edit: Edit): Edit {
  return {
    ...edit,
    line: (line) => {
      const freed = line.includes('mmlab_free') && line.includes('mm_page_free:');
      return second(freed ? line.replace('pfn=0x100000', 'pfn=0x100001') : line);
    },
    step: steps(edit.step, (step) => (step.cmd === 'holdfree'
      ? { ...step, output: 'holding 1 pfn 0x100001' } : step)),
  };
}

/** Blocks of two pages: a list is refilled with 7 >> 1 = 3 of them. */
function pairs(line: string): string | readonly string[] {
  const page = / pfn=0x10000([0-6]) order=0/.exec(line);
  if (page === null || line.includes('order=10')) {
    return line.replace('lab alloc 1 2 0 1', 'lab alloc 1 2 1 1');
  }
  const index = Number(page[1]);
  return index > 2 ? [] : line.replace(page[0], ` pfn=0x10000${2 * index} order=1`);
}

function variant(name: string, recording: string, edit: Edit): string {
  const source = join(packageRoot(), 'traces/recordings', recording);
  const path = join(folder, `${recording}-${name}`);
  mkdirSync(path);
  for (const file of readdirSync(source)) {
    const last = /^snapshot-(?!00)/.test(file) && edit.tests !== undefined;
    if (!file.startsWith('trace.txt') && !last) copyFileSync(join(source, file), join(path, file));
  }
  let left = edit.tests ?? Infinity;
  const lines = gunzipSync(readFileSync(join(source, 'trace.txt.gz'))).toString().split('\n')
    .flatMap((line) => {
      if (left === 0) return [];
      if (line.includes(' test_pages_isolated: ')) left -= 1;
      return edit.line?.(line) ?? line;
    });
  writeFileSync(join(path, 'trace.txt'), `${lines.join('\n')}\n`);
  const info = JSON.parse(readFileSync(join(source, 'info.json'), 'utf8')) as
    { readonly steps: readonly Step[] };
  const kept = info.steps.slice(0, edit.tests === undefined ? undefined : 6);
  writeFileSync(join(path, 'info.json'), JSON.stringify(
    { ...info, steps: kept.map((step) => edit.step?.(step) ?? step) }));
  return path;
}

const designs = ['disable', 'remote', 'redrain', 'drain_once', 'iso', 'read_in_lock'];

/** Designs that no recorded fact disagrees with. */
async function agreeing(path: string): Promise<readonly string[]> {
  const { trace } = await readTrace(path);
  const found: string[] = [];
  for (const design of designs) {
    const { disagree } = verify(trace, { version: versionOfHeader(trace.header),
      series: [await loadPolicy(`offline_pcp/${design}`)], name: design });
    if (disagree.length === 0) found.push(design);
  }
  return found;
}

const variants: readonly (readonly [name: string, edit: Edit])[] = [
  ['plain-flags', flags('GFP_HIGHUSER_MOVABLE')],
  ['flags-of-user-space', flags('GFP_HIGHUSER_MOVABLE|__GFP_COMP')],
  ['flags-as-a-number', { ...flags('0x146c4a'),
    step: say('alloc 1 2 0 1', 'alloc ok 1 of 1\n  node 1 zone 3: 1') }],
  ['order-1', { line: pairs, step: steps(
    say('alloc 1 2 1 1', 'first pfn 0x100000\nalloc ok 1 of 1\n  node 1 zone 3: 1'), listed(4)) }],
  ['cut', { tests: 20 }],
  ['cut-at-the-first-test', { tests: 1 }],
  ['two-first-held', two()],
  ['two-second-held', laterHeld(two())],
  ['two-zone-said', laterHeld(two('alloc ok 2 of 2\n  node 1 zone 3: 2'))],
];

describe.each(['pcp-race-disable', 'pcp-race-redrain'])('%s', (recording) => {
  let whole: readonly string[] = [];
  beforeAll(async () => {
    whole = await agreeing(join(packageRoot(), 'traces/recordings', recording));
  });

  test.each(variants)('%s: the designs that agree with it are those of the recording',
    async (name, edit) => {
      const found = await agreeing(variant(name, recording, edit));
      expect(whole.length).toBeGreaterThan(0);
      // Expect: all of these; a trace that ends early tells fewer of the others from them.
      if (edit.tests === undefined) expect(found).toEqual(whole);
      else expect(found).toEqual(expect.arrayContaining([...whole]));
      expect(found).not.toContain(recording.endsWith('redrain') ? 'disable' : 'redrain');
    });
});

describe('run, of a trace that ends while the call goes round', () => {
  const said = (path: string): string => {
    const { stdout, stderr } = mmreplay(['run', path, '-p', 'base,offline_pcp/redrain']);
    expect(stderr).toBe('');
    return stdout.replaceAll(/\s+/g, ' ');
  };

  test.each([
    ['one is being freed', { tests: 20 }, 'mmlab_free-166 frees it since 10.519407 s'],
    ['one has it', laterHeld(two()), 'sh-38 got it at 10.411142 s'],
    ['nobody says which it got', { ...laterHeld(two('alloc ok 2 of 2')),
      line: (line: string) => {
        const edited = laterHeld(two()).line?.(line) ?? line;
        return typeof edited === 'string' ? edited.replace(FLAGS, 'gfp_flags=0x146c4a') : edited;
      } }, 'sh-38 got it at 10.411142 s'],
  ])('%s: no policy can end it, and no claim is broken by that', (name, edit, who) => {
    const text = said(variant(name.replaceAll(' ', '-'), 'pcp-race-disable', edit));
    expect(text).toContain('nothing is found wrong; 1 call cannot end before the trace does');
    expect(text).toContain('offline memory32: not over when the trace ends: page 0x100000 stays '
      + `in use: ${who}`);
    expect(text).not.toMatch(/broken|never returns/);
  });

  test('a page that only waits on a list is the design\'s fault', () => {
    const path = variant('cut', 'pcp-race-drain-once',
      { line: (line) => (line.includes('mm_page_pcpu_drain') && line.includes('pfn=0x100000 ')
        ? [] : line) });
    const text = mmreplay(['run', path, '-p', 'base,offline_pcp/drain_once']).stdout;
    expect(text.replaceAll(/\s+/g, ' ')).toContain('offline_pages() never returns');
  });
});

test('steps behind the end of the trace are left out, and named once', async () => {
  const source = join(packageRoot(), 'traces/recordings/pcp-race-redrain/info.json');
  const path = variant('steps-left', 'pcp-race-redrain', { tests: 20 });
  copyFileSync(source, join(path, 'info.json'));
  const { trace, problems } = await readTrace(path);
  expect(problems.map(({ message }) => message)).toEqual([
    'ends before step 7 of info.json (sh), which is left out with the 4 behind it']);
  const { disagree } = verify(trace, { version: versionOfHeader(trace.header),
    series: [await loadPolicy('offline_pcp/redrain')], name: 'steps left' });
  expect(disagree).toEqual([]);
});
