/** The page in a browser: how long until it is there, and how long a key takes. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { packageRoot } from '../base/package_root.js';
import { median, type Ratio } from './measure.js';

/** A recording of 266,000 events, of which the page shows 163,000, and a trace of 31 rows. */
const LARGE = 'traces/recordings/offline-under-load';
const SMALL = 'traces/offline_pcp-S6-reused-unmovable';
const KEYS = 20;

const executable = process.env['MMREPLAY_CHROMIUM'] ?? '/usr/bin/chromium';

interface Shown {
  /** Until the browser painted first, and until all of the report was there, ms. */
  readonly painted: number;
  readonly there: number;
  /** From a key until the memory map stands at the next event, ms. */
  readonly key: number;
}

function reportOf(trace: string, file: string): void {
  const { status, stderr } = spawnSync(process.execPath, [
    join(packageRoot(), 'dist/src/main.js'), 'run', join(packageRoot(), trace), '-q', '--no-cache',
    '-p', 'base', '-p', 'offline_pcp/redrain', '--format', 'html', '-o', file,
  ], { encoding: 'utf8' });
  if (status !== 0 && status !== 1) throw new Error(`run ${trace} failed: ${stderr}`);
}

async function show(browser: Browser, file: string): Promise<Shown> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const begin = performance.now();
  await page.goto(pathToFileURL(file).href);
  await page.getByRole('slider').waitFor();
  const there = performance.now() - begin;
  const painted = await page.evaluate('performance.getEntriesByType("paint")[0].startTime');
  await page.getByRole('slider').focus();
  const before = performance.now();
  for (let key = 0; key < KEYS; key += 1) {
    await page.keyboard.press(key % 2 === 0 ? 'ArrowLeft' : 'ArrowRight');
    // What the key changed is drawn with the next frame.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => done()))');
  }
  const key = (performance.now() - before) / KEYS;
  await page.close();
  return { painted: Number(painted), there, key };
}

/** `runs` times each; the median counts. Without a browser there is nothing to measure. */
export async function browserRatios(runs: number): Promise<readonly Ratio[]> {
  if (!existsSync(executable)) {
    process.stderr.write(`browser: left out, there is no ${executable} (MMREPLAY_CHROMIUM)\n`);
    return [];
  }
  const place = mkdtempSync(join(tmpdir(), 'mmreplay-bench-'));
  const browser = await chromium.launch({
    executablePath: executable,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
  try {
    const files = { large: join(place, 'large.html'), small: join(place, 'small.html') };
    reportOf(LARGE, files.large);
    reportOf(SMALL, files.small);
    const shown = { large: [] as Shown[], small: [] as Shown[] };
    for (let run = 0; run < runs; run += 1) for (const name of ['large', 'small'] as const) {
      shown[name].push(await show(browser, files[name]));
    }
    const of = (name: 'large' | 'small', what: keyof Shown): number =>
      median(shown[name].map((one) => one[what]));
    const ratio = (what: string, measure: keyof Shown, aim: number, floor: number): Ratio => ({
      what: `page of offline-under-load / of S6: ${what}`,
      value: of('large', measure) / of('small', measure), aim, floor, better: 'less' });
    return [
      ratio('first paint, ms', 'painted', 2, 4),
      ratio('the report is there, ms', 'there', 4, 8),
      ratio('a key is answered, ms', 'key', 2, 4),
      { what: 'page of offline-under-load: a key is answered, ms', value: of('large', 'key'),
        aim: 50, floor: 100, better: 'less' },
    ];
  } finally {
    await browser.close();
    rmSync(place, { recursive: true, force: true });
  }
}
