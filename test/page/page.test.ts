/** The page of real reports in a real browser. */
import AxeBuilder from 'axe-core';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PageData } from '../../src/report/page_data.js';
import { mmreplay } from '../cli/command.js';
import { chromiumPath, launch } from './browser.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-page-'));
const one = join(folder, 'one.html');
const several = join(folder, 'several.html');
const recorded = join(folder, 'recorded.html');
const explored = join(folder, 'explored.html');
const large = join(folder, 'large.html');

let browser: Browser | undefined;
/** What the page asked for and complained of. */
let noise: string[] = [];

async function open(file: string, hash = ''): Promise<Page> {
  if (browser === undefined) throw new Error('no browser');
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  noise = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) noise.push(`asks for ${request.url()}`);
  });
  page.on('console', (message) => noise.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(error.message));
  await page.goto(`file://${file}${hash}`);
  await page.locator('main h1').first().waitFor();
  return page;
}

function dataOf(file: string): PageData {
  const [, json = ''] = /<script type="application\/json" id="data">(.*?)<\/script>/s
    .exec(readFileSync(file, 'utf8')) ?? [];
  return JSON.parse(json) as PageData;
}

/** The page with other data. */
function withData(file: string, name: string, data: PageData): string {
  const path = join(folder, name);
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  writeFileSync(path, readFileSync(file, 'utf8').replace(/(id="data">).*?(<\/script>)/s,
    (_all, before: string, after: string) => `${before}${json}${after}`));
  return path;
}

// No browser on this machine: `apt-get install chromium`, as .ci/run does.
describe.skipIf(chromiumPath === undefined)('the page', () => {
  beforeAll(async () => {
    const page = (file: string, ...words: readonly string[]): void => {
      const { status, stderr } = mmreplay(['run', ...words, '-q', '--format', `html=${file}`]);
      if (status === 2) throw new Error(stderr);
    };
    page(one, 'traces/offline_pcp-S6-reused-unmovable');
    page(several, 'traces/zonelists-S8-veto', 'traces/zonelists-S2-dimm', '--short');
    page(recorded, 'traces/recordings/remove-refused-online-again-6.12', '-p', 'base');
    writeFileSync(join(folder, 'large.yaml'), `name: large
note: more sections than the page draws pageblocks of
kernel: 6.12.0
machine:
  nodes: [{memory: 300G, cpus: "0"}]
steps:
  - {action: offline, block: 40}
`);
    page(large, join(folder, 'large.yaml'), '-p', 'base');
    mmreplay(['explore', 'traces/offline_pcp-S2-late-commit', '-p', 'offline_pcp/drain_once',
      '-p', 'offline_pcp/redrain', '--format', 'html', '-o', explored]);
    browser = await launch();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** Expect: a mail program that runs no script shows the answer, in the same words. */
  test.each([['a trace', one], ['a batch', several], ['explore', explored]])(
    'without a script the answer is there: %s', async (_what, file) => {
      const shown = await (await open(file)).locator('main section').first().innerText();
      const context = await browser?.newContext({ javaScriptEnabled: false });
      const page = await context?.newPage();
      await page?.goto(`file://${file}`);
      expect(await page?.locator('main section').first().innerText()).toBe(shown);
      expect(shown.split('\n').length).toBeGreaterThan(2);
      await context?.close();
    });

  test('begins with the verdict that the text report has', async () => {
    const page = await open(one);
    const { stdout } = mmreplay(['run', 'traces/offline_pcp-S6-reused-unmovable', '-q']);
    const text = stdout.slice(0, stdout.indexOf('\n---')).replaceAll(/\s+/g, ' ');
    const terms = await page.locator('article > section').first().locator('dd').allInnerTexts();
    expect(terms.length).toBeGreaterThan(3);
    for (const term of terms) expect(text).toContain(term.replaceAll(/\s+/g, ' '));
    expect(noise).toEqual([]);
    await page.close();
  });

  test('a cell of the matrix leads to its trace and policy', async () => {
    const page = await open(several);
    await page.locator('table.matrix tbody tr').nth(1).locator('td a').nth(2).click();
    expect(await page.locator('h1').innerText()).toContain('zonelists-S2-dimm');
    expect(page.url()).toContain('policy=zonelists');
    expect(noise).toEqual([]);
    await page.close();
  });

  test('it opens where the policy that fixes it is not as the base', async () => {
    const page = await open(one);
    const rows = page.locator('section[aria-label=State] tbody tr');
    expect(await rows.count()).toBeGreaterThan(0);
    await page.close();
  });

  test('keys scrub, and the address says where', async () => {
    const page = await open(one);
    const slider = page.getByRole('slider');
    await slider.focus();
    const at = (): Promise<string | null> => slider.getAttribute('aria-valuenow');
    await page.keyboard.press('Home');
    expect(await at()).toBe('0');
    await page.keyboard.press('ArrowRight');
    expect(await at()).toBe('1');
    await page.keyboard.press('n');
    const stop = await at();
    const url = page.url();
    await page.keyboard.press('End');
    expect(await at()).toBe(await slider.getAttribute('aria-valuemax'));
    const other = await open(one, url.slice(url.indexOf('#')));
    expect(await other.getByRole('slider').getAttribute('aria-valuenow')).toBe(stop);
    await page.close();
    await other.close();
  });

  test('the pointer scrubs', async () => {
    const page = await open(one);
    const box = await page.locator('.timeline').boundingBox();
    if (box === null) throw new Error('no timeline');
    await page.mouse.click(box.x + box.width - 2, box.y + 4);
    const slider = page.getByRole('slider');
    expect(await slider.getAttribute('aria-valuenow'))
      .toBe(await slider.getAttribute('aria-valuemax'));
    await page.close();
  });

  test('what is not as on the base is outlined; spans say their numbers', async () => {
    const page = await open(one);
    await page.getByRole('slider').focus();
    await page.keyboard.press('Home');
    expect(await page.locator('.differs').count()).toBe(0);
    await page.keyboard.press('End');
    expect(await page.locator('.differs').count()).toBeGreaterThan(0);
    await page.locator('.strip g[role=img]').first().hover();
    expect(await page.locator('.told').innerText()).toMatch(/node 0: pages 0x\w+-0x\w+, \d+ pages/);
    await page.locator('.map').focus();
    const width = (): Promise<number> => page.locator('.strip g[role=img] rect').first()
      .evaluate((rect) => Number(rect.getAttribute('width')));
    const before = await page.locator('.axis text').allInnerTexts();
    for (let step = 0; step < 12; step += 1) await page.keyboard.press('+');
    expect(await page.locator('.axis text').allInnerTexts()).not.toEqual(before);
    expect(await width()).toBeGreaterThan(0);
    await page.close();
  });

  test('what is too much to be drawn is told', async () => {
    const page = await open(large);
    const map = page.locator('section[aria-label="Memory map"]');
    expect(await map.locator('text.row').allInnerTexts()).not.toContain('pageblock');
    expect(await map.innerText()).toContain('Pageblocks and single pages are not shown');
    await page.close();
    const other = await open(one);
    expect(await other.locator('main').innerText()).not.toContain('are not shown');
    await other.close();
  });

  test('a recorded kernel has a strip of its own, and why a call failed is told', async () => {
    const page = await open(recorded);
    expect(await page.locator('.strip figcaption').allInnerTexts()).toContain('recorded');
    expect(await page.locator('dd').allInnerTexts().then((all) => all.join('\n')))
      .toContain('set_migratetype_isolate() refuses');
    await page.close();
  });

  test('of a race that was explored: the answer, and schedules as lanes', async () => {
    const page = await open(explored);
    const answer = await page.locator('article > section').first().innerText();
    expect(answer.replaceAll(/\s+/g, ' '))
      .toMatch(/can hang offline_pcp\/drain_once: the test stops/);
    const lanes = page.locator('section[aria-label="Schedules on which they part"] figure');
    expect(await lanes.locator('figcaption').allInnerTexts())
      .toEqual(['offline_pcp/drain_once', 'offline_pcp/redrain']);
    // A bar for each turn, and the same in words.
    const bars = await lanes.first().locator('rect').count();
    expect(bars).toBeGreaterThan(2);
    expect(await lanes.first().locator('ol li').count()).toBe(bars);
    expect(noise).toEqual([]);
    await page.close();
  });

  test.each([
    ['light', one], ['dark', one], ['light', explored], ['dark', explored],
  ] as const)('axe finds nothing serious, %s', async (scheme, file) => {
    const page = await open(file);
    await page.emulateMedia({ colorScheme: scheme });
    await page.evaluate(AxeBuilder.source);
    const found = await page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: typeof AxeBuilder }).axe.run();
      return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(' ')}`);
    });
    expect(found).toEqual([]);
    await page.close();
  });

  test('on paper everything is open', async () => {
    const page = await open(one);
    await page.evaluate(() => { window.dispatchEvent(new Event('beforeprint')); });
    expect(await page.locator('details:not([open])').count()).toBe(0);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    await page.close();
  });

  test('300,000 events: it opens, and a key is answered', async () => {
    const data = dataOf(one);
    const [trace] = data.traces;
    const course = trace?.comparison.course;
    if (trace === undefined || course === undefined) throw new Error('no course');
    const many = Array.from({ length: 300_000 }, (_, index) => index);
    const rows = { ...course.rows, row: many, time: many.map(() => 17_000),
      event: many.map(() => 0), task: many.map((row) => row % course.rows.tasks.length),
      cpu: many.map((row) => row % 4), phase: many.map(() => 0) };
    const file = withData(one, 'many.html', { ...data, traces: [{ ...trace,
      comparison: { ...trace.comparison, course: { ...course, rows } } }] });
    const begin = performance.now();
    const page = await open(file);
    const opened = performance.now() - begin;
    await page.getByRole('slider').focus();
    const before = performance.now();
    for (let step = 0; step < 6; step += 1) await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('slider').getAttribute('aria-valuenow')).toBe('0');
    const key = (performance.now() - before) / 6;
    console.info(`300,000 events: open in ${Math.round(opened)} ms, ${Math.round(key)} ms a key`);
    // On an idle machine a tenth of it; tests run beside each other.
    expect(opened).toBeLessThan(20_000);
    expect(key).toBeLessThan(2000);
    await page.close();
  });

  test('what a trace says is text, never markup', async () => {
    const evil = '<img src=x onerror=alert(1)></script><script>alert(2)</script>';
    const data = dataOf(several);
    const text = JSON.stringify(data)
      .replaceAll('zonelists-S8-veto', JSON.stringify(evil).slice(1, -1));
    const page = await open(withData(several, 'evil.html', JSON.parse(text) as PageData));
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('body').innerText()).toContain('onerror=alert(1)');
    expect(noise).toEqual([]);
    await page.close();
  });
});

test('the page without its data has less than 300 kB', () => {
  const root = join(import.meta.dirname, '../../dist/page');
  const bytes = ['page.js', 'page.css'].reduce((sum, name) =>
    sum + readFileSync(join(root, name)).length, 0);
  expect(bytes).toBeLessThan(300_000);
});
