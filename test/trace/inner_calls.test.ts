/** Where add_memory_resource() was not traced, arch_add_memory() tells of an added range. */
import {
  copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import { verify } from '../../src/verify/verify.js';

const made = mkdtempSync(join(tmpdir(), 'mmreplay-test-'));
afterAll(() => rmSync(made, { recursive: true }));

/** A copy of a shipped recording whose tracer could not see add_memory_resource(). */
function withoutOuterCalls(recording: string): string {
  const from = join(packageRoot(), 'traces/recordings', recording);
  const to = mkdtempSync(join(made, 'recording-'));
  for (const name of readdirSync(from)) {
    if (!name.startsWith('trace.txt')) copyFileSync(join(from, name), join(to, name));
  }
  const plain = join(from, 'trace.txt');
  const text = existsSync(plain) ? readFileSync(plain, 'utf8')
    : gunzipSync(readFileSync(`${plain}.gz`)).toString();
  const lines = text.split('\n').filter((line) => !/ add_memory_resource(_ret)?: /.test(line));
  expect(lines.length).toBeLessThan(text.split('\n').length);
  writeFileSync(join(to, 'trace.txt'), lines.join('\n'));
  return to;
}

/*
 *   arch_add_memory   arch_add_memory_ret   memory_subsys_online ... of the blocks it added
 *   |<- seen ------------------->|
 *   |<- add_memory_resource(), not seen -------------------------------------->|
 * Expect: the blocks that go online behind the inner function's return are the added ones, which
 * went online by themselves, whether a worker or a shell that binds a driver adds them.
 */
test.each([
  'default-movable-6.12', 'default-movable-6.1', 'dax-kmem-two-nodes-7.3',
])('%s: blocks that go online by themselves', async (recording) => {
  const { trace } = await readTrace(withoutOuterCalls(recording));
  const version = versionOfHeader(trace.header);
  const { list } = verify(trace, { version, series: [], name: recording });
  expect(list.length).toBeGreaterThan(1000);
  expect(list.filter(({ verdict }) => verdict !== 'agrees')).toEqual([]);
});
