import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readRecordedCandles } from '../../../../local/exchange/candles/recorded-candles';
import { RecordedCandlesError } from '../../../../local/exchange/candles/recorded-rows';
import { minuteOf, RECORDED_PAIRS, recordedMinutes } from '../../../oracle/recordings';
import { replayedFolder } from '../../../oracle/replayed-days';
import { MINUTE_MS } from '../exchange-fixtures';

const START_MS = 1_516_424_040_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recorded-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string) =>
  writeFile(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text);

const row = (minute: number, prices = '2, 3, 1, 2') =>
  `[${START_MS + minute * MINUTE_MS}, ${prices}, 5]`;

it('reads JSON numbers digit by digit', async () => {
  await write(
    'POWR_BTC-1m.json',
    `[[${START_MS}, 9.818e-05, 9.87e-05, 9.801e-05, 9.802e-05, 3539.49175676]]`,
  );
  const source = await readRecordedCandles(folder);
  expect(source.pairs()).toEqual(['POWR_BTC']);
  expect(source.candles('POWR_BTC', 0, Infinity)).toEqual([
    {
      openTimeMs: START_MS,
      open: '0.00009818',
      high: '0.0000987',
      low: '0.00009801',
      close: '0.00009802',
      baseVolume: '3539.49175676',
      quoteVolume: '0.34694098',
    },
  ]);
});

it('reads strings as numbers, and more digits than a float holds', async () => {
  await write('A_B-1m.json', `[[${START_MS}, "2", 12345678901234567.123456789, 1, 2, "5.50"]]`);
  const [candle] = (await readRecordedCandles(folder)).candles('A_B', 0, Infinity);
  expect(candle).toMatchObject({ high: '12345678901234567.123456789', baseVolume: '5.50' });
});

it('reads the archive: seconds, and the columns in its own order', async () => {
  const seconds = START_MS / 1000;
  await write('A_B-201801.csv.gz', `${seconds},10,2.5,4,1,2\n${seconds + 120},1,2.5,4,1,2\n`);
  const source = await readRecordedCandles(folder);
  const [first, second] = source.candles('A_B', 0, Infinity);
  expect(first).toEqual({
    openTimeMs: START_MS,
    open: '2',
    high: '4',
    low: '1',
    close: '2.5',
    baseVolume: '10',
    quoteVolume: '25.00000000',
  });
  expect(second?.openTimeMs).toBe(START_MS + 2 * MINUTE_MS);
});

it('joins the files of a pair by time, sorts the pairs, and leaves other files alone', async () => {
  await write('C_D-1m.json', `[${row(0)}]`);
  await write('A_B-1m.json.gz', `[${row(10)}, ${row(12)}]`);
  await write('A_B-201801.csv', `${START_MS / 1000},1,2,3,1,2\r\n`);
  await write('A_B-5m.json', 'not looked at');
  await write('README.md', 'not looked at');
  const source = await readRecordedCandles(folder);
  const minutes = (fromMs: number, toMs: number) =>
    source
      .candles('A_B', START_MS + fromMs, START_MS + toMs)
      .map(({ openTimeMs }) => (openTimeMs - START_MS) / MINUTE_MS);
  expect(source.pairs()).toEqual(['A_B', 'C_D']);
  expect(minutes(0, 13 * MINUTE_MS)).toEqual([0, 10, 12]);
  expect(minutes(1, 12 * MINUTE_MS)).toEqual([10]);
  expect(source.span()).toEqual({ fromMs: START_MS, toMs: START_MS + 13 * MINUTE_MS });
  expect(source.startMs('A_B')).toBe(START_MS);
});

describe('an error names file, row, value and remedy', () => {
  it.each([
    ['not JSON', '[[1, 2', /A_B-1m\.json is not JSON \(.+\); export it again/],
    ['no array', '{"a": 1}', /expected a JSON array of rows .+ found \{"a":"1"\}/],
    ['no candle', '[]', /A_B-1m\.json holds no candle; remove the file/],
    [
      'a short row',
      `[${row(0)}, [1, 2]]`,
      /row 2: expected the 6 values .+ found \["1","2"\]; correct or remove/,
    ],
    [
      'an unaligned time',
      `[[${START_MS + 1}, 2, 3, 1, 2, 5]]`,
      /row 1: the time "1516424040001" is not a whole minute/,
    ],
    [
      'rows out of order',
      `[${row(1)}, ${row(0)}]`,
      /row 2: the time 1516424040000 is out of order; sort/,
    ],
    ['a time twice', `[${row(0)}, ${row(0)}]`, /row 2: the time 1516424040000 is there twice/],
    [
      'low above high',
      `[${row(0, '2, 1, 3, 2')}]`,
      /row 1: open 2, high 1, low 3, close 2 are invalid/,
    ],
    [
      'a price of nothing',
      `[${row(0, '0, 1, 0, 1')}]`,
      /row 1: open 0, high 1, low 0, close 1 are invalid/,
    ],
    [
      'a negative price',
      `[${row(0, '-2, 3, 1, 2')}]`,
      /row 1: the open "-2" is not a decimal number of at least 0/,
    ],
    ['null', `[${row(0, 'null, 3, 1, 2')}]`, /row 1: the open null is not a decimal number/],
    ['a word', `[${row(0, '"two", 3, 1, 2')}]`, /row 1: the open "two" is not a decimal number/],
  ])('%s', async (_, text, message) => {
    await write('A_B-1m.json', text);
    const reading = readRecordedCandles(folder);
    await expect(reading).rejects.toThrow(RecordedCandlesError);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toThrow(folder);
  });

  it('an archive that counts milliseconds', async () => {
    await write('A_B-201801.csv', `${START_MS + 1},1,2,3,1,2`);
    await expect(readRecordedCandles(folder)).rejects.toThrow(/row 1: the time .+ Unix seconds/);
  });

  it('files of a pair that overlap', async () => {
    await write('A_B-1m.json', `[${row(0)}, ${row(1)}]`);
    await write('A_B-1m.json.gz', `[${row(1)}]`);
    await expect(readRecordedCandles(folder)).rejects.toThrow(
      /A_B-1m\.json\.gz, row 1, after the last row of .+ is there twice/,
    );
  });

  it('a file that is not what its name says', async () => {
    await writeFile(join(folder, 'A_B-1m.json.gz'), 'plain text');
    await expect(readRecordedCandles(folder)).rejects.toThrow(
      /Cannot read .+A_B-1m\.json\.gz \(.*header.*\)/,
    );
  });

  it('an empty folder', async () => {
    await expect(readRecordedCandles(folder)).rejects.toThrow(
      /No recorded candles in .+expected files such as/,
    );
  });

  it('a folder that is not there', async () => {
    await expect(readRecordedCandles(join(folder, 'none'))).rejects.toThrow(
      /Cannot read the folder .+ENOENT/,
    );
  });
});

it('reads whole days as the files have them, digit by digit', async () => {
  const folder = replayedFolder();
  const source = await readRecordedCandles(folder);
  expect(source.pairs()).toEqual([...RECORDED_PAIRS]);
  for (const pair of RECORDED_PAIRS) {
    const read = source.candles(pair, 0, Infinity);
    const expected = recordedMinutes(folder, pair);
    expect(expected.length).toBeGreaterThan(10_000);
    expect(read.map((candle) => minuteOf(candle.openTimeMs, candle))).toEqual(expected);
  }
});
