import type { StoredCandle } from '../../../lambdas/shared/adapters/database/stored-candles';
import { parseDecimal } from '../../../lambdas/shared/domain/decimal';
import { formatCandles } from '../../../local/show/show-output';

const first: StoredCandle = {
  openTimeMs: Date.UTC(2018, 0, 22, 0, 0),
  open: parseDecimal('11512.50'),
  high: parseDecimal('11600.00'),
  low: parseDecimal('9.5'),
  close: parseDecimal('11590.12345678'),
  baseVolume: parseDecimal('12.000000'),
  quoteVolume: parseDecimal('138000.1'),
  minuteCount: 5,
  closed: true,
  observedAtMs: Date.UTC(2018, 0, 22, 0, 7, 0, 250),
  source: 'api',
};
const second: StoredCandle = {
  ...first,
  openTimeMs: Date.UTC(2018, 0, 22, 0, 5),
  minuteCount: 12,
  closed: false,
  // Not a source: a text that CSV has to quote.
  source: 'a "quoted", name\nin two lines' as 'api',
};

test('a table: numbers stand to the right, times are UTC', () => {
  expect(formatCandles('table', [first, second])).toBe(
    [
      'open time (UTC)       open      high  low           close  base volume  quote volume  minutes  closed',
      '2018-01-22 00:00  11512.50  11600.00  9.5  11590.12345678    12.000000      138000.1        5  yes',
      '2018-01-22 00:05  11512.50  11600.00  9.5  11590.12345678    12.000000      138000.1       12  no',
      '',
    ].join('\n'),
  );
});

test('a table of nothing has its headings', () => {
  expect(formatCandles('table', [])).toBe(
    'open time (UTC)  open  high  low  close  base volume  quote volume  minutes  closed\n',
  );
});

test('JSON is an array with decimals as strings and ISO times, a candle a line', () => {
  const text = formatCandles('json', [first, second]);

  expect(JSON.parse(text)).toEqual([
    {
      openTime: '2018-01-22T00:00:00.000Z',
      open: '11512.50',
      high: '11600.00',
      low: '9.5',
      close: '11590.12345678',
      baseVolume: '12.000000',
      quoteVolume: '138000.1',
      minutes: 5,
      closed: true,
      observedAt: '2018-01-22T00:07:00.250Z',
      source: 'api',
    },
    expect.objectContaining({ openTime: '2018-01-22T00:05:00.000Z', source: second.source }),
  ]);
  expect(text.split('\n')).toHaveLength(5);
  expect(formatCandles('json', [])).toBe('[]\n');
});

const header =
  'openTime,open,high,low,close,baseVolume,quoteVolume,minutes,closed,observedAt,source\r\n';

test('CSV is quoted as RFC 4180 has it', () => {
  const observedAt = '2018-01-22T00:07:00.250Z';
  const prices = '11512.50,11600.00,9.5,11590.12345678,12.000000,138000.1';

  expect(formatCandles('csv', [first, second])).toBe(
    header +
      `2018-01-22T00:00:00.000Z,${prices},5,true,${observedAt},api\r\n` +
      `2018-01-22T00:05:00.000Z,${prices},12,false,${observedAt},"a ""quoted"", name\nin two lines"\r\n`,
  );
  expect(formatCandles('csv', [])).toBe(header);
});
