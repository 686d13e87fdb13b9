import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ArchiveOptions } from '../../../../../lambdas/shared/adapters/exchanges/archive/archive-options';
import { createGateIoArchive } from '../../../../../lambdas/shared/adapters/exchanges/archive/gate-io-archive';
import { DAY_MS, MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import type { MetricName } from '../../../../../lambdas/shared/domain/metrics';
import { ArchiveMissingError, type ArchiveQuery } from '../../../../../lambdas/shared/domain/ports';
import { FakeTelemetry } from '../../../../fakes/telemetry';
import {
  all,
  archivedAt,
  dayMs,
  FILE,
  minuteOfDay,
  MONTH,
  MONTH_END,
  outline,
  rowOf,
  rowsOfDay,
  zipped,
} from './archive-fixtures';

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}
type Script = (requestNumber: number) => Answer | 'hang' | 'reset' | 'half';

let server: Server;
let script: Script;
let seen: IncomingMessage[];

beforeAll(async () => {
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  seen = [];
  script = () => {
    throw new Error('unexpected request');
  };
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  seen.push(request);
  const said = script(seen.length);
  if (said === 'hang') return;
  if (said === 'reset') {
    request.socket.destroy();
    return;
  }
  if (said === 'half') {
    const file = zipped(rowsOfDay(1));
    response.writeHead(200, { 'content-length': file.length });
    response.write(file.subarray(0, 20), () => request.socket.destroy());
    return;
  }
  response.writeHead(said.status ?? 200, said.headers);
  response.end(said.body);
}

function prepare(options: Partial<ArchiveOptions> = {}) {
  const telemetry = new FakeTelemetry();
  const { port } = server.address() as AddressInfo;
  const archive = createGateIoArchive({
    baseUrl: `http://127.0.0.1:${port}/archive`,
    telemetry,
    retries: 2,
    firstPauseMs: 1,
    ...options,
  });
  const ask = (days: readonly number[], query: Partial<ArchiveQuery> = {}) =>
    all(
      archive.days({
        pair: 'BTC_USDT',
        monthMs: MONTH,
        daysMs: days.map(dayMs),
        nowMs: MONTH_END + 30 * DAY_MS,
        withinMs: 60_000,
        ...query,
      }),
    );
  return { ask, telemetry };
}

const matching = (pattern: RegExp | string): unknown => expect.stringMatching(pattern);
const containing = (text: string): unknown => expect.stringContaining(text);

/** Asks for days of a file. */
async function read(file: Uint8Array | readonly string[], days: readonly number[]) {
  script = () => ({ body: file instanceof Uint8Array ? file : zipped(file) });
  const { ask, telemetry } = prepare();
  return {
    days: outline(await ask(days)),
    refused: telemetry.counted('ArchiveRefused'),
    telemetry,
  };
}

describe('a month', () => {
  it('is one file, asked for as it is', async () => {
    script = () => ({ body: zipped(rowsOfDay(1)) });

    await prepare().ask([1]);

    expect(seen.map(({ url }) => url)).toEqual([`/archive/spot/candlesticks_1m/202601/${FILE}`]);
    expect(seen[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('has the wanted days, oldest first, and an empty answer for one without a trade', async () => {
    const { days, telemetry } = await read(
      [...rowsOfDay(1), ...rowsOfDay(2), ...rowsOfDay(4)],
      [2, 3, 4, 31],
    );

    expect(days).toEqual({
      'day 2': { candles: [0, 1, 2] },
      'day 3': { candles: [] },
      'day 4': { candles: [0, 1, 2] },
      'day 31': { candles: [] },
    });
    expect(telemetry.metrics()).toEqual([]);
  });

  it('has each value from its column, to the last digit, and no quote volume', async () => {
    const texts = { open: '1.10', high: '4', low: '0.0001', close: '2.5', base: '0.30000000' };
    script = () => ({ body: zipped(['1767225600,0.30000000,2.5,4,0.0001,1.10']) });

    const [day] = await prepare().ask([1]);

    expect(day?.answer).toEqual({ candles: [archivedAt(MONTH, texts)], rejected: [] });
  });

  it('may have other line ends, empty lines, and none at its end', async () => {
    const text = `${rowsOfDay(1).join('\r\n')}\r\n\r\n${rowsOfDay(2).join('\n')}`;
    const { days, refused } = await read(gzipSync(text), [1, 2]);

    expect(days).toEqual({
      'day 1': { candles: [0, 1, 2] },
      'day 2': { candles: [0, 1, 2] },
    });
    expect(refused).toBe(0);
  });

  it('has no candle for a minute of volume zero', async () => {
    const rows = [
      rowOf(archivedAt(minuteOfDay(1, 0), { base: '0.000' })),
      ...rowsOfDay(1).slice(1),
      rowOf(archivedAt(minuteOfDay(2, 0), { base: '0' })),
    ];
    const { days, refused } = await read(rows, [1, 2]);

    expect(days).toEqual({ 'day 1': { candles: [1, 2] }, 'day 2': { candles: [] } });
    expect(refused).toBe(0);
  });
});

describe('a month that the archive does not have', () => {
  it('is missing, and not asked for again', async () => {
    script = () => ({ status: 404, body: '<html>Not Found</html>' });
    const { ask, telemetry } = prepare();

    const missing = ask([1]);

    await expect(missing).rejects.toThrow(ArchiveMissingError);
    await expect(missing).rejects.toThrow(`The archive does not have ${FILE}`);
    expect(seen).toHaveLength(1);
    expect(telemetry.metrics()).toEqual([]);
  });
});

describe('a failure that may pass', () => {
  it.each<[string, ReturnType<Script>, MetricName]>([
    ['500', { status: 500, body: 'oops' }, 'ExchangeServerError'],
    ['429', { status: 429, body: '' }, 'ExchangeRateLimited'],
    ['a redirect', { status: 302, headers: { location: '/' }, body: '' }, 'ExchangeMalformed'],
    ['a connection that is reset', 'reset', 'ExchangeNetworkError'],
    ['a connection that is cut in the file', 'half', 'ExchangeNetworkError'],
    ['a file without end', { body: Buffer.alloc(16 * 1024 * 1024 + 1) }, 'ExchangeMalformed'],
  ])('such as %s is met by asking again, and counted', async (_, first, metric) => {
    script = (requestNumber) => (requestNumber === 1 ? first : { body: zipped(rowsOfDay(1)) });
    const { ask, telemetry } = prepare();

    expect(outline(await ask([1]))).toEqual({ 'day 1': { candles: [0, 1, 2] } });
    expect(seen).toHaveLength(2);
    expect(telemetry.metrics()).toEqual([metric]);
    expect(telemetry.counted(metric)).toBe(1);
  });

  it('such as a file that does not come is given up after the time limit', async () => {
    script = (requestNumber) => (requestNumber === 1 ? 'hang' : { body: zipped(rowsOfDay(1)) });
    const { ask, telemetry } = prepare({ timeoutMs: 100 });

    expect(outline(await ask([1]))).toEqual({ 'day 1': { candles: [0, 1, 2] } });
    expect(telemetry.counted('ExchangeTimedOut')).toBe(1);
  });

  it('that does not pass fails the month after the last repetition', async () => {
    script = () => ({ status: 502, body: '<html>' });
    const { ask, telemetry } = prepare();

    await expect(ask([1])).rejects.toThrow(
      /^Gate.io's archive answered 502 for http:.*\/BTC_USDT-202601.csv.gz: <html>$/,
    );
    expect(seen).toHaveLength(3);
    expect(telemetry.counted('ExchangeServerError')).toBe(3);
  });
});

test('a refusal that does not pass is not asked for again', async () => {
  script = () => ({ status: 403, body: 'no' });
  const { ask, telemetry } = prepare();

  await expect(ask([1])).rejects.toMatchObject({ name: 'ExchangeError', failure: 'Refused' });
  expect(seen).toHaveLength(1);
  expect(telemetry.counted('ExchangeRefused')).toBe(1);
});

test.each([50, 0, -1_000])('a month that has only %d ms is given up', async (withinMs) => {
  script = () => 'hang';
  const { ask, telemetry } = prepare({ timeoutMs: 60_000 });

  await expect(ask([1], { withinMs })).rejects.toThrow(
    `Gate.io's archive did not give ${FILE} in ${withinMs} ms`,
  );
  expect(telemetry.counted('ExchangeTimedOut')).toBe(1);
});

describe('a row that is wrong', () => {
  const [first = '', second = '', third = ''] = rowsOfDay(1);
  const seconds = minuteOfDay(1, 1) / 1_000;

  it.each([
    ['too few columns', `${seconds},2,10,11,9.75`, 'it has 5 columns, expected 6'],
    ['too many columns', `${second},20.6`, 'it has 7 columns, expected 6'],
    ['a float for a time', second.replace(`${seconds}`, `${seconds}.0`), 'is no whole number'],
    ['a time in exponents', `${seconds / 10}e1,2,10,11,9.75,10.5`, 'is no whole number'],
    ['a price that is none', `${seconds},2,NaN,11,9.75,10.5`, 'Not a decimal number: "NaN"'],
    ['a float for a volume', `${seconds},2e-05,10,11,9.75,10.5`, 'Not a decimal number: "2e-05"'],
    ['a long volume', `${seconds},${'9'.repeat(25)},10,11,9.75,10.5`, 'at most 24 digits before'],
    ['a low above its open', `${seconds},2,10,11,10.6,10.5`, 'its low 10.6 is above its open 10.5'],
    ['a negative volume', `${seconds},-2,10,11,9.75,10.5`, 'its base volume -2 is negative'],
    ['a line without end', `${seconds},2,10,11,9.75,${'1'.repeat(2_000_000)}`, 'more than 1000'],
  ])('for %s costs its minute', async (_, row, reason) => {
    const { days, refused } = await read([first, row, third, ...rowsOfDay(2)], [1, 2]);

    expect(days).toEqual({
      'day 1': {
        candles: [0, 2],
        rejected: [[1, matching(new RegExp(`^${FILE}, line 2: .*${reason}`))]],
      },
      'day 2': { candles: [0, 1, 2] },
    });
    expect(refused).toBe(1);
  });

  it('for a time that is none costs the minutes that it may be of', async () => {
    const after = rowOf(archivedAt(minuteOfDay(1, 4)));
    const { days, refused, telemetry } = await read([first, second, 'soon,1', after], [1]);

    const reason = 'BTC_USDT-202601.csv.gz, line 3: its time "soon" is no whole minute in seconds';
    expect(days).toEqual({
      'day 1': {
        candles: [0, 1, 4],
        rejected: [
          [2, reason],
          [3, reason],
        ],
      },
    });
    expect(refused).toBe(1);
    expect(telemetry.lines).toEqual([
      expect.objectContaining({
        level: 'warn',
        details: { file: FILE, refused: 1, first: reason },
      }),
    ]);
  });

  it('for a time that is none, between two days, costs what is absent of both, and all of a day between', async () => {
    const last = rowOf(archivedAt(minuteOfDay(1, 1_438)));
    const head = rowOf(archivedAt(minuteOfDay(3, 1)));
    const { days } = await read([last, '99,1', head], [1, 2, 3]);

    const reason = containing('its time "99"');
    expect(days).toEqual({
      'day 1': { candles: [1_438], rejected: [[1_439, reason]] },
      'day 2': matching(
        /^a row without a time stands where its rows belong; BTC_USDT-202601.csv.gz, line 2:/,
      ),
      'day 3': { candles: [1], rejected: [[0, reason]] },
    });
  });

  it('of another month costs nothing but itself', async () => {
    const foreign = rowOf(archivedAt(MONTH_END));
    const { days, refused, telemetry } = await read([...rowsOfDay(31), foreign], [31]);

    expect(days).toEqual({ 'day 31': { candles: [0, 1, 2] } });
    expect(refused).toBe(1);
    expect(telemetry.lines[0]?.details['first']).toBe(
      'BTC_USDT-202601.csv.gz, line 4: 2026-02-01T00:00:00.000Z is of another month',
    );
  });

  it('for being a header costs nothing', async () => {
    const { days, refused, telemetry } = await read(
      ['timestamp,volume,close,high,low,open', ...rowsOfDay(1)],
      [1],
    );

    expect(days).toEqual({ 'day 1': { candles: [0, 1, 2] } });
    expect(refused).toBe(1);
    expect(telemetry.lines[0]?.details['first']).toMatch(
      /^BTC_USDT-202601.csv.gz, line 1: a header, expected none: "time/,
    );
  });

  it('for having been there with other values costs its minute', async () => {
    const other = rowOf(archivedAt(minuteOfDay(1, 1), { close: '9.8' }));
    const { days, refused } = await read([first, second, other, second, third], [1]);

    const reason =
      'BTC_USDT-202601.csv.gz, line 3: the minute 2026-01-01T00:01:00.000Z is there before, with other values';
    expect(days).toEqual({ 'day 1': { candles: [0, 2], rejected: [[1, reason]] } });
    expect(refused).toBe(2);
  });

  it('costs its minute even if a good one of it is there too', async () => {
    const { days } = await read([first, second, `${seconds},1`, third], [1]);

    expect(days).toMatchObject({
      'day 1': { candles: [0, 2], rejected: [[1, expect.anything()]] },
    });
  });

  it('for being there twice, with equal values, is kept once', async () => {
    const same = rowOf(archivedAt(minuteOfDay(1, 1), { close: '10.00' }));
    const { days, refused } = await read([first, second, same, third], [1]);

    expect(days).toEqual({ 'day 1': { candles: [0, 1, 2] } });
    expect(refused).toBe(1);
  });

  it('for standing behind a later minute of its day is put in its place', async () => {
    const { days, refused } = await read([first, third, second], [1]);

    expect(days).toEqual({ 'day 1': { candles: [0, 1, 2] } });
    expect(refused).toBe(1);
  });

  it('is counted by its kind too', async () => {
    const { telemetry } = await read([first, `${seconds},2,NaN,11,9.75,10.5`, third], [1]);

    expect(telemetry.counted('RejectedNumbers')).toBe(1);
  });
});

describe('a day that is wrong', () => {
  it('for having no good row is refused, and no other', async () => {
    const bad = rowsOfDay(2).map((row) => row.replace(',', '.0,'));
    const { days, refused } = await read([...rowsOfDay(1), ...bad, ...rowsOfDay(3)], [1, 2, 3]);

    expect(days).toEqual({
      'day 1': { candles: [0, 1, 2] },
      'day 2': matching(
        /^no row of it can be a candle; BTC_USDT-202601.csv.gz, line 4: its time "1767312000.0" is no whole number/,
      ),
      'day 3': { candles: [0, 1, 2] },
    });
    expect(refused).toBe(4);
  });

  it.each([
    ['of an earlier day', 1, minuteOfDay(1, 30)],
    ['of a later day', 5, minuteOfDay(5, 30)],
  ])('for a row %s among its rows costs that day alone', async (_, refusedDay, strayMs) => {
    const stray = rowOf(archivedAt(strayMs));
    const others = [1, 2, 3, 4, 5].filter((day) => day !== refusedDay);
    const rows = [1, 2, 3, 4, 5].map((day) => rowsOfDay(day));
    rows[2]?.splice(1, 0, stray);
    const { days, refused } = await read(rows.flat(), [1, 2, 3, 4, 5]);

    expect(days).toEqual({
      ...Object.fromEntries(others.map((day) => [`day ${day}`, { candles: [0, 1, 2] }])),
      [`day ${refusedDay}`]: matching(
        `^its rows stand among those of other days in ${FILE}, lines \\d+ to \\d+$`,
      ),
    });
    expect(Object.keys(days)).toEqual(['day 1', 'day 2', 'day 3', 'day 4', 'day 5']);
    expect(refused).toBe(1);
  });
});

describe('a file that is wrong', () => {
  /** Minutes of four days, that do not compress well. */
  const rows = [1, 2, 3, 4].flatMap((day) =>
    Array.from({ length: 1_440 }, (_, minute) => {
      const base = `${(minute * 7_919 + day * 104_729) % 99_991}.${(minute * 31_337) % 100_003}`;
      return rowOf(archivedAt(minuteOfDay(day, minute), { base }));
    }),
  );
  const whole = zipped(rows);
  const everyMinute = { candles: Array.from({ length: 1_440 }, (_, minute) => minute) };

  it('for being cut gives the days before the one in which it ends', async () => {
    const { days, refused } = await read(whole.subarray(0, whole.length * 0.6), [1, 2, 3, 4, 5]);

    const cut = matching(`^${FILE} is cut: its last row is of 2026-01-03T\\d\\d:\\d\\d:00.000Z$`);
    expect(days).toEqual({
      'day 1': everyMinute,
      'day 2': everyMinute,
      'day 3': cut,
      'day 4': cut,
      'day 5': cut,
    });
    expect(refused).toBe(1);
  });

  it('for lacking but its check sum does not give its last day', async () => {
    const { days } = await read(whole.subarray(0, -8), [3, 4]);

    expect(days).toEqual({ 'day 3': everyMinute, 'day 4': containing('is cut') });
  });

  it('for being cut, its days not being in order, gives nothing', async () => {
    const unsorted = zipped([...rows, ...rowsOfDay(1)]);
    const { days } = await read(unsorted.subarray(0, -8), [2, 3]);

    const problem = containing('rows are not in order of their days');
    expect(days).toEqual({ 'day 2': problem, 'day 3': problem });
  });

  it('for being cut before its first row gives nothing', async () => {
    const { days } = await read(whole.subarray(0, 12), [1]);

    expect(days).toEqual({ 'day 1': `${FILE} has no row of 2026-01, and is cut` });
  });

  it.each([
    ['a wrong check sum', whole.length - 6],
    ['a wrong byte in its middle', whole.length >>> 1],
  ])('for %s gives nothing', async (_, place) => {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(place) ^ 0x55, place);
    const { days, refused } = await read(damaged, [1, 2]);

    const problem = matching(`^${FILE} is damaged: `);
    expect(days).toEqual({ 'day 1': problem, 'day 2': problem });
    expect(refused).toBe(1);
  });

  it('for being no gzip gives nothing', async () => {
    const { days } = await read(Buffer.from('<html>maintenance</html>'), [1]);

    expect(days).toEqual({ 'day 1': `${FILE} is damaged: incorrect header check` });
  });

  it.each([
    ['empty', []],
    ['of a header alone', ['timestamp,volume,close,high,low,open']],
    ['of another month', [rowOf(archivedAt(MONTH_END)), rowOf(archivedAt(MONTH - MINUTE_MS))]],
  ])('for being %s is refused: it is no month without trade', async (_, lines) => {
    const { days, refused } = await read(lines, [1, 31]);

    const problem = `${FILE} has no row of 2026-01`;
    expect(days).toEqual({ 'day 1': problem, 'day 31': problem });
    expect(refused).toBe(1);
  });

  it('for having no byte gives nothing', async () => {
    const { days } = await read(Buffer.alloc(0), [1]);

    expect(days).toEqual({ 'day 1': containing('has no row of 2026-01') });
  });

  it('for unzipping to far more than a month gives nothing', async () => {
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024));
    const { days, refused } = await read(bomb, [1]);

    expect(days).toEqual({ 'day 1': `${FILE} has more than 67108864 bytes` });
    expect(refused).toBe(1);
  });
});
