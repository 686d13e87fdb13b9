import { readFileSync, writeFileSync } from 'node:fs';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { chartPicture } from './chart-picture';
import { eventually } from './eventually';
import { testInBrowser } from './find-chromium';
import { ConsoleBrowser, OPENED_MS } from './opened-page';
import { pictureFile, README_VIEW, sizeOf, takePicture } from './readme-picture';

declare global {
  interface Window {
    /** Once its source has run in the page. */
    axe: typeof axe;
  }
}

let browser: ConsoleBrowser;
beforeAll(async () => {
  browser = await ConsoleBrowser.start();
}, 120_000);
afterAll(() => browser.stop());

let page: Page;
afterEach(async () => {
  browser.api.isDown = false;
  const problems = browser.takeProblems();
  await page.context().close();
  // A question that is under way fails with the page: nothing is wrong with it.
  browser.takeProblems();
  expect(problems).toEqual([]);
});

const legend = (): Promise<string> => page.locator('.legend').innerText();
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const ledger = async (): Promise<string> => oneLine(await page.locator('.ledger').innerText());

/** What a screen reader says of a move. */
const said = (): Promise<string> => page.locator('.chart [aria-live]').innerText();

/** The stored candle of a market that opens at a time. */
function stored(pair: string, interval: '1m' | '1h' | '1d', time: string) {
  const market = browser.markets.find(({ plan }) => plan.pair === pair);
  const openMs = Date.parse(time);
  const [candle] = market?.candles(interval, { fromMs: openMs, toMs: openMs + 1 }, OPENED_MS) ?? [];
  if (candle === undefined) throw new Error(`There is no ${interval} candle of ${pair} at ${time}`);
  return candle;
}

testInBrowser(
  'draws candles, and the colour of gaps where the gap is and nowhere else',
  async () => {
    page = await browser.open({ query: '?market=gate-io:ETH_USDT&interval=1h' });
    const { colors, width } = await chartPicture(page);
    expect(colors.up.count).toBeGreaterThan(500);
    expect(colors.down.count).toBeGreaterThan(500);
    expect(colors.gap.count).toBeGreaterThan(500);
    expect(colors.gap.columns).toHaveLength(1);

    // The legend names the gap in the band, and a candle on both its sides.
    const [[from, to] = [0, 0]] = colors.gap.columns;
    const plot = await page.locator('.plot').boundingBox();
    if (plot === null) throw new Error('The chart has no place');
    const scale = plot.width / width;
    const expectLegendAt = async (x: number, text: RegExp): Promise<void> => {
      await page.mouse.move(plot.x + x * scale, plot.y + plot.height / 2);
      await eventually(async () => expect(oneLine(await legend())).toMatch(text));
    };
    await expectLegendAt((from + to) / 2, /^2026-11-25 1[6-8]:00 gap: the exchange no longer/);
    await expectLegendAt(from - 4, /^2026-11-25 13:00 .* open /);
    await expectLegendAt(to + 4, /^2026-11-25 21:00 .* open /);
  },
);

testInBrowser('draws the same picture twice, and no gap where there is none', async () => {
  page = await browser.open({
    query: '?market=gate-io:BTC_USDT&interval=1h&at=2026-03-04T10:00:00Z',
  });
  const [first, second] = [await chartPicture(page), await chartPicture(page)];
  expect(first.colors.up.count).toBeGreaterThan(500);
  expect(first.colors.gap.count).toBe(0);
  expect(first.colors.disputed.count).toBe(0);
  expect(second.png.equals(first.png)).toBe(true);
});

testInBrowser('shows tiny prices, in the digits that are stored', async () => {
  page = await browser.open({ query: '?market=gate-io:PEPE_BTC&interval=1d&at=2026-06-01' });
  const { colors } = await chartPicture(page);
  expect(colors.up.count).toBeGreaterThan(500);
  await page.locator('#chart').press('ArrowLeft');
  await eventually(async () => expect(await said()).toMatch(/^2026-0\d-\d\d: open/));
  const [day = ''] = (await legend()).split('\n');
  const { open, high, low, close, baseVolume } = stored(
    'PEPE_BTC',
    '1d',
    `${day.slice(0, 10)}T00:00:00Z`,
  );
  expect(open).toMatch(/^0\.00000000\d|^0\.0000000\d/);
  expect(oneLine(await legend())).toContain(
    `open ${open} high ${high} low ${low} close ${close} volume ${baseVolume}`,
  );
});

testInBrowser(
  'scrolls back to the first candle, whatever there is between',
  async () => {
    page = await browser.open({ query: '?market=gate-io:BTC_USDT&interval=1d' });
    const chart = page.locator('#chart');
    await chart.focus();
    const isFirst = async (): Promise<boolean> => /2022-01-0[1-9]/.test(oneLine(await chartName()));
    for (let count = 0; count < 120 && !(await isFirst()); count++) {
      await chart.press('PageUp');
      await page.waitForTimeout(30);
    }
    await page.waitForLoadState('networkidle');
    const table = page.getByRole('button', { name: 'Table' }).first();
    await table.click();
    const lastRow = page.locator('.chart tbody tr').last().locator('th');
    await eventually(async () => expect(await lastRow.innerText()).toBe('2022-01-01 00:00'));
    const before = browser.api.requests.length;
    await chart.press('PageUp');
    await page.waitForTimeout(300);
    const later = browser.api.requests
      .slice(before)
      .filter(({ url }) => url.includes('to=2022-01-01'));
    expect(later).toEqual([]);
  },
  120_000,
);

const chartName = async (): Promise<string> =>
  (await page.locator('#chart').getAttribute('aria-label')) ?? '';

testInBrowser('goes to a time, in UTC wherever the browser is, and from gap to gap', async () => {
  page = await browser.open({ query: '?market=gate-io:POWR_BTC&interval=1m' });
  await page.getByLabel('Go to a time, UTC').fill('2024-05-05 05:05');
  await page.keyboard.press('Enter');
  await page.waitForURL(/at=2024-05-05T05:0/);
  await eventually(async () => expect(await chartName()).toContain('2024-05-05'));
  await page.keyboard.press('Tab');
  await page.locator('#chart').press(']');
  await eventually(async () => expect(await legend()).toContain('2026-03-04 11:05'));
  await expect(legend()).resolves.toContain('gap: the exchange no longer served it');
  await page.locator('#chart').press('[');
  await eventually(async () => expect(await legend()).toContain('2023-08-18 03:07'));
  await page.getByLabel('Go to a time, UTC').fill('yesterday');
  await page.keyboard.press('Enter');
  await expect(
    page.locator('#go-to').evaluate((input: HTMLInputElement) => input.validationMessage),
  ).resolves.toContain('Write a time in UTC');
});

testInBrowser('is used by the keyboard alone', async () => {
  page = await browser.open({ query: '?market=gate-io:ETH_USDT' });
  await page.keyboard.press('/');
  await page.keyboard.type('sol');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/market=gate-io:SOL_USDT/);
  await eventually(async () => expect(await page.locator('h1').innerText()).toBe('SOL/USDT'));

  await page.keyboard.press('c');
  await eventually(async () =>
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('chart'),
  );
  await page.keyboard.press('ArrowLeft');
  await eventually(async () =>
    expect(await said()).toMatch(/^2026-11-2\d \d\d:00: open [\d.]+, high/),
  );

  const calendar = page.getByRole('slider', { name: 'Day' });
  await calendar.focus();
  await calendar.press('ArrowUp');
  await eventually(async () =>
    expect(await calendar.getAttribute('aria-valuetext')).toMatch(/^2026-11-24, not sealed/),
  );
  await eventually(async () => expect(await ledger()).toMatch(/^2026-11-24 /));
  await page.waitForURL(/day=2026-11-24/);
});

testInBrowser('shows the ledger of a day, and moves the chart there', async () => {
  page = await browser.open({ query: '?market=gate-io:SOL_USDT&interval=1h' });
  await page.locator('[data-day="2024-03-19"]').click();
  await eventually(async () =>
    expect(await ledger()).toMatch(
      /^2024-03-19 sealed as disputed With a trade 1,440 .* Suspect 3 Audits stored 9/,
    ),
  );
  await page.getByRole('button', { name: 'Show it in the chart' }).click();
  await eventually(async () => expect(await chartName()).toContain('2024-03-1'));
  const { colors } = await chartPicture(page);
  expect(colors.disputed.count).toBeGreaterThan(50);
});

testInBrowser(
  'follows the newest candle while it is looked at, and asks with the tag',
  async () => {
    page = await browser.open({ query: '?market=gate-io:BTC_USDT&interval=1d' });
    const since = browser.api.requests.length;
    const statuses = () =>
      browser.api.requests
        .slice(since)
        .map(({ url, status }) => `${url.split('?')[0] ?? ''} ${status}`);
    await eventually(() => expect(statuses()).toContain('/v1/candles 304'));
  },
);

testInBrowser('fills in what comes late, and draws it', async () => {
  const market = browser.markets.find(({ plan }) => plan.pair === 'XRP_USDT');
  if (market === undefined) throw new Error('There is no XRP_USDT');
  page = await browser.open({ query: '?market=gate-io:XRP_USDT&interval=1m' });
  const lastColumn = async (): Promise<number> => {
    const { up, down } = (await chartPicture(page)).colors;
    return Math.max(...[...up.columns, ...down.columns].map(([, to]) => to));
  };
  const before = await lastColumn();
  await page.getByRole('button', { name: 'Table' }).first().click();
  const table = page.getByRole('region', { name: 'Candles in sight' });
  await expect(table.innerText()).resolves.not.toContain('2026-11-26 09:30');
  market.plan = { ...market.plan, behindMinutes: 0 };
  await eventually(async () => expect(await table.innerText()).toContain('2026-11-26 09:30'));
  await eventually(async () => expect(await lastColumn()).toBeGreaterThan(before + 50));
});

testInBrowser('says that the API does not answer, keeps what it shows, and recovers', async () => {
  page = await browser.open({ query: '?market=gate-io:BTC_USDT&interval=1h' });
  browser.api.isDown = true;
  const banner = page.getByRole('alert');
  await banner.waitFor({ timeout: 30_000 });
  await expect(banner.innerText()).resolves.toContain('HTTP 503: Cassandra does not answer');
  await expect(legend()).resolves.toContain('open ');
  browser.api.isDown = false;
  await banner.waitFor({ state: 'detached', timeout: 30_000 });
  const reports = browser.takeProblems();
  expect(reports.filter((report) => !report.includes('503'))).toEqual([]);
});

testInBrowser.each([
  ['light', 1_440],
  ['dark', 1_440],
  ['light', 360],
  ['dark', 360],
] as const)(
  'has no serious finding of axe, and fits: %s, %i px',
  async (colorScheme, width) => {
    const viewport = { width, height: 800 };
    page = await browser.open({
      query: '?market=gate-io:ETH_USDT&day=2025-02-11',
      colorScheme,
      viewport,
    });
    await page.getByRole('button', { name: 'Table' }).first().click();
    await page.getByRole('region', { name: 'Candles in sight' }).waitFor();
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => window.axe.run());
    const serious = violations.filter(
      ({ impact }) => impact === 'serious' || impact === 'critical',
    );
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)])).toEqual(
      [],
    );
    await expect(
      page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    ).resolves.toBeLessThanOrEqual(0);
  },
  180_000,
);

/** Set to take the pictures of README anew. */
const takesPictures = process.env['TAKE_PICTURES'] !== undefined;

testInBrowser.each(['light', 'dark'] as const)(
  "is as README's picture shows it: %s (TAKE_PICTURES=1 takes it anew)",
  async (colorScheme) => {
    page = await browser.open({ ...README_VIEW, colorScheme });
    const taken = await takePicture(page);
    if (takesPictures) writeFileSync(pictureFile(colorScheme), taken);

    // Letters differ from machine to machine, the layout does not.
    const [now, shown] = [taken, readFileSync(pictureFile(colorScheme))].map(sizeOf);
    expect(shown?.width).toBe(now?.width);
    expect(Math.abs((shown?.height ?? 0) / (now?.height ?? 1) - 1)).toBeLessThan(0.1);
  },
);
