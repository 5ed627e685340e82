/** `view`: a page on this machine; what it shows is in test/page. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { begin, mmreplay } from './command.js';

test.each([[['view', 'nowhere.csv'], 'nowhere.csv'],
  [['view', 'traces/zonelists-S1-xen-grows', '-p', './nowhere.ts'], './nowhere.ts']])(
  '%s: nothing is served of a file that is not there', (words, file) => {
    const { stdout, stderr, status } = mmreplay(words);
    expect([stdout, stderr]).toEqual(['', `${file}: cannot be read: no such file or directory\n`]);
    expect(status).toBe(2);
  });

// Expect: of what nobody can watch for a change no page is made.
test('a device is refused at once', () => {
  expect(mmreplay(['view', '/dev/zero'])).toMatchObject({
    status: 2, stdout: '',
    stderr: '/dev/zero: cannot be read: is no regular file, expected one\n' });
});

/** The page that is served, once it is more than the word that the traces are being replayed. */
async function pageOf(view: ReturnType<typeof begin>): Promise<string> {
  while (view.isRunning()) {
    const [url] = /^http:.*/.exec(view.said()) ?? [];
    const page = url === undefined ? undefined : await (await fetch(url)).text();
    if (page?.includes('are being replayed') === false) return page;
    await sleep(50);
  }
  throw new Error('it has ended');
}

/** Expect: the report, whose policy is no option; one signal ends both programs. */
test('the report is served until a signal comes', async () => {
  const view = begin(['view', 'traces/zonelists-S2-dimm', '-p', 'base']);
  const page = await pageOf(view);
  expect(page).not.toContain('No report');
  expect(page).toContain('zonelists-S2-dimm');
  expect(await view.end('SIGTERM')).toMatchObject({ status: 0, stderr: '' });
});
