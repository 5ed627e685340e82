import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeTextTrace } from '../../src/bench/generate_trace.js';
import { readTrace } from '../../src/trace/read.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, seed: number): string {
  const path = join(folder, name);
  writeTextTrace(path, 3000, seed);
  return path;
}

describe('a generated trace', () => {
  it('is the same for the same seed, and another for another', () => {
    const text = (path: string): string => readFileSync(path, 'utf8');
    const first = text(written('first.txt', 1));
    expect(text(written('again.txt', 1))).toBe(first);
    expect(text(written('other.txt', 2))).not.toBe(first);
  });

  it('has as many events as it says, and nothing that cannot be read', async () => {
    const { trace, problems, unused } = await readTrace(written('read.txt', 1));
    expect(trace.length).toBe(3000);
    expect(problems).toEqual([]);
    expect([...unused]).toEqual([]);
  });
});
