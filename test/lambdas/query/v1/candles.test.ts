import * as v from 'valibot';
import { CandlesAnswer } from '../../../../lambdas/query/v1/candles';
import { formatDecimal } from '../../../../lambdas/shared/domain/decimal';
import { DAY_MS, MINUTE_MS } from '../../../../lambdas/shared/domain/interval';
import { unknownDay } from '../../../../lambdas/shared/domain/ledger/ledger';
import { marketKey } from '../../../../lambdas/shared/domain/market';
import { at, DAY, minuteAt, minutesIn } from '../../../fakes/candles';
import { progressTo, sealedDay, storedAuditOf } from '../../../fakes/ledger/ledger';
import { statusOf } from '../../../fakes/listings';
import { bodyOf, MARKET, NOW, queryScene } from '../query-scene';

const KEY = marketKey(MARKET);
const CANDLES = '/v1/candles?market=gate-io:BTC_USDT';

/** A scene in which the minutes of a range are stored and settled. */
function storedScene(fromMs: number, toMs: number) {
  const scene = queryScene();
  scene.store.storeMinutes(MARKET, minutesIn(fromMs, toMs));
  const progress = progressTo(NOW - 2 * MINUTE_MS, { seenToMs: NOW, liveSinceMs: DAY });
  scene.store.status.set(KEY, statusOf({ progress }));
  const page = async (parameters: string) =>
    v.parse(CandlesAnswer, await scene.json(`${CANDLES}&${parameters}`));
  const times = async (parameters: string) =>
    (await page(parameters)).candles.map(({ time }) => time.slice(11, 16));
  return { ...scene, page, times };
}

test('without times the newest are answered, oldest first', async () => {
  const { page, times } = storedScene(at(11), NOW);
  expect(await times('interval=1m&limit=3')).toEqual(['11:57', '11:58', '11:59']);
  expect((await page('interval=1m&limit=3')).next).toBeNull();
});

test('every digit is written as it is stored', async () => {
  const { store, page } = storedScene(at(11), NOW);
  store.store(MARKET, '1m', [
    minuteAt(at(11), { open: '0.00000003', high: '12345678901234567890.10', base: '1.50' }),
  ]);

  const { candles } = await page('interval=1m');

  expect(candles).toEqual([
    {
      time: '2026-01-15T11:00:00Z',
      open: '0.00000003',
      high: '12345678901234567890.10',
      low: '9.75',
      close: '10',
      baseVolume: '1.50',
      quoteVolume: '20.6',
      minutes: 1,
      closed: true,
      final: false,
    },
  ]);
});

test.each(['asc', 'desc'])(
  'pages in order %s, each from where the last one says, hold each candle once',
  async (order) => {
    const { page } = storedScene(at(10), NOW);
    const range = order === 'asc' ? `from=${at(10, 7)}` : `from=${at(10, 7)}&to=${NOW}`;
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const moved: string =
        next === null ? range : order === 'asc' ? `from=${next}` : `from=${at(10, 7)}&to=${next}`;
      const answer = await page(`interval=1m&limit=7&order=${order}&${moved}`);
      expect(answer.candles.length).toBeLessThanOrEqual(7);
      seen.push(...answer.candles.map(({ time }) => time));
      next = answer.next;
    } while (next !== null);
    const expected = minutesIn(at(10, 7), NOW).map(({ openTimeMs }) =>
      new Date(openTimeMs).toISOString().replace('.000Z', 'Z'),
    );
    expect(seen).toEqual(order === 'asc' ? expected : expected.toReversed());
  },
);

test('a range is half-open, and its times are ISO 8601, days or milliseconds', async () => {
  const { times } = storedScene(at(11), NOW);
  const expected = ['11:10', '11:11'];
  expect(await times('interval=1m&from=2026-01-15T11:10:00Z&to=2026-01-15T11:12Z')).toEqual(
    expected,
  );
  expect(await times(`interval=1m&from=${at(11, 10)}&to=${at(11, 12)}`)).toEqual(expected);
  expect(await times('interval=1d&from=2026-01-15&to=2026-01-16')).toEqual(['00:00']);
});

test('without from, a range is read from its end', async () => {
  const { times } = storedScene(at(11), NOW);
  expect(await times('interval=1m&to=2026-01-15T11:10:00Z&limit=2')).toEqual(['11:08', '11:09']);
});

test('the next page is linked', async () => {
  const { ask } = storedScene(at(11), NOW);
  const { headers } = await ask(`${CANDLES}&from=${at(11)}&interval=1m&limit=2`);
  expect(headers['link']).toBe(
    '</v1/candles?market=gate-io:BTC_USDT&interval=1m&limit=2&from=2026-01-15T11:02:00Z>; rel="next"',
  );
  const last = await ask(`${CANDLES}&from=${at(11, 58)}&interval=1m&limit=2`);
  expect(last.headers['link']).toBeUndefined();
});

test('the link to the next page replaces a parameter whose name is escaped', async () => {
  const { ask } = storedScene(at(11), NOW);
  const { headers } = await ask(`${CANDLES}&%66rom=${at(11)}&interval=1m&limit=2`);
  expect(headers['link']).toBe(
    '</v1/candles?market=gate-io:BTC_USDT&interval=1m&limit=2&from=2026-01-15T11:02:00Z>; rel="next"',
  );
});

test('CSV has the same candles as JSON, a line each', async () => {
  const { ask, page } = storedScene(at(11), NOW);
  const response = await ask(`${CANDLES}&interval=5m&limit=2&format=csv`);
  const { candles } = await page('interval=5m&limit=2');

  expect(response.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
  const [header, ...lines] = bodyOf(response).split('\r\n');
  expect(header).toBe('time,open,high,low,close,baseVolume,quoteVolume,minutes,closed,final');
  expect(lines).toEqual([
    ...candles.map((candle) => Object.values(candle).map(String).join(',')),
    '',
  ]);
});

test('an unknown quote volume is null in JSON and empty in CSV', async () => {
  const { ask, page, store } = storedScene(at(11), NOW);
  store.store(MARKET, '1m', [{ ...minuteAt(at(11)), quoteVolume: null }]);
  expect((await page('interval=1m')).candles[0]?.quoteVolume).toBeNull();
  expect(bodyOf(await ask(`${CANDLES}&interval=1m&format=csv`))).toContain(',10,2,,1,');
});

test('candles of sealed days are final, and a page of them alone may be kept for an hour', async () => {
  const { ask, page, store } = storedScene(DAY - DAY_MS, NOW);
  store.days.set(KEY, [sealedDay(DAY - DAY_MS)]);
  const sealed = `interval=1h&from=${DAY - 2 * 3_600_000}&to=${DAY}`;
  const mixed = `interval=1h&from=${DAY - 2 * 3_600_000}&to=${DAY + 3_600_000}`;

  expect((await page(sealed)).candles.map(({ final }) => final)).toEqual([true, true]);
  expect((await ask(`${CANDLES}&${sealed}`)).headers['cache-control']).toBe(
    'private, max-age=3600',
  );
  expect((await page(mixed)).candles.map(({ final }) => final)).toEqual([true, true, false]);
  expect((await ask(`${CANDLES}&${mixed}`)).headers['cache-control']).toBe('private, no-cache');
});

test('a week is final if all of its days are sealed, and the range need not reach to its end', async () => {
  const { page, store } = storedScene(DAY - DAY_MS, DAY + DAY_MS);
  const monday = Date.UTC(2026, 0, 12);
  const week = Array.from({ length: 7 }, (_, index) => sealedDay(monday + index * DAY_MS));
  store.days.set(KEY, week);
  const range = `interval=1w&from=${monday}&to=${monday + DAY_MS}`;
  const later = Date.UTC(2026, 0, 25);

  const answer = v.parse(CandlesAnswer, await queryAt(later, week, range));

  expect(answer.candles.map(({ final }) => final)).toEqual([true]);
  store.days.set(KEY, week.slice(0, 6));
  expect((await page(range)).candles.map(({ final }) => final)).toEqual([false]);
});

async function queryAt(atMs: number, days: ReturnType<typeof sealedDay>[], range: string) {
  const scene = queryScene();
  scene.store.storeMinutes(MARKET, minutesIn(DAY, DAY + DAY_MS));
  scene.store.days.set(KEY, days);
  return scene.json(`${CANDLES}&${range}`, { atMs });
}

test('the gaps that touch the range of a page come with it', async () => {
  const { page, store } = storedScene(at(9), NOW);
  const gap = { reason: 'beyond the retention of the exchange', observedAtMs: NOW };
  store.gaps.set(KEY, [
    { fromMs: at(8), toMs: at(9), ...gap },
    { fromMs: at(9, 30), toMs: at(10), ...gap },
    { fromMs: at(11), toMs: at(11, 10), ...gap },
  ]);

  const { gaps } = await page(`interval=1m&from=${at(9, 40)}&to=${at(11)}&limit=5000`);

  expect(gaps).toEqual([
    {
      from: '2026-01-15T09:30:00Z',
      to: '2026-01-15T10:00:00Z',
      reason: 'beyond the retention of the exchange',
    },
  ]);
  expect((await page(`interval=1m&from=${at(9)}&limit=5`)).gaps).toEqual([]);
});

test('a market that is quiet for months is read to its first candle, with its gaps and its seals', async () => {
  const scene = storedScene(at(11), NOW);
  const old = Date.UTC(2026, 0, 2);
  scene.store.storeMinutes(MARKET, [minuteAt(old), minuteAt(at(11, 59))]);
  scene.store.days.set(KEY, [sealedDay(old)]);
  const { candles } = await scene.page('interval=1m&limit=2');
  expect(candles.map(({ time, final }) => [time, final])).toEqual([
    ['2026-01-02T00:00:00Z', true],
    ['2026-01-15T11:59:00Z', false],
  ]);
});

/** A quiet market: a minute on each of two days. Once candles were read, an audit corrects and seals both days. */
function auditedMeanwhile(observedAtMs: number) {
  const scene = storedScene(at(11), NOW);
  const days = [DAY - 4 * DAY_MS, DAY - 3 * DAY_MS];
  scene.store.storeMinutes(
    MARKET,
    days.map((dayMs) => minuteAt(dayMs, { close: '10' })),
  );
  scene.store.afterCandles = () => {
    scene.store.storeMinutes(
      MARKET,
      days.map((dayMs) => minuteAt(dayMs, { close: '10.5' })),
    );
    scene.store.days.set(
      KEY,
      days.map((dayMs) => sealedDay(dayMs, { observedAtMs })),
    );
  };
  return scene;
}

test.each([
  ['a page of a quiet market', 'interval=1m&limit=2'],
  ['its newest candles', 'interval=1m&limit=2&order=desc'],
])('%s has no digits from before the audit that made them final', async (_, parameters) => {
  const { page } = auditedMeanwhile(NOW - MINUTE_MS);
  const { candles } = await page(`${parameters}&from=${DAY - 4 * DAY_MS}&to=${DAY}`);
  expect(candles.map(({ close, final }) => [close, final])).toEqual([
    ['10.5', true],
    ['10.5', true],
  ]);
});

function notSealed(dayMs: number) {
  return { ...unknownDay(dayMs), audit: storedAuditOf({ observedAtMs: dayMs + DAY_MS }) };
}

test('candles whose days were sealed long ago are read once', async () => {
  const { page, store } = auditedMeanwhile(NOW - DAY_MS - MINUTE_MS);
  await page(`interval=1m&limit=2&from=${DAY - 4 * DAY_MS}&to=${DAY}`);
  expect(store.reads).toHaveLength(1);
});

test('windows are filled with a close that was read after the ledger', async () => {
  const { page, store } = auditedMeanwhile(NOW - MINUTE_MS);
  const fromMs = DAY - 3 * DAY_MS + MINUTE_MS;
  const settled = progressTo(NOW - 2 * MINUTE_MS, { seenToMs: NOW, liveSinceMs: DAY - 4 * DAY_MS });
  store.status.set(KEY, statusOf({ progress: settled }));
  const range = `from=${fromMs}&to=${fromMs + 2 * MINUTE_MS}`;
  store.days.set(KEY, [notSealed(DAY - 3 * DAY_MS)]);
  const { candles } = await page(`interval=1m&fill=previous&order=desc&${range}`);
  expect(candles.map(({ close, filled, final }) => [close, filled, final])).toEqual([
    ['10.5', true, false],
    ['10.5', true, false],
  ]);
});

describe('windows that are rolled up on reading', () => {
  test.each([
    ['1w', '', '2026-01-12T00:00:00Z', 1],
    ['1M', '', '2026-01-01T00:00:00Z', 1],
    ['1d', '&timezone=+05:30', '2026-01-13T18:30:00Z', 2],
    ['1d', '&timezone=%2B05:30', '2026-01-13T18:30:00Z', 2],
    ['1d', '&timezone=-05:00', '2026-01-13T05:00:00Z', 3],
  ])('%s%s', async (interval, timezone, first, count) => {
    const { page } = storedScene(DAY - DAY_MS, NOW);
    const { candles } = await page(`interval=${interval}${timezone}`);
    expect(candles).toHaveLength(count);
    expect(candles[0]?.time).toBe(first);
    const minutes = candles.reduce((sum, candle) => sum + candle.minutes, 0);
    expect(minutes).toBe((NOW - DAY + DAY_MS) / MINUTE_MS);
  });

  test('pages of one, forward and back, hold each window once', async () => {
    const { page } = storedScene(DAY - 3 * DAY_MS, NOW);
    for (const order of ['asc', 'desc']) {
      const all = (await page(`interval=1d&timezone=+05:30&order=${order}&from=2026-01-01`))
        .candles;
      expect(all.length).toBe(4);
      const single: unknown[] = [];
      let range = 'from=2026-01-01';
      for (;;) {
        const answer = await page(`interval=1d&timezone=+05:30&order=${order}&limit=1&${range}`);
        single.push(...answer.candles);
        if (answer.next === null) break;
        range = order === 'asc' ? `from=${answer.next}` : `from=2026-01-01&to=${answer.next}`;
      }
      expect(single).toEqual(all);
    }
  });

  test('a window is closed once all of it was asked for', async () => {
    const { page } = storedScene(DAY - DAY_MS, NOW);
    const { candles } = await page('interval=1d&timezone=-12:00');
    // The last one began at noon of yesterday, and ends now.
    expect(candles.map(({ time, closed }) => [time, closed])).toEqual([
      ['2026-01-13T12:00:00Z', true],
      ['2026-01-14T12:00:00Z', true],
    ]);
    const weeks = await page('interval=1w');
    expect(weeks.candles.map(({ closed }) => closed)).toEqual([false]);
  });

  test('a page reads no more than it may, and says that there is more', async () => {
    const { page, store } = storedScene(DAY - 9 * DAY_MS, NOW);
    const { candles, next } = await page('interval=1M&timezone=+05:30&from=2025-12-01&limit=5000');
    expect(candles).toHaveLength(1);
    expect(next).toBeNull();
    const widest = store.reads.map(({ fromMs, toMs, limit }) =>
      limit === undefined ? toMs - fromMs : 0,
    );
    expect(Math.max(...widest)).toBeLessThan(5 * 31 * DAY_MS);
  });
});

describe('filling', () => {
  /** Trades at 11:00 and 11:03 alone. */
  function quietScene() {
    const scene = storedScene(at(11), NOW);
    scene.store.storeMinutes(MARKET, [
      minuteAt(at(11), { close: '10.25', base: '1.500' }),
      minuteAt(at(11, 3)),
    ]);
    return scene;
  }

  test('fills minutes without a trade with the close before them, marked', async () => {
    const { page } = quietScene();
    const { candles } = await page(`interval=1m&fill=previous&from=${at(11)}&to=${at(11, 5)}`);
    expect(candles.map(({ time, filled }) => `${time.slice(11, 16)} ${String(filled)}`)).toEqual([
      '11:00 undefined',
      '11:01 true',
      '11:02 true',
      '11:03 undefined',
      '11:04 true',
    ]);
    expect(candles[1]).toEqual({
      time: '2026-01-15T11:01:00Z',
      ...{ open: '10.25', high: '10.25', low: '10.25', close: '10.25' },
      ...{ baseVolume: '0.000', quoteVolume: '0.0', minutes: 0 },
      ...{ closed: true, final: false, filled: true },
    });
  });

  test('nothing is filled without being asked', async () => {
    const { times } = quietScene();
    expect(await times(`interval=1m&from=${at(11)}&to=${at(11, 5)}`)).toEqual(['11:00', '11:03']);
  });

  test('neither gaps, nor what is not settled, nor the time before the first candle is filled', async () => {
    const { times, store } = quietScene();
    store.gaps.set(KEY, [
      { fromMs: at(11, 1), toMs: at(11, 2), reason: 'rejected', observedAtMs: NOW },
    ]);
    expect(await times(`interval=1m&fill=previous&from=${at(10, 50)}&to=${at(11, 4)}`)).toEqual([
      '11:00',
      '11:02',
      '11:03',
    ]);
    expect(await times('interval=1m&fill=previous&limit=4')).toEqual(['11:57']);
  });

  test('a past day that was never stored is not filled, and one that was is', async () => {
    const { store, page } = quietScene();
    const [first, second] = [DAY - 2 * DAY_MS, DAY - DAY_MS];
    store.storeMinutes(MARKET, [minuteAt(first - MINUTE_MS), minuteAt(at(11))]);
    store.days.set(KEY, [sealedDay(first)]);
    const range = `interval=4h&fill=previous&from=${first}&to=${second + DAY_MS}`;
    const { candles } = await page(range);
    expect(candles).toHaveLength(6);
    expect(candles.every(({ filled, final }) => filled === true && final)).toBe(true);
  });

  test('pages of filled windows hold each once, forward and back', async () => {
    const { page } = quietScene();
    const all = await page(`interval=1m&fill=previous&from=${at(11)}&to=${at(11, 30)}`);
    for (const order of ['asc', 'desc']) {
      const seen: (typeof all.candles)[number][] = [];
      let range = `from=${at(11)}&to=${at(11, 30)}`;
      for (;;) {
        const answer = await page(`interval=1m&fill=previous&limit=7&order=${order}&${range}`);
        seen.push(...answer.candles);
        if (answer.next === null) break;
        range =
          order === 'asc'
            ? `from=${answer.next}&to=${at(11, 30)}`
            : `from=${at(11)}&to=${answer.next}`;
      }
      expect(order === 'asc' ? seen : seen.toReversed()).toEqual(all.candles);
    }
  });

  test('CSV marks what is filled', async () => {
    const { ask } = quietScene();
    const body = bodyOf(
      await ask(`${CANDLES}&interval=1m&fill=previous&format=csv&from=${at(11)}&to=${at(11, 2)}`),
    );
    const [header, first, second] = body.split('\r\n');
    expect(header?.endsWith(',final,filled')).toBe(true);
    expect(first?.endsWith(',false')).toBe(true);
    expect(second?.endsWith(',true')).toBe(true);
  });
});

test.each([
  ['interval=1m&from=2026-01-15&to=2026-01-15', 422],
  ['interval=1h&timezone=%2B01:00', 422],
  ['interval=1m&from=2026-02-30', 422],
  ['interval=2m', 400],
  ['interval=1m&limit=0', 400],
  ['interval=1m&limit=5001', 400],
  ['interval=1m&limit=1e3', 400],
  ['interval=1m&from=yesterday', 400],
  ['interval=1m&form=csv', 400],
  ['interval=1m&interval=5m', 400],
  ['interval=1d&timezone=%2B05:20', 400],
  ['interval=1m&from=', 400],
  ['interval=1m&to=%E0%A4%A', 400],
  ['', 400],
])('%s is refused with %d', async (parameters, status) => {
  const { ask } = storedScene(at(11), NOW);
  const response = await ask(`${CANDLES}&${parameters}`);
  expect(response.statusCode).toBe(status);
  expect(response.headers['content-type']).toBe('application/problem+json');
});

test('a market that is neither followed nor stored is not found; one that is no longer followed is', async () => {
  const { ask, store } = queryScene();
  const gone = { exchange: 'gate-io', pair: 'OLD_USDT' };
  store.storeMinutes(gone, [minuteAt(at(11), { close: '9.99' })]);
  const address = '/v1/candles?interval=1m&market=gate-io:OLD_USDT';
  expect((await ask(address)).statusCode).toBe(404);
  store.status.set(marketKey(gone), statusOf({ progress: progressTo(NOW) }));
  expect(bodyOf(await ask(address))).toContain('"close":"9.99"');
  expect((await ask('/v1/candles?interval=1m&market=gate-io:a%3Cb')).statusCode).toBe(404);
});

test('the reader is asked for no more than a page and one', async () => {
  const { store, page } = storedScene(at(11), NOW);
  await page('interval=1m&limit=2');
  expect(store.reads.map(({ limit }) => limit)).toEqual([3]);
  expect(formatDecimal(minuteAt(at(11)).open)).toBe('10.5');
});
