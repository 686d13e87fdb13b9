import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { repackPng } from './repack-png';

const FOLDER = join(__dirname, '..', '..', '..', 'docs', 'images');
/** Below the calendar, in pixels. */
const MARGIN = 32;

/** The view, and the size of its window, that README shows. */
export const README_VIEW = {
  query: '?market=gate-io:ETH_USDT&interval=1h&day=2025-02-11',
  viewport: { width: 1_440, height: 900 },
};

/** The file of README's picture in one of the colour schemes. */
export function pictureFile(colorScheme: 'light' | 'dark'): string {
  return join(FOLDER, colorScheme === 'light' ? 'console.png' : 'console-dark.png');
}

/** Takes a picture of a page in {@link README_VIEW}, down to its calendar of days. */
export async function takePicture(page: Page): Promise<Buffer> {
  const days = await page.locator('.days').boundingBox();
  const height = Math.ceil((days?.y ?? 0) + (days?.height ?? 0) + MARGIN);
  const clip = { x: 0, y: 0, width: README_VIEW.viewport.width, height };
  return repackPng(await page.screenshot({ fullPage: true, clip }));
}

/** Width and height of a PNG, in pixels, as its header says. */
export function sizeOf(png: Buffer): { readonly width: number; readonly height: number } {
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}
