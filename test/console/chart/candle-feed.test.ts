import type { CandleRow, CandlesAnswer } from '../../../console/answers/answers';
import { NoAnswerError, type TimeRange } from '../../../console/answers/query-client';
import {
  CandleFeed,
  type CandlesClient,
  type MarketTime,
} from '../../../console/chart/candle-feed';
import { openOf } from '../../../console/chart/chart-interval';
import { candleRow } from '../candle-rows';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse('2026-11-26T09:41:00Z');

/** Serves an hourly candle for each hour from a first one to now, at most so many a page. */
class HourlyCandles implements CandlesClient {
  readonly asked: TimeRange[] = [];
  readonly #most: number;

  constructor(most = 1_500) {
    this.#most = most;
  }

  candles(market: string, interval: string, range: TimeRange): Promise<CandlesAnswer> {
    if (interval !== '1h') throw new Error(`Asked for ${interval}`);
    this.asked.push(range);
    const times: string[] = [];
    const toMs = Math.min(range.toMs, NOW_MS);
    for (let timeMs = range.fromMs; timeMs < toMs; timeMs += HOUR_MS) {
      times.push(new Date(timeMs).toISOString());
    }
    const candles = times.slice(0, this.#most).map((time) => candleRow(time));
    return Promise.resolve({
      market,
      interval,
      candles,
      gaps: [],
      next: times[this.#most] ?? null,
    });
  }
}

function feedOf(client: CandlesClient, time: Partial<MarketTime> = {}): CandleFeed {
  const firstMs = Date.parse('2026-01-01T00:00:00Z');
  const all = { firstMs, seenToMs: NOW_MS, settledToMs: NOW_MS, endMs: NOW_MS, ...time };
  return new CandleFeed(client, { market: 'gate-io:BTC_USDT', interval: '1h', time: () => all });
}

function loaded({ window }: CandleFeed): [from: string, to: string, candles: number] {
  const text = (slot: number): string => new Date(openOf('1h', slot)).toISOString().slice(0, 16);
  return [text(window.fromSlot), text(window.toSlot), window.candles.size];
}

it('opens at the newest candles, the open one among them', async () => {
  const feed = feedOf(new HourlyCandles());
  await expect(feed.open(undefined)).resolves.toBe(true);
  expect(loaded(feed)).toEqual(['2026-11-01T10:00', '2026-11-26T10:00', 600]);
  expect(feed.hasNewest).toBe(true);
});

it('goes back to the first candle, and no further', async () => {
  const client = new HourlyCandles();
  const feed = feedOf(client);
  await feed.open(undefined);
  for (let count = 0; count < 10 && !feed.hasFirst; count++) await feed.extend({ from: 3, to: 90 });
  const [from, , candles] = loaded(feed);
  expect(from).toBe('2026-01-01T00:00');
  expect(candles).toBe((NOW_MS - Date.parse('2026-01-01T00:00:00Z') + 19 * 60_000) / HOUR_MS);
  client.asked.length = 0;
  await expect(feed.extend({ from: -10, to: 90 })).resolves.toBe(false);
  expect(client.asked).toEqual([]);
});

it('opens around a time, and goes on to the newest from there', async () => {
  const feed = feedOf(new HourlyCandles());
  await feed.open(Date.parse('2026-03-04T10:00:00Z'));
  expect(feed.hasNewest).toBe(false);
  await expect(feed.refresh()).resolves.toBe(false);
  for (let count = 0; count < 10 && !feed.hasNewest; count++) {
    const to = feed.window.toSlot - feed.window.fromSlot;
    await feed.extend({ from: to - 100, to });
  }
  expect(loaded(feed)[1]).toBe('2026-11-26T10:00');
});

it('shows a market that is far behind where its candles end', async () => {
  const feed = feedOf(new HourlyCandles(), { seenToMs: Date.parse('2026-10-01T00:00:00Z') });
  await feed.open(undefined);
  expect(loaded(feed)[1]).toBe('2026-10-02T06:00');
});

it('asks again for the newest candles alone', async () => {
  const client = new HourlyCandles();
  const feed = feedOf(client);
  await feed.open(undefined);
  client.asked.length = 0;
  await expect(feed.refresh()).resolves.toBe(true);
  expect(client.asked).toEqual([{ fromMs: NOW_MS - 221 * 60_000, toMs: NOW_MS + 19 * 60_000 }]);
});

/** A market whose candles come as it is settled. */
class CatchingUp implements CandlesClient {
  /** Undefined before its first segment. */
  settledToMs: number | undefined;
  readonly asked: TimeRange[] = [];
  /** The close of all candles. */
  close = '1';

  constructor(settledTo?: string) {
    this.settledToMs = settledTo === undefined ? undefined : Date.parse(settledTo);
  }

  feed(): CandleFeed {
    const time = (): MarketTime => {
      const settledToMs = this.settledToMs ?? NOW_MS;
      return { firstMs: undefined, seenToMs: settledToMs, settledToMs, endMs: NOW_MS };
    };
    return new CandleFeed(this, { market: 'gate-io:BTC_USDT', interval: '1h', time });
  }

  candles(market: string, interval: string, range: TimeRange): Promise<CandlesAnswer> {
    if (interval !== '1h') throw new Error(`Asked for ${interval}`);
    this.asked.push(range);
    const candles: CandleRow[] = [];
    const toMs = Math.min(range.toMs, this.settledToMs ?? 0);
    for (let timeMs = range.fromMs; timeMs < toMs; timeMs += HOUR_MS) {
      candles.push(candleRow(new Date(timeMs).toISOString(), this.close));
    }
    return Promise.resolve({ market, interval, candles, gaps: [], next: null });
  }
}

const MORNING = '2026-11-26T09:00:00Z';

it('fills in what comes late while it is open', async () => {
  const client = new CatchingUp('2026-11-25T11:00:00Z');
  const feed = client.feed();
  await feed.open(undefined);
  expect(feed.window.candles.size).toBe(577);
  await feed.refresh();
  client.settledToMs = Date.parse(MORNING);
  await expect(feed.refresh()).resolves.toBe(true);
  expect(feed.window.candles.size).toBe(599);
  client.asked.length = 0;
  await feed.refresh();
  expect(client.asked).toEqual([
    { fromMs: Date.parse('2026-11-26T05:00:00Z'), toMs: NOW_MS + 19 * 60_000 },
  ]);
});

it('fills in what comes late before the newest candles too, and is at rest then', async () => {
  const client = new CatchingUp('2026-10-01T00:00:00Z');
  const feed = client.feed();
  await feed.open(undefined);
  expect(loaded(feed)).toEqual(['2026-09-07T06:00', '2026-10-02T06:00', 570]);
  client.settledToMs = Date.parse(MORNING);
  await feed.refresh();
  expect(loaded(feed)).toEqual(['2026-09-07T06:00', '2026-10-02T06:00', 600]);
  client.asked.length = 0;
  await feed.refresh();
  expect(client.asked).toEqual([]);
});

it('fills in a market that has its first candles', async () => {
  const client = new CatchingUp();
  const feed = client.feed();
  await feed.open(undefined);
  await feed.refresh();
  client.settledToMs = Date.parse(MORNING);
  await feed.refresh();
  expect(feed.window.candles.size).toBe(599);
});

it('asks again for days that have changed, as far as it has them', async () => {
  const client = new CatchingUp(MORNING);
  const feed = client.feed();
  await feed.open(undefined);
  const before = feed.window;
  client.close = '2';
  client.asked.length = 0;
  feed.noteChange({
    fromMs: Date.parse('2026-11-04T00:00:00Z'),
    toMs: Date.parse('2026-11-05T00:00:00Z'),
  });
  feed.noteChange({
    fromMs: Date.parse('2026-10-01T00:00:00Z'),
    toMs: Date.parse('2026-10-02T00:00:00Z'),
  });
  await feed.refresh();
  expect(client.asked[0]).toEqual({
    fromMs: Date.parse('2026-11-01T10:00:00Z'),
    toMs: Date.parse('2026-11-05T00:00:00Z'),
  });
  const { window } = feed;
  expect([window.fromSlot, window.toSlot]).toEqual([before.fromSlot, before.toSlot]);
  expect([...window.candles.values()].filter(({ close }) => close === '2')).toHaveLength(86 + 4);
  await feed.refresh();
  expect(client.asked).toHaveLength(3);
});

it('asks again later for what has changed if the API does not answer', async () => {
  const client = new CatchingUp(MORNING);
  const feed = client.feed();
  await feed.open(undefined);
  const day = {
    fromMs: Date.parse('2026-11-04T00:00:00Z'),
    toMs: Date.parse('2026-11-05T00:00:00Z'),
  };
  feed.noteChange(day);
  const answer = client.candles.bind(client);
  client.candles = () => Promise.reject(new NoAnswerError('it cannot be reached'));
  await expect(feed.refresh()).rejects.toThrow(NoAnswerError);
  client.candles = answer;
  client.asked.length = 0;
  await feed.refresh();
  expect(client.asked[0]).toEqual(day);
});

it('follows pages until it has the whole range', async () => {
  const client = new HourlyCandles(250);
  const feed = feedOf(client);
  await feed.open(undefined);
  expect(loaded(feed)[2]).toBe(600);
  expect(client.asked).toHaveLength(3);
});

it('throws an answer away if something else is shown by then', async () => {
  const feed = feedOf(new HourlyCandles());
  const opening = feed.open(undefined);
  feed.close();
  await expect(opening).resolves.toBe(false);
  expect(feed.window.candles.size).toBe(0);
});

it('loads one range at a time', async () => {
  const client = new HourlyCandles();
  const feed = feedOf(client);
  await Promise.all([feed.open(undefined), feed.open(undefined)]);
  expect(client.asked).toHaveLength(1);
});
