import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** Where a colour is in a picture: how often, and in which columns. */
export interface ColorUse {
  readonly count: number;
  /** Stretches `[from, to]` of columns that have it, with no more than a hatching's step between. */
  readonly columns: readonly (readonly [from: number, to: number])[];
}

/** The chart as the page saves it. */
export interface ChartPicture {
  readonly png: Buffer;
  readonly width: number;
  /** The use of the colours that the chart is drawn in, by the name of their custom property. */
  readonly colors: Readonly<Record<'gap' | 'up' | 'down' | 'disputed', ColorUse>>;
}

/** Has the page save its chart, and counts the pixels of its colours. */
export async function chartPicture(page: Page): Promise<ChartPicture> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Picture' }).click();
  const png = readFileSync(await (await downloading).path());
  return { png, ...(await page.evaluate(countColors, png.toString('base64'))) };
}

/** Runs in the page. */
async function countColors(base64: string): Promise<Omit<ChartPicture, 'png'>> {
  const image = new Image();
  image.src = `data:image/png;base64,${base64}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext('2d');
  const plot = document.querySelector<HTMLElement>('.plot');
  if (context === null || plot === null) throw new Error('There is no chart');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);

  const useOf = (name: string): ColorUse => {
    plot.style.color = `var(--${name})`;
    const { color } = getComputedStyle(plot);
    const [red, green, blue] = (color.match(/\d+/g) ?? []).map(Number);
    const columns: [number, number][] = [];
    let count = 0;
    for (let x = 0; x < image.width; x++) {
      let inColumn = 0;
      for (let y = 0; y < image.height; y++) {
        const at = (y * image.width + x) * 4;
        if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) inColumn++;
      }
      if (inColumn === 0) continue;
      count += inColumn;
      const last = columns.at(-1);
      if (last !== undefined && x - last[1] <= 12) last[1] = x;
      else columns.push([x, x]);
    }
    return { count, columns };
  };
  const colors = {
    gap: useOf('gap'),
    up: useOf('up'),
    down: useOf('down'),
    disputed: useOf('disputed'),
  };
  return { width: image.width, colors };
}
