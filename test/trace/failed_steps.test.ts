/** A step that failed is no input: what it was to do never came to the kernel. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { readTrace } from '../../src/trace/read.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Fields = Record<string, unknown>;

/** Rows of an event, of a recording in which one step has other fields. */
async function rowsOf(
  recording: string, event: string, action: string, fields: Fields,
): Promise<number> {
  const path = join(folder, `${recording}-${action}-${Object.keys(fields).length}`);
  cpSync(join(packageRoot(), 'traces/recordings', recording), path, { recursive: true });
  const file = join(path, 'info.json');
  const info = JSON.parse(readFileSync(file, 'utf8')) as { steps: Fields[] };
  const index = info.steps.findIndex((step) => step.action === action);
  Object.assign(info.steps[index] ?? {}, fields);
  writeFileSync(file, JSON.stringify(info));
  const { trace } = await readTrace(path);
  return Array.from({ length: trace.length }, (_, row) => trace.event(row))
    .filter((name) => name === event).length;
}

test.each([
  ['going-offline-veto-node-6.12', 'notifier_error', 'notifier-error', {}],
  ['zonelist-withheld-managed', 'set_online_page_callback', 'lab', { output: '' }],
  ['sysctls-6.12', 'write_parameter', 'write', { stderr: 'sh: write error: Invalid argument' }],
] as const)('%s: one %s less when %s failed', async (recording, event, action, more) => {
  const worked = await rowsOf(recording, event, action, {});
  expect(worked).toBeGreaterThan(0);
  expect(await rowsOf(recording, event, action, { rc: 1, ...more })).toBe(worked - 1);
});

/*
 *   dax-kmem-unbind   rc 1       what somebody noted
 *     try_remove_memory          what the kernel did
 * Expect: the driver let go of the device all the same, since its call is in the trace.
 */
test('a step that is said to have failed is an input when calls show it', async () => {
  const [recording, event] = ['dax-kmem-6.12', 'dax_kmem_remove'];
  expect(await rowsOf(recording, event, 'dax-kmem-unbind', { rc: 1 })).toBe(1);
});

/*
 *   device_add: QEMU says "Duplicate device ID": the guest was not asked.
 *   _OST status 1: the guest was, and refused: the same call is an input.
 */
test('a DIMM that QEMU refused is no input, one that the guest refused is', async () => {
  const ofQemu = { rc: 1, stderr: "Duplicate device ID 'dimm1'" };
  const ofGuest = { rc: 1, stderr: '_OST status 1', began: undefined };
  const recording = 'own-debugfs-no-kprobes';
  const worked = await rowsOf(recording, 'add_memory', 'add-dimm', {});
  expect(worked).toBe(2);
  expect(await rowsOf(recording, 'add_memory', 'add-dimm', ofQemu)).toBe(0);
  expect(await rowsOf(recording, 'add_memory', 'add-dimm', ofGuest)).toBe(2);
});
