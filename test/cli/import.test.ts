import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mmreplay-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function mmreplay(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath, [join(root, 'dist/src/main.js'), ...args],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status, out: stdout, err: stderr };
}

describe('mmreplay import', () => {
  it('writes the trace of an archive, and says what it did not use', () => {
    const file = join(folder, 'trace.csv.gz');
    const archive = 'traces/samples/recording/dimm-one-never-onlined.tar.gz';
    const { status, out, err } = mmreplay('import', archive, '-o', file);
    expect([status, out]).toEqual([0, '']);
    expect(err)
      .toMatch(/^recording: \d+ rows; \d+ lines not used: snapshot:meminfo \d+, .*, \.\.\.\n$/);
    const text = gunzipSync(readFileSync(file)).toString();
    expect(text).toMatch(/^# hotplug-trace 1\n# kernel 6\.1\.0-56-amd64\n/);
    expect(text).toContain('# recording dimm-one-never-onlined\n');
  });

  it('writes to standard output, and is the same as the file', () => {
    const file = join(folder, 'trace.csv');
    const path = 'traces/recordings/notifier-veto';
    mmreplay('import', path, '-o', file);
    expect(mmreplay('import', path).out === readFileSync(file, 'utf8')).toBe(true);
  });

  it('takes what the user knows about the recorded kernel', () => {
    const { out } = mmreplay('import', 'traces/samples/ftrace/notifier-veto.txt',
      '--config', 'CONFIG_DEBUG_VM=y', '--series', 'zonelists/populated_zone',
      '--question', 'zonelists');
    expect(out).toContain('# config DEBUG_VM=y\n');
    expect(out).toContain('# series zonelists/populated_zone\n# question zonelists\n');
  });

  it('exits with 2 and names file and line when something was wrong, keeping the rest', () => {
    const file = join(folder, 'bad.csv');
    writeFileSync(file, '# hotplug-trace 1\ntime_ns,event,pfn\n1,printk,\n2,online,0xz\n');
    const { status, out, err } = mmreplay('import', file);
    expect(status).toBe(2);
    expect(err).toMatch(`${file}:4: pfn is "0xz", expected a decimal or 0x-hex number\n`);
    expect(out).toContain('\n1,,,printk,,,,,,,,,\n');
    expect(out).toContain('# unused csv:row 1\n');
  });

  it('finds a shipped trace by its name, wherever it is called', () => {
    const { status, stdout } = spawnSync(process.execPath,
      [join(root, 'dist/src/main.js'), 'import', 'recordings/notifier-veto'],
      { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
    expect(status).toBe(0);
    expect(stdout).toContain('# recording notifier-veto\n');
  });

  it('exits with 2 and one message when nothing can be read', () => {
    expect(mmreplay('import', 'no-such-file')).toEqual(
      { status: 2, out: '', err: 'no-such-file: cannot be read: no such file or directory\n' });
    expect(mmreplay('import', 'LICENSE').err)
      .toMatch(/^LICENSE: is no recording, trace, scenario, tracer text or kernel log /);
    expect(mmreplay('import', 'LICENSE', '--config', 'DEBUG VM').err)
      .toMatch(/^error: --config DEBUG VM: expected a symbol and y, n, m or a number, as /);
  });
});
