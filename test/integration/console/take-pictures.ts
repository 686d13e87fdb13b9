import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConsoleBrowser } from './opened-page';
import { repackPng } from './repack-png';

// Takes the pictures of README: `npx tsx test/integration/console/take-pictures.ts`.

const FOLDER = join(__dirname, '..', '..', '..', 'docs', 'images');
const VIEW = '?market=gate-io:ETH_USDT&interval=1h&day=2025-02-11';
/** Below the calendar, in pixels. */
const MARGIN = 32;

async function takePictures(): Promise<void> {
  const browser = await ConsoleBrowser.start();
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.open({
      query: VIEW,
      colorScheme,
      viewport: { width: 1_440, height: 900 },
    });
    const days = await page.locator('.days').boundingBox();
    const height = Math.ceil((days?.y ?? 0) + (days?.height ?? 0) + MARGIN);
    const path = join(FOLDER, colorScheme === 'light' ? 'console.png' : 'console-dark.png');
    const clip = { x: 0, y: 0, width: 1_440, height };
    writeFileSync(path, repackPng(await page.screenshot({ fullPage: true, clip })));
    console.log(path);
    await page.context().close();
  }
  await browser.stop();
}

void takePictures();
