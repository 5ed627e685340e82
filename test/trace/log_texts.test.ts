/** Kernel logs inside of another format: each gives the rows of the same log as dmesg prints it. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTrace } from '../../src/trace/read.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-texts-'));

/** Seconds and text of each line. */
const log: readonly (readonly [seconds: number, text: string])[] = [
  [0, 'Linux version 6.1.0 (b@h) (gcc 12) #1 SMP'], [0, 'Command line: root=/dev/vda "x=1" é'],
  [0, 'BIOS-provided physical RAM map:'],
  [0, 'BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable'],
  [0, 'BIOS-e820: [mem 0x0000000000100000-0x000000007ffdffff] usable'],
  [0, 'BIOS-e820: [mem 0x000000007ffe0000-0x000000007fffffff] ACPI data'],
  [0.1, 'smp: Brought up 1 node, 2 CPUs'], [0.2, 'x86/mm: Memory block size: 128MB'],
  [72.5, 'memory offlining [mem 0x0000000040000000-0x0000000047ffffff] failed due to signal '
    + 'backoff'],
];

const stamp = (seconds: number): string => `[${seconds.toFixed(6).padStart(12)}] `;
const plain = log.map(([seconds, text]) => `${stamp(seconds)}${text}\n`).join('');

async function rowsOf(name: string, text: string) {
  const file = join(folder, name);
  writeFileSync(file, text);
  const { trace, problems } = await readTrace(file);
  return { problems, rows: Array.from({ length: trace.length }, (_, row) => trace.row(row)),
    lines: Array.from({ length: trace.length }, (_, row) => trace.where(row).line) };
}

const entry = (seconds: number, text: string): object => ({
  __REALTIME_TIMESTAMP: '1700000000000000', _TRANSPORT: 'kernel', PRIORITY: '6',
  _SOURCE_MONOTONIC_TIMESTAMP: String(seconds * 1e6),
  MESSAGE: text.includes('é') ? [...Buffer.from(text)] : text,
});
const shell = JSON.stringify({ _TRANSPORT: 'stdout', SYSLOG_IDENTIFIER: 'sh',
  MESSAGE: 'BIOS-e820: [mem 0x0-0xfff] usable' });

/** `=` before a line's end that is not one. */
const broken = plain.replace(/[=é]/g, (sign) =>
  [...Buffer.from(sign, 'latin1')].map((byte) => `=${byte.toString(16).toUpperCase()}`).join(''))
  .split('\n').map((line) => line.replace(/(.{60})(?=.)/g, '$1=\n')).join('\n');

test.each([
  ['dmesg --json', JSON.stringify({ dmesg: log.map(([time, msg]) => ({ pri: 6, time, msg })) },
    undefined, 3), 6],
  ['journalctl -o json', [shell, ...log.map(([seconds, text]) =>
    JSON.stringify(entry(seconds, text)))].join('\n'), 2],
  ['journalctl -o export', log.map(([seconds, text]) => ['__CURSOR=s=1',
    ...Object.entries(entry(seconds, text.replace('é', 'e')))
      .map(([key, value]) => `${key}=${String(value)}`), ''].join('\n')).join('\n'), 6],
  ['the log of a container', log.map(([seconds, text]) => JSON.stringify(
    { log: `${stamp(seconds)}${text}\n`, stream: 'stdout', time: '2026' })).join('\n'), 1],
  ['a quoted-printable mail', 'From a Mon\nSubject: bug\n'
    + `Content-Transfer-Encoding: quoted-printable\n\n${broken}`, 5],
  ['a mail whose lines were wrapped', plain.replace(/(?<=0x0{9}9fbff\]) /, '\n')
    .replace('0000-0x000000007ffd', '0000-\n0x000000007ffd')
    .replace(/(?<=ffff\]) ACPI/, '\n> ACPI'), 1],
])('%s', async (name, text, first) => {
  // Expect: rows as of the plain text, and lines of the file that was read.
  const { rows, problems, lines } = await rowsOf(name.replaceAll(/\W/g, '-'), text);
  const expected = await rowsOf('plain', plain);
  const shown = (list: typeof rows): string => JSON.stringify(list).replaceAll(/é/g, 'e');
  expect(problems).toEqual([]);
  expect(expected.rows.filter(({ event }) => event === 'offline')).toHaveLength(2);
  expect(shown(rows)).toBe(shown(expected.rows));
  expect(Math.min(...lines)).toBeGreaterThanOrEqual(first);
});

test('a map whose type was cut is told, not taken for another type', async () => {
  const { problems } = await rowsOf('cut', plain.replace('] ACPI data', '] AC'));
  expect(problems.map(({ position, message }) => `${position.line}: ${message}`)).toEqual([
    expect.stringMatching(/^6: the range was left out: it is "AC", expected usable, reserved, /)]);
});

test('a million broken lines of a mail take no time of their own', async () => {
  const begin = performance.now();
  await rowsOf('large', `Content-Transfer-Encoding: quoted-printable\n\n${plain}${'x=\n'
    .repeat(500_000)}`);
  expect(performance.now() - begin).toBeLessThan(20_000);
});
