import { createProgressBar } from '../../../ops/export/progress-bar';

function openedBar(isTTY: boolean) {
  const texts: string[] = [];
  const time = { nowMs: 0 };
  const stream = { write: (text: string) => texts.push(text) };
  return { texts, time, bar: createProgressBar({ stream, isTTY, clock: () => time.nowMs }) };
}

test('a terminal has a bar with the share, the candles and the time that is left', () => {
  const { texts, time, bar } = openedBar(true);

  time.nowMs = 10_000;
  bar.update({ share: 0.25, candleCount: 12_345 });
  time.nowMs = 10_050;
  bar.update({ share: 0.26, candleCount: 12_400 });
  bar.clear();

  expect(texts).toEqual([
    '\r\x1b[K██████░░░░░░░░░░░░░░░░░░  25 %  12,345 candles  30 s left',
    '\r\x1b[K',
  ]);
});

test('nothing is drawn elsewhere', () => {
  const { texts, bar } = openedBar(false);

  bar.update({ share: 1, candleCount: 1 });
  bar.clear();

  expect(texts).toEqual([]);
});
