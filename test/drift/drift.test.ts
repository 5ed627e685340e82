/** `drift` on small kernels of our own: C files in kernel style, as trees, tarball and clone. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { functionsOf, tracepointsOf } from '../../src/drift/c_functions.js';
import { readCounts, readKernels, raisedTags } from '../../src/drift/digests.js';
import type { Drift } from '../../src/drift/drift.js';
import { drift, modelled } from '../../src/drift/drift.js';
import { openTree } from '../../src/drift/kernel_tree.js';
import { mmreplay } from '../cli/command.js';

type Files = Readonly<Record<string, string>>;

function tree(files: Files, folder = mkdtempSync(join(tmpdir(), 'drift-'))): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const makefile = (minor: number): string =>
  `VERSION = 9\nPATCHLEVEL = ${minor}\nSUBLEVEL = 0\nEXTRAVERSION =\n`;

const event = (fields: string): string => `TRACE_EVENT(mm_page_free,
	TP_PROTO(struct page *page),
	TP_STRUCT__entry(${fields})
);
`;

/*
 *  9.1                          9.2
 *  populated_zone   a           a, other comment
 *  managed_zone     a           b
 *  free_unref_page  x           free_frozen_pages: x, so renamed
 *  free_unref_page_commit a     free_frozen_page_commit: b
 *  test_pages_isolated          gone
 *  zone_pcp_reset               in mm/percpu.c, another text
 *  __rmqueue_smallest           calls helper(), which is new
 *  set_zone_contiguous  a       calls __set_zone_contiguous(): a
 *  clear_zone_contiguous a      a macro around clear_zone_contiguous_noprof(): b
 */
const before: Files = {
  Makefile: makefile(1),
  'include/linux/mmzone.h': 'static inline bool populated_zone(struct zone *zone)\n{\n' +
    '\treturn zone->a; /* old words */\n}\n\nstatic inline bool managed_zone(struct zone *zone)\n' +
    '{\n\treturn zone->a;\n}\n',
  'mm/page_alloc.c': 'void free_unref_page(struct page *page, int order)\n{\n\tx(page);\n}\n\n' +
    'void zone_pcp_reset(struct zone *zone)\n{\n\treset(zone);\n}\n\n' +
    'static struct page *__rmqueue_smallest(struct zone *zone)\n{\n\treturn zone->first;\n}\n\n' +
    'static void old_way(void)\n{\n}\n\n' +
    'static void free_unref_page_commit(struct zone *zone)\n{\n\told();\n}\n',
  'mm/mm_init.c': 'void set_zone_contiguous(struct zone *zone)\n{\n\tint a;\n\n\ta = 1;\n}\n',
  'mm/memory_hotplug.c': 'void clear_zone_contiguous(struct zone *zone)\n{\n\tint a;\n}\n',
  'mm/page_isolation.c': 'int test_pages_isolated(unsigned long a, unsigned long b)\n{\n' +
    '\treturn 0;\n}\n',
  'include/trace/events/kmem.h': event('__field(unsigned long, pfn)'),
};
const after: Files = {
  ...before,
  Makefile: makefile(2),
  'include/linux/mmzone.h': (before['include/linux/mmzone.h'] ?? '')
    .replace('old words', 'new words')
    .replace('managed_zone(struct zone *zone)\n{\n\treturn zone->a',
      'managed_zone(struct zone *zone)\n{\n\treturn zone->b'),
  'mm/page_alloc.c': 'void free_frozen_pages(struct page *page, int order)\n{\n\tx(page);\n}\n\n' +
    'static void helper(struct zone *zone)\n{\n}\n\n' +
    'static struct page *__rmqueue_smallest(struct zone *zone)\n{\n\thelper(zone);\n' +
    '\treturn zone->first;\n}\n\n' +
    'static bool free_frozen_page_commit(struct zone *zone)\n{\n\told();\n\treturn true;\n}\n',
  'mm/mm_init.c': 'static void __set_zone_contiguous(struct zone *zone)\n{\n\tint a;\n\n' +
    '\ta = 1;\n}\n\nvoid set_zone_contiguous(struct zone *zone)\n{\n' +
    '\t__set_zone_contiguous(zone);\n}\n',
  'mm/memory_hotplug.c': 'void clear_zone_contiguous_noprof(struct zone *zone)\n{\n\tint b;\n}\n' +
    '#define clear_zone_contiguous(...)\t\\\n\talloc_hooks(' +
    'clear_zone_contiguous_noprof(__VA_ARGS__))\n',
  'mm/percpu.c': 'void zone_pcp_reset(struct zone *zone)\n{\n\tzone->pcp = NULL;\n}\n',
  'mm/page_isolation.c': '/* nothing */\n',
  'include/trace/events/kmem.h': event('__field(unsigned long, pfn) __field(int, nid)'),
};

function changes(text: string): Record<string, string> {
  const { functions } = JSON.parse(text) as Drift;
  return Object.fromEntries(functions
    .filter(({ change }) => change !== 'in_neither' && change !== 'untold')
    .map(({ name, change, added, removed }) => [name, `${change} +${added} -${removed}`]));
}

const expected = {
  populated_zone: 'layout +0 -0', managed_zone: 'changed +1 -1', free_unref_page: 'renamed +0 -0',
  test_pages_isolated: 'went +0 -4', zone_pcp_reset: 'changed +1 -1',
  __rmqueue_smallest: 'changed +1 -0', free_unref_page_commit: 'changed +2 -1',
  set_zone_contiguous: 'changed +1 -1', clear_zone_contiguous: 'changed +1 -1',
};

test('two trees: what changed of the model, what is new, what a recording stands on', () => {
  // Expect: each function of the drawing as it says; the renamed one is not called new.
  const [old, now] = [tree(before), tree(after)];
  const { status, stdout, stderr } = mmreplay(['drift', old, now, '--format', 'json']);
  expect([status, stderr]).toEqual([1, '']);
  expect(changes(stdout)).toEqual(expected);
  const found = JSON.parse(stdout) as Drift;
  expect([found.old.version, found.now.version]).toEqual(['9.1', '9.2']);
  expect(found.appeared).toEqual([
    { name: 'helper', path: 'mm/page_alloc.c', calledBy: ['__rmqueue_smallest'] }]);
  expect(found.vanished.map(({ name }) => name)).toEqual(['old_way', 'test_pages_isolated']);
  expect(found.interfaces.tracepoints).toEqual([
    { name: 'kmem/mm_page_free', recorded: true, change: 'changed' }]);
  const moved = found.functions.find(({ name }) => name === 'zone_pcp_reset');
  expect([moved?.old?.path, moved?.now?.path]).toEqual(['mm/page_alloc.c', 'mm/percpu.c']);
  expect(found.functions.find(({ name }) => name === 'free_unref_page_commit')?.policies)
    .toContain('offline_pcp/flag');
});

test('the text says what has to be read, and the diff of one function by any of its names', () => {
  const [old, now] = [tree(before), tree(after)];
  const { stdout } = mmreplay(['drift', old, now]);
  expect(stdout).toContain('managed_zone() +1 -1; read in v');
  expect(stdout).toContain('helper() of mm/page_alloc.c, called by __rmqueue_smallest()');
  expect(stdout.split('\n').every((line) => line.length <= 72)).toBe(true);
  expect(mmreplay(['drift', old, now, '--function', 'managed_zone']).stdout)
    .toContain('-\treturn zone->a;\n+\treturn zone->b;\n');
  expect(mmreplay(['drift', old, now, '--function', 'free_frozen_pages']).stdout)
    .toContain('+void free_frozen_pages(struct page *page, int order)');
  expect(mmreplay(['drift', old, old]).status).toBe(0);
});

test('a tarball is as good as its tree', () => {
  const [old, now] = [tree(before), tree(after)];
  const archive = join(tree({}), 'linux-9.2.tar.gz');
  execFileSync('tar', ['-czf', archive, '-C', dirname(now), now.slice(dirname(now).length + 1)]);
  expect(changes(mmreplay(['drift', old, archive, '--format', 'json']).stdout)).toEqual(expected);
});

/** Expect: tar is ended as soon as it has read so much, whatever it unpacks of it. */
test('a tarball without an end is refused', () => {
  const now = tree(after);
  const archive = join(tree({}), 'bomb.tar.gz');
  writeFileSync(join(now, 'zeros'), Buffer.alloc(2 ** 23));
  execFileSync('tar', ['-czf', archive, '-C', dirname(now), now.slice(dirname(now).length + 1)]);
  expect(() => openTree(archive, '.', ['mm'], 2 ** 20)).toThrow('it has more than 1048576 bytes');
  expect(openTree(archive, '.', ['mm'], 2 ** 24).version).toMatch(/^\d/);
});

test('revisions of a clone: the commits of each function', () => {
  // Expect: three commits; each function has the one that changed its code, comments do not count.
  const clone = tree(before);
  const git = (...args: readonly string[]): void => {
    execFileSync('git', ['-C', clone, '-c', 'user.name=A', '-c', 'user.email=a@b.c', ...args],
      { stdio: 'ignore' });
  };
  const commit = (subject: string): void => {
    git('add', '-A');
    git('commit', '-q', '-m', subject);
  };
  git('init', '-q');
  commit('begin');
  git('tag', 'v9.1');
  tree({ 'include/linux/mmzone.h': after['include/linux/mmzone.h'] ?? '' }, clone);
  commit('mm: another test');
  rmSync(join(clone, 'mm/page_isolation.c'));
  tree(after, clone);
  commit('mm: all the rest');
  const { stdout } = mmreplay(['drift', 'v9.1', 'HEAD', '--git', clone, '--format', 'json']);
  expect(changes(stdout)).toEqual(expected);
  const { functions } = JSON.parse(stdout) as Drift;
  const subjects = (name: string) => functions.find((one) => one.name === name)?.commits
    ?.map(({ subject }) => subject);
  expect(subjects('managed_zone')).toEqual(['mm: another test']);
  expect(subjects('test_pages_isolated')).toEqual(['mm: all the rest']);
  expect(subjects('populated_zone')).toEqual([]);
});

/*
 *  9.1 <- 9.2, signed; a blob of 9.1 is not there; .git/config names programs for everything.
 *  Expect: the blob is named, no program has run, no file without an end is read.
 */
test('nothing that the configuration of a clone names is run or read', async () => {
  const clone = tree(before);
  const git = (args: readonly string[], input = ''): string =>
    execFileSync('git', ['-C', clone, '-c', 'user.name=A', '-c', 'user.email=a@b.c', ...args],
      { encoding: 'utf8', input }).trim();
  const ran = join(clone, 'ran');
  const program = join(clone, 'program');
  writeFileSync(program, `#!/bin/sh\necho "$0" >> ${ran}\n`, { mode: 0o755 });
  git(['init', '-q']);
  git(['add', '-A']);
  git(['commit', '-q', '-m', 'one']);
  git(['tag', 'v9.1']);
  tree({ ...before, 'mm/mm_init.c': 'void set_zone_contiguous(int a)\n{\n\ta();\n}\n' }, clone);
  git(['commit', '-q', '-a', '-m', 'two']);
  const signed = git(['cat-file', 'commit', 'HEAD']).replace(/(\n\n)/,
    '\ngpgsig -----BEGIN PGP SIGNATURE-----\n x\n -----END PGP SIGNATURE-----$1');
  git(['tag', 'v9.2', git(['hash-object', '-w', '-t', 'commit', '--stdin'], signed)]);
  appendFileSync(join(clone, '.git/config'), `[log]\nshowSignature = true
[gpg]\nprogram = ${program}\n[core]\nfsmonitor = ${program}\nsshCommand = ${program}
repositoryFormatVersion = 1\n[diff]\nexternal = ${program}\norderFile = /dev/zero
[mailmap]\nfile = /dev/zero\n[extensions]\npartialClone = origin
[remote "origin"]\npromisor = true\nurl = "ext::${program}"\n[protocol "ext"]\nallow = always\n`);
  const folders = ['mm', 'include/linux', 'include/trace/events'];
  const differ = async (): Promise<Drift> =>
    drift(openTree('v9.1', clone, folders), openTree('v9.2', clone, folders));
  expect(JSON.stringify(await differ())).toContain('"subject":"two"');
  const blob = git(['rev-parse', 'v9.1:mm/mm_init.c']);
  rmSync(join(clone, '.git/objects', blob.slice(0, 2), blob.slice(2)));
  await expect(differ).rejects.toThrow(/has not the text of \w+:mm\/mm_init\.c, expected/);
  expect(existsSync(ran)).toBe(false);
  rmSync(clone, { recursive: true });
});

/*
 *  mm/page_alloc.c -> /dev/zero, mm/mm_init.c -> a file outside.
 *  Expect: each is named, none is read.
 */
test.each([['/dev/zero', /is no regular file/], ['/etc/passwd', /leads out of the tree/]])(
  'a link to %s in a tree of sources', async (target, message) => {
    const folder = tree({ Makefile: makefile(1), 'mm/mm_init.c': '' });
    symlinkSync(target, join(folder, 'mm/page_alloc.c'));
    const sources = openTree(folder, '.', ['mm']);
    await expect(async () => drift(sources, sources)).rejects.toThrow(message);
    rmSync(folder, { recursive: true });
  });

test('what is no kernel is said', () => {
  const good = tree(before);
  for (const [path, words] of [
    [join(good, 'mm/page_alloc.c'), /page_alloc\.c: no tarball of a kernel/],
    [tree({ 'mm/page_alloc.c': '' }), /no kernel tree: its Makefile should say VERSION/],
    ['v0.0-none', /v0\.0-none is no folder, no tarball and no revision of/],
    ['--upload-pack=x', /./],
  ] as const) {
    const { status, stderr } = mmreplay(['drift', good, path, '--git', good]);
    expect([path, status]).toEqual([path, 2]);
    expect(stderr).toMatch(words);
  }
});

test('functions of kernel style, whatever #ifdef does inside of them', () => {
  const found = functionsOf(`
static DEFINE_PER_CPU(int, count) = { 0 };
struct thing {
	int (*call)(void);
};
__printf(1, 2)
static void __ref say(const char *text, ...)
{
	if (a) { /* } */
#ifdef CONFIG_A
	if (b) {
#else
	if (c) {
#endif
		puts("}{");
	}
	}
}
EXPORT_SYMBOL(say);

static inline void nothing(void) { }
#define for_each(x, y) \\
	for (;;)
SYSCALL_DEFINE2(one, int, a, int, b)
{
	return 0;
}
static int two(int (*f)(int),
	       int b)

{
	return 1;
}
`);
  expect([...found.keys()]).toEqual(['say', 'nothing', 'for_each', 'sys_one', 'two']);
  expect(found.get('two')?.prototype).toBe('static int two(int(*f)(int),int b)');
  expect(found.get('say')?.code).toContain('puts("}{");');
});

test('events of a class have the fields of the class', () => {
  const of = (field: string) => tracepointsOf(`DECLARE_EVENT_CLASS(cls, TP_ARGS(${field}));
DEFINE_EVENT(cls, one, TP_ARGS(x));
`).get('one');
  expect(of('pfn')).toBeDefined();
  expect(of('pfn')).not.toBe(of('nid'));
});

test('the digests that ship are of functions of the model, and tags are as new as they say', () => {
  // Expect: no tag that could be raised; what is counted adds up.
  const kernels = readKernels();
  expect(kernels.map(({ version }) => version)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^6\.12/), expect.stringMatching(/^7\.3/)]));
  const names = new Set(modelled().map(([name]) => name));
  for (const { functions } of kernels) {
    expect(Object.keys(functions).filter((name) => !names.has(name))).toEqual([]);
  }
  for (const one of readCounts(kernels)) {
    expect(one.readHere + one.sameText + one.otherText.length + one.unknown.length).toBe(one.has);
  }
  expect([...raisedTags(kernels)]).toEqual([]);
});
