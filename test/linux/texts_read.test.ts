/** What readers said of the kernel's other texts: each line stands at a text that there is. */
import { describe, expect, test } from 'vitest';
import { functionTags } from '../../src/linux/function_tag.js';
import { bodies } from '../../src/linux/history/bodies.js';
import { byAge } from '../../src/linux/history/since.js';
import { switches } from '../../src/linux/history/switches/config.js';
import { textChanges } from '../../src/linux/history/texts.js';
import { textKinds, textRead, textsReadFiles, textsReadIn } from
  '../../src/linux/history/texts_read.js';

interface Line {
  readonly file: string;
  readonly fn: string;
  readonly release: string;
  readonly kind: string;
  readonly words: string;
}

const lines = textsReadFiles().flatMap((file) =>
  Object.entries(textsReadIn(file)).flatMap(([fn, releases]) =>
    Object.entries(releases).map(([release, [kind, words]]): Line =>
      ({ file, fn, release, kind, words }))));

const told = ({ file, fn, release, words }: Line): string => `${file}: ${fn} ${release}: ${words}`;

/** `mm__page_alloc_reduced.json` is a part of what is said of `mm/page_alloc.c`. */
function isOfFile(file: string, kernelFile: string): boolean {
  const stem = kernelFile.replaceAll('/', '__').replace(/\.[ch]$/, '');
  return file === `${stem}.json` || file === `${stem}_reduced.json`;
}

describe('texts that somebody read', () => {
  /** Expect: a function that the model has, in the file of its kernel file, said once. */
  test('functions', () => {
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.filter(({ file, fn }) =>
      !isOfFile(file, functionTags()[fn]?.kernelFile ?? '')).map(told)).toEqual([]);
    const names = lines.map(({ fn, release }) => `${fn} ${release}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
  /** Expect: releases that brought another text, in order of age; functions by name. */
  test('releases', () => {
    expect(lines.filter(({ fn, release }) =>
      !textChanges(fn).some(({ by }) => by === release)).map(told)).toEqual([]);
    for (const file of textsReadFiles()) {
      const read = textsReadIn(file);
      expect(Object.keys(read)).toEqual(Object.keys(read).sort());
      for (const releases of Object.values(read)) {
        expect(Object.keys(releases)).toEqual(Object.keys(releases).sort(byAge));
      }
    }
  });
  /** Expect: a kind that there is, and words that fit into a sentence. */
  test('words', () => {
    const kinds: readonly string[] = textKinds;
    expect(lines.filter(({ kind }) => !kinds.includes(kind)).map(told)).toEqual([]);
    const fits = (words: string): boolean =>
      words.length >= 3 && words.length <= 100 && !/[.;]$/.test(words);
    expect(lines.filter(({ words }) => !fits(words)).map(told)).toEqual([]);
  });
  /** Expect: what the model makes elsewhere names a function or a switch of the model. */
  test('made elsewhere', () => {
    const isKnown = (word: string): boolean => word.endsWith('()')
      ? functionTags()[word.slice(0, -2)] !== undefined
      : Object.hasOwn({ ...switches, ...bodies }, word);
    expect(lines.filter(({ kind, words }) => kind === 'made' &&
      !(words.match(/\w+(?:\(\))?/g) ?? []).some(isKnown)).map(told)).toEqual([]);
  });
  /** Expect: nothing is said of what nobody read. */
  test('unread', () => {
    expect(textRead('constructor', 'v7.3')).toBeUndefined();
    expect(textRead('offline_pages', 'v3.10' as 'v7.3')).toBeUndefined();
  });
});
