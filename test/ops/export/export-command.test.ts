import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StopAsked } from '../../../cli/command-end';
import { DAY_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { marketKey } from '../../../lambdas/shared/domain/market';
import { exportCommand } from '../../../ops/export/export-command';
import { OperationError } from '../../../ops/operation-error';
import { minuteAt, minutesIn } from '../../fakes/candles';
import { progressTo, sealedDay } from '../../fakes/ledger/ledger';
import { statusOf } from '../../fakes/listings';
import { BTC, daysFrom, FakePipelines } from '../../fakes/pipelines';
import { readCsv, readParquet } from './exported-rows';

const HOUR_MS = 60 * MINUTE_MS;
const HISTORY_START = Date.UTC(2026, 2, 1);
const TODAY = Date.UTC(2026, 2, 11);
const NOW = TODAY + 4 * HOUR_MS;

let folder: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
  out = join(folder, 'candles.parquet');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** BTC_USDT has a minute in each hour since the history start, up to now; all days but the last two are sealed. */
function stocked(): FakePipelines {
  const pipelines = new FakePipelines();
  const { store } = pipelines;
  const progress = progressTo(NOW, { liveSinceMs: TODAY - DAY_MS, seenToMs: NOW });
  store.status.set(marketKey(BTC), statusOf({ progress }));
  for (const dayMs of daysFrom(HISTORY_START, 9)) store.putDay(BTC, sealedDay(dayMs));
  const hours = Array.from({ length: (NOW - HISTORY_START) / HOUR_MS }, (_, hour) =>
    minuteAt(HISTORY_START + hour * HOUR_MS, { close: `10.${hour % 10}0` }),
  );
  store.candles.set(marketKey(BTC), { '1m': hours });
  return pipelines;
}

interface RunOptions {
  readonly pipelines?: FakePipelines;
  readonly signal?: AbortSignal;
}

async function run(line: string, options: RunOptions = {}) {
  const { pipelines = stocked(), signal = new AbortController().signal } = options;
  const printed = { out: '', err: '', bar: [] as string[] };
  const exitCode = await exportCommand(line.split(' '), {
    print: (text) => (printed.out += text),
    printError: (text) => (printed.err += text),
    pipelines,
    clock: () => NOW,
    signal,
    bar: {
      update: ({ share, candleCount }) => printed.bar.push(`${share.toFixed(2)} ${candleCount}`),
      clear: () => printed.bar.push('cleared'),
    },
  });
  return { exitCode, ...printed, pipelines };
}

const OF_BTC = '--market gate-io:BTC_USDT --interval 1m';
const ONE_DAY = `${OF_BTC} --from 2026-03-02 --to 2026-03-03`;

test('Parquet has the candles of the range, each value exactly', async () => {
  const { exitCode, out: output, err } = await run(`${ONE_DAY} --out ${out}`);

  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(output).toMatch(
    /candles\.parquet: 24 1m candles of gate-io:BTC_USDT from 2026-03-02 00:00 to 2026-03-03 00:00 \(UTC\), \d+ KB\n {2}every minute of the range is sealed/,
  );
  const { rows, metadata } = await readParquet(out);
  expect(rows).toHaveLength(24);
  expect(rows[1]).toEqual({
    time: '2026-03-02T01:00:00.000Z',
    open: '10.500000000000000000',
    high: '11.000000000000000000',
    low: '9.750000000000000000',
    close: '10.500000000000000000',
    base_volume: '2.000000000000000000',
    quote_volume: '20.600000000000000000',
    minutes: 1,
    closed: true,
    final: true,
    observed_at: '2026-03-02T01:02:00.000Z',
    source: 'api',
  });
  expect(metadata.key_value_metadata).toEqual([
    { key: 'candlestream.market', value: 'gate-io:BTC_USDT' },
    { key: 'candlestream.interval', value: '1m' },
    { key: 'candlestream.from', value: '2026-03-02T00:00:00.000Z' },
    { key: 'candlestream.to', value: '2026-03-03T00:00:00.000Z' },
  ]);
  expect(readdirSync(folder)).toEqual(['candles.parquet']);
});

test('Parquet has types that its readers know, and no nulls but quote volumes', async () => {
  await run(`${ONE_DAY} --out ${out}`);
  const { metadata } = await readParquet(out);
  const element = (name: string) => metadata.schema.find((one) => one.name === name);

  expect(element('time')).toMatchObject({
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    repetition_type: 'REQUIRED',
  });
  const decimal = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, precision: 38, scale: 18 };
  expect(element('open')).toMatchObject({ ...decimal, repetition_type: 'REQUIRED' });
  expect(element('quote_volume')).toMatchObject({ ...decimal, repetition_type: 'OPTIONAL' });
});

test('the widest and the smallest decimals fit, and an unknown quote volume is null', async () => {
  const pipelines = stocked();
  const widest = '99999999999999999999.999999999999999999';
  const smallest = '0.0000000000000000010';
  const candle = minuteAt(HISTORY_START, { high: widest, low: smallest });
  pipelines.store.candles.set(marketKey(BTC), { '1m': [{ ...candle, quoteVolume: null }] });

  expect(await run(`${OF_BTC} --out ${out}`, { pipelines })).toMatchObject({ exitCode: 0 });

  const [row] = (await readParquet(out)).rows;
  expect(row).toMatchObject({ high: widest, low: '0.000000000000000001', quote_volume: null });
});

test.each([
  ['high', '100000000000000000000'],
  ['low', '0.0000000000000000001'],
])('a %s of %s does not fit: refused, with its candle and the remedy', async (field, text) => {
  const pipelines = stocked();
  const before = minutesIn(HISTORY_START, HISTORY_START + 5 * MINUTE_MS);
  const misfit = minuteAt(HISTORY_START + 5 * MINUTE_MS, { [field]: text });
  pipelines.store.candles.set(marketKey(BTC), { '1m': [...before, misfit] });

  const { exitCode, err } = await run(`${OF_BTC} --out ${out}`, { pipelines });

  expect(exitCode).toBe(1);
  expect(err).toBe(
    `The 1m candle of gate-io:BTC_USDT that opens at 2026-03-01T00:05:00.000Z has the ${field} ${text}, which does not fit Parquet's decimal(38,18) (20 digits before the point, 18 behind it): export CSV, such as --out candles.csv\n`,
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('CSV has the same columns, with the digits that are stored', async () => {
  const pipelines = stocked();
  const candle = minuteAt(HISTORY_START, { high: '100000000000000000000.10', low: '0.50' });
  pipelines.store.candles.set(marketKey(BTC), { '1m': [{ ...candle, quoteVolume: null }] });
  const file = join(folder, 'candles.csv');

  expect(await run(`${OF_BTC} --out ${file}`, { pipelines })).toMatchObject({ exitCode: 0 });

  expect(readFileSync(file, 'utf8')).toBe(
    [
      'time,open,high,low,close,base_volume,quote_volume,minutes,closed,final,observed_at,source',
      '2026-03-01T00:00:00.000Z,10.5,100000000000000000000.10,0.50,10,2,,1,true,true,2026-03-01T00:02:00.000Z,api',
      '',
    ].join('\r\n'),
  );
});

test('without times it is all that is stored, read part by part', async () => {
  const pipelines = stocked();
  const { store } = pipelines;
  const minutes = minutesIn(NOW - 12_000 * MINUTE_MS, NOW);
  store.candles.set(marketKey(BTC), { '1m': minutes });

  const { exitCode, bar } = await run(`${OF_BTC} --out ${out}`, { pipelines });

  expect(exitCode).toBe(0);
  const { rows } = await readParquet(out);
  expect(rows.map(({ time }) => Date.parse(String(time)))).toEqual(
    minutes.map(({ openTimeMs }) => openTimeMs),
  );
  const lengths = store.reads.map(({ fromMs, toMs }) => (toMs - fromMs) / MINUTE_MS);
  expect(lengths).toEqual([10_080, 1_920]);
  expect(bar).toEqual(['0.84 10080', '1.00 12000', 'cleared']);
});

test.each(['parquet', 'csv'])('a quiet range makes a %s file without rows', async (extension) => {
  const file = join(folder, `quiet.${extension}`);
  const quiet = `${OF_BTC} --from 2026-03-02T00:01 --to 2026-03-02T00:59`;

  expect(await run(`${quiet} --out ${file}`)).toMatchObject({ exitCode: 0, err: '' });

  const rows = extension === 'csv' ? readCsv(file) : (await readParquet(file)).rows;
  expect(rows).toEqual([]);
});

test('what is missing or not sealed in the range is told, and fails with --check', async () => {
  const pipelines = stocked();
  const reason = 'beyond the retention of the exchange';
  const gapMs = TODAY - 2 * DAY_MS;
  pipelines.store.gaps.set(marketKey(BTC), [
    { fromMs: gapMs, toMs: gapMs + 131 * MINUTE_MS, reason },
    { fromMs: gapMs + DAY_MS / 2, toMs: gapMs + DAY_MS / 2 + MINUTE_MS, reason },
  ]);
  const file = join(folder, 'candles.csv');
  const line = `${OF_BTC} --from 2026-02-28 --to 2026-03-12 --check --out ${file}`;

  const { exitCode, out: output, err } = await run(line, { pipelines });

  expect({ exitCode, err }).toEqual({ exitCode: 1, err: '' });
  expect(output.split('\n').slice(1)).toEqual([
    '  2 gaps (2 h 12 min), the first from 2026-03-09 00:00 to 2026-03-09 02:11: beyond the retention of the exchange',
    '  1 d before the history start, not followed: from 2026-02-28 00:00',
    '  20 h after the last minute of the market: from 2026-03-11 04:00',
    '  1 d 4 h not sealed yet, may still change: from 2026-03-10 00:00',
    '',
  ]);
  const finals = readCsv(file).map(({ final }) => final);
  expect(finals.filter((final) => final === 'true')).toHaveLength(9 * 24);
  expect(finals.filter((final) => final === 'false')).toHaveLength(28);
});

test('the newest candle is exported before it is over, and what is to come is not missed', async () => {
  const pipelines = stocked();
  pipelines.store.candles.set(marketKey(BTC), {
    '1d': daysFrom(HISTORY_START, 11).map((dayMs) => minuteAt(dayMs)),
  });
  const line = `--market BTC_USDT --interval 1d --out ${out}`;

  const { out: output } = await run(line, { pipelines });

  expect((await readParquet(out)).rows).toHaveLength(11);
  expect(output.split('\n').slice(1)).toEqual([
    '  1 d 4 h not sealed yet, may still change: from 2026-03-10 00:00',
    '',
  ]);
});

test('a range of sealed days passes --check', async () => {
  expect(await run(`${ONE_DAY} --check --out ${out}`)).toMatchObject({ exitCode: 0 });
});

test('a file that is there is kept, and replaced only with --overwrite', async () => {
  writeFileSync(out, 'precious');

  const { exitCode, err, pipelines } = await run(`${ONE_DAY} --out ${out}`);

  expect(exitCode).toBe(1);
  expect(err).toBe(`${out} is there already: choose another --out, or add --overwrite\n`);
  expect(pipelines.choices).toEqual([]);
  expect(readFileSync(out, 'utf8')).toBe('precious');
  expect(await run(`${ONE_DAY} --out ${out} --overwrite`)).toMatchObject({ exitCode: 0 });
  expect((await readParquet(out)).rows).toHaveLength(24);
  expect(readdirSync(folder)).toEqual(['candles.parquet']);
});

test('until it is whole, the file is not there under its name', async () => {
  const pipelines = stocked();
  let during: string[] = [];
  pipelines.store.beforeCandles = () => {
    during = readdirSync(folder);
    return Promise.resolve();
  };

  await run(`${ONE_DAY} --out ${out}`, { pipelines });

  expect(during).toEqual([expect.stringMatching(/^candles\.parquet\.[0-9a-f]{8}\.part$/)]);
  expect(readdirSync(folder)).toEqual(['candles.parquet']);
});

test('a file that appears meanwhile is kept', async () => {
  const pipelines = stocked();
  pipelines.store.beforeCandles = () => {
    writeFileSync(out, 'precious');
    return Promise.resolve();
  };

  expect(await run(`${ONE_DAY} --out ${out}`, { pipelines })).toMatchObject({ exitCode: 1 });

  expect(readFileSync(out, 'utf8')).toBe('precious');
  expect(readdirSync(folder)).toEqual(['candles.parquet']);
});

test('a database that fails in the middle leaves the file of before, and nothing else', async () => {
  writeFileSync(out, 'precious');
  const pipelines = stocked();
  const { store } = pipelines;
  store.candles.set(marketKey(BTC), { '1m': minutesIn(NOW - 12_000 * MINUTE_MS, NOW) });
  store.beforeCandles = () =>
    store.reads.length < 2
      ? Promise.resolve()
      : Promise.reject(new OperationError('The database failed: it is gone (the local run)'));

  const { exitCode, err } = await run(`${OF_BTC} --overwrite --out ${out}`, { pipelines });

  expect(exitCode).toBe(1);
  expect(err).toBe('The database failed: it is gone (the local run)\n');
  expect(readFileSync(out, 'utf8')).toBe('precious');
  expect(readdirSync(folder)).toEqual(['candles.parquet']);
  expect(store.closed).toBe(1);
});

test('Ctrl-C ends it at once and leaves no file, even while the database is silent', async () => {
  const pipelines = stocked();
  const asked = new AbortController();
  pipelines.store.beforeCandles = () => {
    asked.abort(new StopAsked());
    return new Promise(() => undefined);
  };
  const options = { pipelines, signal: asked.signal };

  const { exitCode, err } = await run(`${ONE_DAY} --out ${out}`, options);

  expect({ exitCode, err }).toEqual({ exitCode: 130, err: 'Stopped: no file was written.\n' });
  expect(readdirSync(folder)).toEqual([]);
  expect(pipelines.store.closed).toBe(1);
});

test('a market that is not followed any more can be exported', async () => {
  const pipelines = stocked();
  const { store } = pipelines;
  store.known = [BTC, { exchange: 'gate-io', pair: 'OLD_USDT' }];
  store.candles.set('gate-io:OLD_USDT', { '1d': [minuteAt(HISTORY_START)] });
  const line = `--market OLD_USDT --interval 1d --out ${out}`;

  expect(await run(line, { pipelines })).toMatchObject({ exitCode: 0, err: '' });
  expect((await readParquet(out)).rows).toHaveLength(1);
});

test('a stage is opened with what names its account', async () => {
  const { pipelines } = await run(`${ONE_DAY} --stage dev --region eu-central-1 --out ${out}`);

  expect(pipelines.choices).toEqual([{ stage: 'dev', profile: undefined, region: 'eu-central-1' }]);
});

test.each([
  ['--interval 1m --out a.parquet', '--market <market> is missing: give --market gate-io:BTC_USDT'],
  ['--market BTC_USDT --out a.csv', '--interval <interval> is missing: give --market'],
  [OF_BTC, '--out <file> is missing: give --market gate-io:BTC_USDT'],
  [
    '--market BTC_USDT --interval 15 --out a.csv',
    'The stored intervals are 1m, 5m, 15m, 1h, 4h, 1d.',
  ],
  [
    `${OF_BTC} --from 2026-03-03 --to 2026-03-02 --out a.csv`,
    '--from 2026-03-03 00:00 is not before --to 2026-03-02 00:00 (UTC): --from is the first open time',
  ],
  [`${OF_BTC} --from 2026-03-03 --to 2026-03-03 --out a.csv`, 'is not before --to'],
  [`${OF_BTC} --from 2026-02-30 --out a.csv`, 'Not a time: "2026-02-30"'],
  [
    `${OF_BTC} --out candles.json`,
    '--out candles.json names neither a .parquet nor a .csv file: the extension chooses the format',
  ],
  [`${OF_BTC} --region eu-central-1 --out a.csv`, 'is for a stage in AWS: add --stage <name>'],
  [
    '--market gate-io:BTC_USD --interval 1m --out a.csv',
    'There is no market "gate-io:BTC_USD" in the local run: choose one of gate-io:BTC_USDT',
  ],
])('%s is refused: %s', async (line, message) => {
  const { exitCode, err } = await run(line);

  expect(err).toContain(message);
  expect(exitCode).toBe(2);
});

test.each([
  [
    'of the market',
    '--market POWR_BTC --interval 1m',
    'No 1m candle of gate-io:POWR_BTC is stored in the local run yet: see "npm run coverage"',
  ],
  [
    'of the interval',
    '--market BTC_USDT --interval 4h',
    'No 4h candle of gate-io:BTC_USDT is stored in the local run yet',
  ],
  [
    'of the range',
    `${OF_BTC} --from 2025-01-01 --to 2025-02-01`,
    'No 1m candle of gate-io:BTC_USDT is stored in the local run from 2025-01-01 00:00 to 2025-02-01 00:00 (UTC): choose a range from 2026-03-01 00:00 to 2026-03-11 03:01',
  ],
  [
    'so late',
    `${OF_BTC} --from 2027-01-01`,
    'No 1m candle of gate-io:BTC_USDT is stored in the local run from 2027-01-01 00:00 (UTC) on: choose a range from 2026-03-01 00:00',
  ],
])('no file if nothing %s is stored', async (_, line, message) => {
  const { exitCode, err } = await run(`${line} --out ${out}`);

  expect(err).toContain(message);
  expect(exitCode).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['none/candles.csv', /none does not exist; create it, or choose another --out$/],
  ['file/candles.csv', /file is not a folder; choose another --out$/],
  ['folder.csv', /folder\.csv is a folder: give --out the path of a file$/],
])('%s cannot be written', async (name, message) => {
  writeFileSync(join(folder, 'file'), '');
  mkdirSync(join(folder, 'folder.csv'));

  const { exitCode, err, pipelines } = await run(`${ONE_DAY} --out ${join(folder, name)}`);

  expect(exitCode).toBe(1);
  expect(err.trimEnd()).toMatch(message);
  expect(pipelines.choices).toEqual([]);
});

test('--help says what it does', async () => {
  const { exitCode, out: output } = await run('--help');

  expect(exitCode).toBe(0);
  expect(output).toContain('npm run export --');
  expect(output).toContain('--overwrite');
});
