import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import type { ExploreDocument } from '../../src/explore/document.js';
import { raceTrace } from '../../src/explore/race.js';
import { writeTraceCsv } from '../../src/trace/write_csv.js';
import { mmreplay } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-explore-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = join(packageRoot(), 'dist/src/main.js');

function race(tasks: number): string {
  const path = join(folder, `race-${tasks}.csv`);
  writeTraceCsv(raceTrace({ tasks, kernel: '6.1.0' }), path);
  return path;
}

/** Runs it, and interrupts it as a terminal does that goes. */
async function interrupted(
  words: readonly string[],
): Promise<{ readonly code: number | null; readonly out: string }> {
  const child = spawn(process.execPath, [program, ...words]);
  let out = '';
  child.stdout.on('data', (text) => { out += String(text); });
  // The first line is out: the search has begun, or is about to. A second one ends the program.
  child.stdout.once('data', () => { setTimeout(() => child.kill('SIGHUP'), 300); });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, out }));
  });
}

describe('mmreplay explore', () => {
  test('the answer is first: who can hang, who never does; then where they part', () => {
    const words = ['explore', race(1), '-p', 'offline_pcp/drain_once', '-p', 'offline_pcp/redrain'];
    const { status, stdout, stderr } = mmreplay([...words, '--twice']);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    const [first, answer = '', parting = ''] = stdout.replaceAll(/\n +/g, ' ')
      .split(/\n\n(?=[AW])/);
    expect(first).toMatch(/^a offliner takes 0x\w+ \.\. 0x\w+ offline; beside it b \S+$/);
    expect(answer).toMatch(new RegExp('can hang +offline_pcp/drain_once: the test stops at a ' +
      'page on a per-cpu list for ever; \\d+ of \\d+ schedules, shortest s1:'));
    expect(answer).toMatch(/always +offline_pcp\/redrain: the range goes offline/);
    expect(parting).toMatch(/^Where they part\n-+\n\non s1:\S+\n/);
    expect(parting).toMatch(
      /\* offline_pcp\/drain_once: hangs: .*\n\* offline_pcp\/redrain: goes offline/);
  });

  /** Expect: what holds without a switch is not said of all schedules. */
  test('where few switches are gone through, no more is said', () => {
    const { stdout } = mmreplay(['explore', race(1), '-p', 'offline_pcp/redrain',
      '--preemptions', '0']);
    const answer = stdout.replaceAll(/\n +/g, ' ');
    expect(answer).toContain('offline_pcp/redrain: the range goes offline on every schedule that ' +
      'takes at most 0 times away from a task');
  });

  test('as JSON: the same endings and partings, with letters of the tasks and commands', () => {
    const path = race(1);
    const words = ['explore', path, '-p', 'offline_pcp/drain_once', '-p', 'offline_pcp/redrain'];
    const file = join(folder, 'explored.json');
    const { status, stdout } = mmreplay([...words, '--format', 'json', '-o', file]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    const found = JSON.parse(readFileSync(file, 'utf8')) as ExploreDocument;
    expect(found.policies.map(({ id, complete }) => ({ id, complete }))).toEqual([
      { id: 'offline_pcp/drain_once', complete: true },
      { id: 'offline_pcp/redrain', complete: true },
    ]);
    expect(found.policies[0]?.endings.map(({ kind }) => kind)).toEqual(['offline', 'hangs']);
    const [parting, ...more] = found.partings;
    expect(more).toEqual([]);
    expect(found.window.tasks.map(({ letter }) => letter)).toEqual(['a', 'b']);
    // Both run the same schedule, each to its own end.
    const turns = parting?.turns.map((of) => of.map(({ letter, steps }) => `${letter}${steps}`));
    expect(turns?.[0]?.[0]).toBe(turns?.[1]?.[0]);
    expect(turns?.[0]).not.toEqual(turns?.[1]);
    // The command that it gives shows the hang.
    const again = mmreplay((parting?.command ?? '').split(' ').slice(1));
    expect(again.stdout).toContain(parting?.outcomes[0]?.startsWith('hangs') ? 'hangs' : '?');
  });

  test('interrupted, it prints what was found so far', async () => {
    const { code, out } = await interrupted(
      ['explore', race(5), '-p', 'offline_pcp/iso', '--full', '--limit', '100000000']);
    expect(code).toBe(130);
    expect(out).toMatch(/offline_pcp\/iso \(not complete\)\n/);
    expect(out).toMatch(/\d+ states, \S+ steps\n/);
  });

  const terminal = spawnSync('script', ['--version']).status === 0;
  test.skipIf(!terminal)('on a terminal it tells how far it is (needs script(1))', () => {
    const command = `${process.execPath} ${program} explore ${race(4)} ` +
      '-p offline_pcp/iso --full --limit 20000';
    const { stdout } = spawnSync(
      'script', ['-qec', command, '/dev/null'], { encoding: 'utf8', maxBuffer: 2 ** 28 });
    expect(stdout).toMatch(
      /\r\x1b\[Koffline_pcp\/iso: \d+ states, \d+ steps, \d+ steps\/s, \d+ outcomes? so far/);
    expect(stdout).toMatch(/offline_pcp\/iso \(not complete\)/);
  });
});
