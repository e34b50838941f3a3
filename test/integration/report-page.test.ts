import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { source as axeSource } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { resolveSettings } from '../../lib/estate/settings';
import { estateMap } from '../../lib/report/estate-map';
import { renderHtml } from '../../lib/report/html';
import { settingsFiles } from '../../settings';
import { chromiumPath, howToGetChromium, launchChromium } from '../support/browser';

jest.setTimeout(60_000);

const withBrowser = chromiumPath === undefined ? describe.skip : describe;
if (chromiumPath === undefined) console.warn(howToGetChromium);

withBrowser('the page in a browser', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'huntaze-page-'));
  const file = join(scratch, 'estate.html');
  let browser: Browser;
  let page: Page;
  const asked: string[] = [];

  beforeAll(async () => {
    writeFileSync(file, renderHtml(estateMap({ settings: resolveSettings(settingsFiles) })));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(scratch, { recursive: true, force: true });
  });
  beforeEach(async () => {
    page = await browser.newPage();
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => {
      throw error;
    });
    await page.goto(pathToFileURL(file).href);
  });
  afterEach(() => page.close());

  const shown = () => page.locator('.resource:visible .name').allTextContents();

  test('asks for nothing but itself', () => {
    expect(new Set(asked.map((url) => url.split('#')[0]))).toEqual(new Set([pathToFileURL(file).href]));
  });

  test('search finds by name, every word of it', async () => {
    await page.getByLabel('Search').fill('postgres encrypted');
    expect(await shown()).toContain('huntaze-postgres-production-encrypted');
    expect(await shown()).not.toContain('ai-team');
    expect(await page.locator('#shown').textContent()).toMatch(/^\d+ of \d+ shown$/);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.locator('.name', { hasText: 'ai-team' }).first().waitFor({ state: 'visible' });
  });

  test('a filter leaves only what has the trait, and hides empty rooms', async () => {
    await page.getByLabel('Only with').selectOption('alarm');
    expect(await page.locator('.resource:visible').count()).toBeGreaterThan(20);
    expect(await page.locator('#clusters').isVisible()).toBe(false);
    expect(await page.locator('#queues').isVisible()).toBe(true);
  });

  test('the keyboard alone opens a resource', async () => {
    const first = page.locator('.resource').first();
    await first.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await first.evaluate((element) => (element as { open?: boolean }).open)).toBe(true);
  });

  test('a link to a resource opens it', async () => {
    await page.goto(`${pathToFileURL(file).href}#databases/huntaze-postgres-production`);
    await page.locator('[id="databases/huntaze-postgres-production"] dl').waitFor({ state: 'visible' });
  });

  test('print opens every resource', async () => {
    const pdf = await page.pdf();
    expect(pdf.length).toBeGreaterThan(100_000);
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    expect(await page.locator('.resource:not([open])').count()).toBe(0);
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    expect(await page.locator('.resource[open]').count()).toBe(0);
  });

  test('a phone has no sideways scrolling', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  test.each(['light', 'dark'] as const)('%s: axe finds nothing that hinders a reader', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.locator('.resource summary').nth(4).click();
    await page.addScriptTag({ content: axeSource });
    const { violations } = (await page.evaluate('axe.run()')) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});
