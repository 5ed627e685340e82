/**
 * `npm run screenshots -- DIR`: pictures of the page of one trace of each question and of a race
 * that was explored, light and in the dark, by playwright-core and the chromium of this machine
 * (MMREPLAY_CHROMIUM).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { packageRoot } from '../base/package_root.js';

const traces = [
  'zonelists-S1-xen-grows', 'try_offline_node-S2-one-left', 'memmap_holes-E1-q35-4000M',
  'memmap_on_memory-T3-offline-fails', 'offline_pcp-S6-reused-unmovable',
];

/** Name of the file and the words of the command that makes it. */
const made: readonly (readonly [name: string, words: readonly string[]])[] = [
  ...traces.map((name) =>
    [name, ['run', join(packageRoot(), 'traces', name), '-q', '--format', 'html']] as const),
  ['explored', ['explore', join(packageRoot(), 'traces/recordings/pcp-race-in-use'), '-p', 'base',
    '-p', 'offline_pcp/drain_once', '-p', 'offline_pcp/redrain', '--format', 'html']],
];

const [folder = 'screenshots'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env['MMREPLAY_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
for (const [name, words] of made) {
  const file = join(folder, `${name}.html`);
  const { stderr, status } = spawnSync(process.execPath,
    [join(packageRoot(), 'dist/src/main.js'), ...words, '-o', file], { encoding: 'utf8' });
  if (status === 2) throw new Error(stderr);
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme });
    await page.goto(new URL(file, `file://${process.cwd()}/`).href);
    await page.locator('main h1').first().waitFor();
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), fullPage: true });
    await page.close();
  }
  process.stdout.write(`${file}\n`);
}
await browser.close();
