import type { View } from './address';

/** Saves a picture under the name of the market and the interval. */
export function savePicture(
  picture: HTMLCanvasElement | undefined,
  { market = 'candlestream', interval }: Pick<View, 'market' | 'interval'>,
): void {
  picture?.toBlob((blob) => {
    if (blob === null) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${market.replace(':', '_')}-${interval}.png`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}
