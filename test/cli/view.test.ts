/** `view`: a page on this machine; what it shows is in test/page. */
import { expect, test } from 'vitest';
import { mmreplay } from './command.js';

test.each([[['view', 'nowhere.csv'], 'nowhere.csv'],
  [['view', 'traces/zonelists-S1-xen-grows', '-p', './nowhere.ts'], './nowhere.ts']])(
  '%s: nothing is served of a file that is not there', (words, file) => {
    const { stdout, stderr, status } = mmreplay(words);
    expect([stdout, stderr]).toEqual(['', `${file}: cannot be read: no such file or directory\n`]);
    expect(status).toBe(2);
  });
