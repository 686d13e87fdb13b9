import { createHash } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import { createArchive } from '../../../../../lambdas/shared/adapters/exchanges/archive';
import type { Candle } from '../../../../../lambdas/shared/domain/candle';
import { formatDecimal } from '../../../../../lambdas/shared/domain/decimal';
import { DAY_MS, MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import {
  type ArchivedDay,
  ArchiveMissingError,
  type ArchiveQuery,
} from '../../../../../lambdas/shared/domain/ports';
import { minuteAt } from '../../../../fakes/candles';
import { FakeTelemetry } from '../../../../fakes/telemetry';
import { all } from './archive-fixtures';
import { fakeTime, ScriptedServer, type ServerAnswer, timePassing } from './scripted-server';

const [DECEMBER, JANUARY, FEBRUARY] = [
  Date.UTC(2024, 11, 1),
  Date.UTC(2025, 0, 1),
  Date.UTC(2025, 1, 1),
];

const server = new ScriptedServer();
beforeAll(() => server.start());
beforeEach(() => server.reset());
afterAll(() => server.stop());

/** A row as the archive has it: times in milliseconds, or with three more digits. */
function row(candle: Candle, unit: 'ms' | 'us', changes: Readonly<Record<number, string>> = {}) {
  const { openTimeMs, open, high, low, close, baseVolume, quoteVolume } = candle;
  const [zeros, nines] = unit === 'ms' ? ['', ''] : ['000', '999'];
  const columns = [
    `${openTimeMs}${zeros}`,
    ...[open, high, low, close, baseVolume].map(formatDecimal),
    `${openTimeMs + MINUTE_MS - 1}${nines}`,
    quoteVolume === null ? '' : formatDecimal(quoteVolume),
    '308',
    '1.5',
    '15.25',
    '0',
  ];
  return columns.map((column, index) => changes[index] ?? column).join(',');
}

/** The first minutes of a day, and its last one: of a day that ends early there may be more elsewhere. */
const MINUTES = [0, MINUTE_MS, DAY_MS - MINUTE_MS];

function rowsOfDay(dayMs: number, unit: 'ms' | 'us', minutes: readonly number[] = MINUTES) {
  return minutes.map((ms) => row(minuteAt(dayMs + ms), unit));
}

function zipOf(name: string, lines: readonly string[]): Uint8Array {
  return zipSync({ [name]: strToU8(lines.map((line) => `${line}\n`).join('')) });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Files by the end of their path; each has its checksum beside it. */
function serve(files: Readonly<Record<string, readonly string[]>>): void {
  const answers = new Map<string, ServerAnswer>();
  for (const [name, lines] of Object.entries(files)) {
    const zip = zipOf(`${name}.csv`, lines);
    answers.set(`${name}.zip`, { body: zip });
    answers.set(`${name}.zip.CHECKSUM`, { body: `${sha256(zip)}  ${name}.zip\n` });
  }
  server.script = ({ path }) =>
    answers.get(path.split('/').at(-1) ?? '') ?? { status: 404, body: '<Error/>' };
}

function prepare(query: Partial<ArchiveQuery> = {}) {
  const telemetry = new FakeTelemetry();
  const archive = createArchive('binance', {
    baseUrl: server.url,
    telemetry,
    retries: 1,
    firstPauseMs: 1,
  });
  if (archive === undefined) throw new Error('no archive');
  const days = (monthMs: number, wanted: readonly number[]) =>
    archive.days({
      pair: 'BTC_USDT',
      monthMs,
      daysMs: wanted.map((day) => monthMs + (day - 1) * DAY_MS),
      nowMs: monthMs + 365 * DAY_MS,
      withinMs: 60_000,
      ...query,
    });
  const ask = (monthMs: number, wanted: readonly number[]) => all(days(monthMs, wanted));
  return { ask, days, telemetry };
}

/** Open times of the minutes that came, or the reason why none did. */
function outline(days: readonly ArchivedDay[]) {
  return days.map((day) => day.answer?.candles.map(({ openTimeMs }) => openTimeMs) ?? day.refusal);
}

describe('a month', () => {
  it('is one file and its checksum, asked for as they are', async () => {
    serve({ 'BTCUSDT-1m-2024-12': rowsOfDay(DECEMBER, 'ms') });

    await prepare().ask(DECEMBER, [1]);

    const file = '/data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-12.zip';
    expect(server.seen.map(({ path }) => path)).toEqual([file, `${file}.CHECKSUM`]);
    expect(server.seen[0]?.headers['accept-encoding']).toBe('identity');
  });

  it.each([
    ['milliseconds up to 2024', DECEMBER, 'BTCUSDT-1m-2024-12', 'ms'],
    ['microseconds from 2025 on', JANUARY, 'BTCUSDT-1m-2025-01', 'us'],
  ] as const)('has times in %s', async (_, monthMs, name, unit) => {
    serve({ [name]: [...rowsOfDay(monthMs, unit), ...rowsOfDay(monthMs + 2 * DAY_MS, unit)] });
    const { ask, telemetry } = prepare();

    const days = await ask(monthMs, [1, 2, 3]);

    const first = monthMs;
    const third = monthMs + 2 * DAY_MS;
    expect(outline(days)).toEqual([
      MINUTES.map((ms) => first + ms),
      [],
      MINUTES.map((ms) => third + ms),
    ]);
    expect(telemetry.metrics()).toEqual([]);
  });

  it.each([
    ['microseconds before 2025', DECEMBER, 'BTCUSDT-1m-2024-12', 'us'],
    ['milliseconds after 2024', JANUARY, 'BTCUSDT-1m-2025-01', 'ms'],
  ] as const)('with %s is refused: the unit is not guessed', async (_, monthMs, name, unit) => {
    serve({ [name]: rowsOfDay(monthMs, unit) });
    const { ask, telemetry } = prepare();

    const [refusal] = outline(await ask(monthMs, [1]));

    expect(refusal).toMatch(/^BTCUSDT-1m-.*\.csv has no row of 202/);
    expect(telemetry.counted('ArchiveRefused')).toBe(1);
  });

  it('has each value from its place, the quote volume too, to the last digit', async () => {
    const candle = minuteAt(DECEMBER, {
      open: '10.50000000',
      high: '11.1',
      low: '9.75',
      close: '10',
      base: '1234567890123456.12345678',
      quote: '12963000000000000.87654321',
    });
    serve({ 'BTCUSDT-1m-2024-12': [row(candle, 'ms')] });

    const [day] = await prepare().ask(DECEMBER, [1]);

    expect(day?.answer?.candles).toEqual([candle]);
  });

  it('may have a header, and a minute without a trade, which is no candle', async () => {
    const nothing = { 5: '0.00000000', 7: '0.00000000', 8: '0' };
    const header = 'open_time,open,high,low,close,volume,close_time,quote_volume,count,a,b,ignore';
    serve({
      'BTCUSDT-1m-2024-12': [
        header,
        row(minuteAt(DECEMBER), 'ms'),
        row(minuteAt(DECEMBER + MINUTE_MS), 'ms', nothing),
      ],
    });
    const { ask, telemetry } = prepare();

    const [day] = await ask(DECEMBER, [1]);

    expect(day?.answer).toEqual({ candles: [minuteAt(DECEMBER)], rejected: [] });
    expect(telemetry.metrics()).toEqual([]);
  });

  it.each<
    [string, ((line: string) => string) | undefined, string, Readonly<Record<number, string>>?]
  >([
    ['eleven columns', (line: string) => line.replace(/,0$/, ''), '11 columns, expected 12'],
    ['another interval', undefined, 'is not the end of its minute', { 6: '1733011499999' }],
    ['trades and no volume', undefined, 'it has 308 trades, and no volume', { 5: '0', 7: '0' }],
    ['a float for a volume', undefined, 'Not a decimal number', { 5: '2e-05' }],
    ['a high below its low', undefined, 'is above its high', { 2: '1' }],
  ])(
    'whose row has %s gives no minute of it',
    async (_, change = (line: string) => line, reason, changes = {}) => {
      const wrong = change(row(minuteAt(DECEMBER + MINUTE_MS), 'ms', changes));
      serve({ 'BTCUSDT-1m-2024-12': [row(minuteAt(DECEMBER), 'ms'), wrong] });

      const [day] = await prepare().ask(DECEMBER, [1]);

      expect(day?.answer?.candles).toEqual([minuteAt(DECEMBER)]);
      expect(day?.answer?.rejected).toEqual([
        {
          openTimeMs: DECEMBER + MINUTE_MS,
          reason: expect.stringContaining(reason) as string,
        },
      ]);
    },
  );

  it('whose rows are off the minute gives nothing of that day', async () => {
    const late = rowsOfDay(DECEMBER, 'ms').map((line) =>
      line.replace(/^\d+/, (time) => String(Number(time) + 14_000)),
    );
    serve({ 'BTCUSDT-1m-2024-12': [...late, ...rowsOfDay(DECEMBER + DAY_MS, 'ms')] });

    const [first, second] = outline(await prepare().ask(DECEMBER, [1, 2]));

    expect(first).toContain('is no whole minute in milliseconds');
    expect(second).toHaveLength(3);
  });
});

describe('a file that is not what it should be', () => {
  const name = 'BTCUSDT-1m-2024-12';
  const zip = zipOf(`${name}.csv`, rowsOfDay(DECEMBER, 'ms'));
  const other = zipOf('BTCUSDT-1m-2024-11.csv', rowsOfDay(DECEMBER, 'ms'));
  const noZip = strToU8('<html>maintenance</html>');
  const checksumOf = (bytes: Uint8Array): ServerAnswer => ({
    body: `${sha256(bytes)}  ${name}.zip`,
  });

  it.each<[string, Uint8Array, ServerAnswer, RegExp]>([
    ['another checksum', zip, checksumOf(other), /has the SHA-256 [0-9a-f]{64}, not [0-9a-f]{64}/],
    ['no checksum', zip, { status: 404, body: '' }, /has no checksum beside it/],
    ['a checksum that is none', zip, { body: '<html>' }, /has no SHA-256 beside it: "<html>"/],
    ['no zip in it', noZip, checksumOf(noZip), /\.zip has 0 files in it, expected one$/],
    [
      'another file in it',
      other,
      checksumOf(other),
      /has "BTCUSDT-1m-2024-11.csv" in it, expected/,
    ],
  ])('with %s gives no day, and says why', async (_, body, checksum, reason) => {
    server.script = ({ path }) => {
      if (path.includes('/daily/')) return { status: 404, body: '' };
      return path.endsWith('.CHECKSUM') ? checksum : { body };
    };
    const { ask, telemetry } = prepare();

    const refusals = outline(await ask(DECEMBER, [1, 2]));

    expect(refusals).toHaveLength(2);
    for (const refusal of refusals) expect(refusal).toMatch(reason);
    expect(telemetry.counted('ArchiveRefused')).toBe(1);
    expect(telemetry.messages('warn')).toEqual(['archive refused in part or whole']);
  });
});

describe('a month that ends early', () => {
  const [MONTH, FIRST, SECOND] = [
    'BTCUSDT-1m-2025-01',
    'BTCUSDT-1m-2025-01-01',
    'BTCUSDT-1m-2025-01-02',
  ];
  const SECOND_MS = JANUARY + DAY_MS;
  const MORNING = [0, MINUTE_MS, DAY_MS / 2];
  const young = { nowMs: FEBRUARY + DAY_MS };
  const morning = rowsOfDay(JANUARY, 'us', MORNING);
  const files = {
    [MONTH]: morning,
    [SECOND]: rowsOfDay(SECOND_MS, 'us'),
  };

  it('gives, within a week of its end, the days that have files of their own, and no other', async () => {
    serve(files);
    const { ask, telemetry } = prepare(young);

    const [first, second, last] = outline(await ask(JANUARY, [1, 2, 31]));

    const reason =
      /^BTCUSDT-1m-2025-01.csv may not be complete yet: its last row is of 2025-01-01T12/;
    expect(first).toMatch(reason);
    expect(second).toEqual(MINUTES.map((ms) => SECOND_MS + ms));
    expect(last).toMatch(reason);
    expect(telemetry.counted('ArchiveRefused')).toBe(1);
  });

  it('is believed later where a day has no file of its own', async () => {
    serve(files);
    const { ask, telemetry } = prepare({ nowMs: FEBRUARY + 7 * DAY_MS });

    expect(outline(await ask(JANUARY, [1, 2, 31]))).toEqual([
      MORNING.map((ms) => JANUARY + ms),
      MINUTES.map((ms) => SECOND_MS + ms),
      [],
    ]);
    expect(telemetry.metrics()).toEqual([]);
  });

  it('lacks days before its end too: each is asked for by its own file', async () => {
    serve({ ...files, [MONTH]: [...morning, ...rowsOfDay(JANUARY + 30 * DAY_MS, 'us')] });

    expect(outline(await prepare(young).ask(JANUARY, [1, 2, 3, 31]))).toEqual([
      MORNING.map((ms) => JANUARY + ms),
      MINUTES.map((ms) => SECOND_MS + ms),
      [],
      MINUTES.map((ms) => JANUARY + 30 * DAY_MS + ms),
    ]);
    expect(server.seen.map(({ path }) => path.split('/').at(-1))).toEqual([
      `${MONTH}.zip`,
      `${MONTH}.zip.CHECKSUM`,
      `${FIRST}.zip`,
      `${SECOND}.zip`,
      `${SECOND}.zip.CHECKSUM`,
      'BTCUSDT-1m-2025-01-03.zip',
    ]);
  });

  it.each([
    ['more rows', MINUTES.concat(DAY_MS / 4).sort((a, b) => a - b), 4],
    ['fewer rows', [0], 3],
  ])('is compared with a day of %s: the fuller one is given', async (_, minutes, count) => {
    serve({ ...files, [FIRST]: rowsOfDay(JANUARY, 'us', minutes) });

    const [day] = await prepare().ask(JANUARY, [1]);

    expect(day?.answer?.candles).toHaveLength(count);
  });

  it('is not believed where the file of a day is wrong', async () => {
    serve(files);
    const right = server.script;
    server.script = (request, count) =>
      request.path.endsWith(`${SECOND}.zip.CHECKSUM`)
        ? { body: sha256(strToU8('other')) }
        : right(request, count);

    const [, second] = outline(await prepare().ask(JANUARY, [1, 2]));

    expect(second).toMatch(/^BTCUSDT-1m-2025-01-02.zip has the SHA-256/);
  });

  it('is not believed while the archive fails: days that were given before hold', async () => {
    serve({ ...files, [FIRST]: rowsOfDay(JANUARY, 'us') });
    const right = server.script;
    server.script = (request, count) =>
      request.path.includes(SECOND) ? { status: 503, body: 'busy' } : right(request, count);
    const { days } = prepare();
    const given: ArchivedDay[] = [];

    const asked = (async () => {
      for await (const day of days(JANUARY, [1, 2])) given.push(day);
    })();

    await expect(asked).rejects.toMatchObject({ failure: 'ServerError' });
    expect(outline(given)).toEqual([MINUTES.map((ms) => JANUARY + ms)]);
  });
});

test('a month that is not the file of its checksum is read by its days, whatever its age', async () => {
  serve({
    'BTCUSDT-1m-2024-12': rowsOfDay(DECEMBER, 'ms'),
    'BTCUSDT-1m-2024-12-02': rowsOfDay(DECEMBER + DAY_MS, 'ms'),
  });
  const right = server.script;
  server.script = (request, count) =>
    request.path.endsWith('2024-12.zip.CHECKSUM')
      ? { body: sha256(strToU8('other')) }
      : right(request, count);
  const { ask, telemetry } = prepare();

  const [first, second] = outline(await ask(DECEMBER, [1, 2]));

  expect(first).toMatch(/^BTCUSDT-1m-2024-12.zip has the SHA-256 [0-9a-f]{64}, not/);
  expect(second).toEqual(MINUTES.map((ms) => DECEMBER + DAY_MS + ms));
  expect(telemetry.counted('ArchiveRefused')).toBe(1);
});

describe('a month that is not published', () => {
  it('is read by its days while it is young', async () => {
    serve({
      'BTCUSDT-1m-2025-02-01': rowsOfDay(FEBRUARY, 'us'),
      'BTCUSDT-1m-2025-02-03': [
        ...rowsOfDay(FEBRUARY + 2 * DAY_MS, 'us'),
        row(minuteAt(FEBRUARY), 'us'),
      ],
    });
    const { ask, telemetry } = prepare({ nowMs: Date.UTC(2025, 2, 2) });

    const days = await ask(FEBRUARY, [1, 3]);

    expect(outline(days)).toEqual([
      MINUTES.map((ms) => FEBRUARY + ms),
      MINUTES.map((ms) => FEBRUARY + 2 * DAY_MS + ms),
    ]);
    expect(telemetry.lines.map(({ details }) => details['first'])).toEqual([
      'BTCUSDT-1m-2025-02-03.zip, line 4: 2025-02-01T00:00:00.000Z is of another day',
    ]);
    expect(server.seen.map(({ path }) => path)).toContain(
      '/data/spot/daily/klines/BTCUSDT/1m/BTCUSDT-1m-2025-02-01.zip',
    );
  });

  it('and has not all of its days is missing after those that are there', async () => {
    serve({ 'BTCUSDT-1m-2025-02-02': rowsOfDay(FEBRUARY + DAY_MS, 'us') });
    const { ask } = prepare({ nowMs: Date.UTC(2025, 2, 2) });
    const given: ArchivedDay[] = [];
    const asked = ask(FEBRUARY, [1, 2]).then((days) => given.push(...days));

    await expect(asked).rejects.toThrow(ArchiveMissingError);
    expect(server.seen.map(({ path }) => path.split('/').at(-1))).toEqual([
      'BTCUSDT-1m-2025-02.zip',
      'BTCUSDT-1m-2025-02-01.zip',
      'BTCUSDT-1m-2025-02-02.zip',
      'BTCUSDT-1m-2025-02-02.zip.CHECKSUM',
    ]);
  });

  it('is missing once it is old: a request for each of its days would bring nothing', async () => {
    serve({});

    await expect(prepare().ask(DECEMBER, [1, 2, 3])).rejects.toThrow(
      'The archive does not have BTCUSDT-1m-2024-12.zip',
    );
    expect(server.seen).toHaveLength(1);
  });

  it('is told from an archive that fails', async () => {
    server.script = () => ({ status: 503, body: 'busy' });
    const { ask, telemetry } = prepare();

    await expect(ask(DECEMBER, [1])).rejects.toMatchObject({ failure: 'ServerError' });
    expect(telemetry.counted('ExchangeServerError')).toBe(2);
  });
});

describe('an archive that refuses', () => {
  beforeEach(() => fakeTime());
  afterEach(() => jest.useRealTimers());

  it.each([
    ['429', { status: 429 }],
    ['429 without its body', { status: 429, isCut: true }],
    ['503', { status: 503 }],
  ])('is waited for as it asks: %s', async (_, answer) => {
    const retry = { ...answer, headers: { 'retry-after': '60' }, body: 'busy' };
    server.script = (_request, number) => (number === 1 ? retry : { status: 404, body: '' });
    const { ask } = prepare();

    await expect(timePassing(ask(DECEMBER, [1]))).rejects.toThrow(ArchiveMissingError);

    const [refusedMs = 0, askedMs = 0] = server.seen.map(({ atMs }) => atMs);
    expect(server.seen).toHaveLength(2);
    expect(askedMs - refusedMs).toBeGreaterThanOrEqual(60_000);
  });

  it('is asked for no other month during its ban', async () => {
    server.script = () => ({ status: 418, headers: { 'retry-after': '300' }, body: '' });
    const { ask } = prepare();

    for (const month of [DECEMBER, JANUARY]) {
      await expect(timePassing(ask(month, [1]))).rejects.toMatchObject({ failure: 'Banned' });
    }
    expect(server.seen).toHaveLength(1);

    serve({});
    jest.setSystemTime((server.seen[0]?.atMs ?? 0) + 301_000);
    await expect(timePassing(ask(DECEMBER, [1]))).rejects.toThrow(ArchiveMissingError);
  });
});

test.each(['okx', 'coinbase'] as const)('%s has no archive: its API has all there is', (name) => {
  const options = { baseUrl: server.url, telemetry: new FakeTelemetry() };
  expect(createArchive(name, options)).toBeUndefined();
});
