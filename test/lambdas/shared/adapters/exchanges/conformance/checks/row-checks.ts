import { MINUTE_MS } from '../../../../../../../lambdas/shared/domain/interval';
import { at } from '../../../../../../fakes/candles';
import { fakeDate } from '../../../../../../fakes/fake-date';
import { fakeTime, timePassing } from '../../scripted-server';
import { isFor, type ServedMinute } from '../answers/exchange-answers';
import {
  prepare,
  queryOf,
  quietMinute,
  servedMinute,
  type Subject,
  textsOf,
  textsOfServed,
  timesOf,
} from '../subject';

/** A documented row is read value by value: each from its own place. */
export async function readsTheDocumentedRow(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const { answer, minute } = answers.documented;
  const { openTimeMs = 0 } = minute;
  server.script = () => ({ body: answer });
  const { exchange, telemetry } = prepare(subject);

  const query = queryOf(answers, openTimeMs, openTimeMs + MINUTE_MS);
  const { candles } = await exchange.candles(query);

  expect(candles.map(textsOf)).toEqual([textsOfServed(answers, minute)]);
  expect(candles[0]?.minuteCount).toBe(1);
  expect(server.seen.map((request) => isFor(answers.symbol, request))).toEqual([true]);
  const wrong = telemetry.metrics().filter((metric) => metric !== 'ImplausibleVolumes');
  expect(wrong).toEqual([]);
}

/** Every digit is kept: 25 of them, zeros at the end, and those behind an exponent. */
export async function keepsDigits(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const long = servedMinute(at(12), {
    open: '0.1000000000000000000000001',
    high: '0.90000000',
    low: '0.000000012345678901234567',
    close: '0.2222222222222222222222222',
    base: '1234567890123456.123456789',
    quote: '98765432109876543.21098765',
  });
  const short = servedMinute(at(12, 1), { low: '9.02E1', base: '1.5e-7' });
  server.script = () => ({ body: answers.rowsAnswer([long, short].map(answers.row)) });
  const { exchange } = prepare(subject);

  const { candles } = await exchange.candles(queryOf(answers, at(12), at(12, 2)));

  expect(candles.map(textsOf)).toEqual(
    [long, { ...short, low: '90.2', base: '0.00000015' }].map((minute) =>
      textsOfServed(answers, minute),
    ),
  );
}

/** A JSON number has lost digits by the time it is read: it is refused, and costs its minute. */
export async function refusesNumbers(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const [first, second] = [servedMinute(at(12)), servedMinute(at(12, 1))];
  const rows = [answers.row(first), answers.rowOfNumbers(second)];
  server.script = () => ({ body: answers.rowsAnswer(rows) });
  const { exchange, telemetry } = prepare(subject);

  const { candles, rejected } = await exchange.candles(queryOf(answers, at(12), at(12, 2)));

  expect(timesOf(candles)).toEqual([at(12)]);
  expect(timesOf(rejected)).toEqual([at(12, 1)]);
  expect(telemetry.counted('RejectedShapes')).toBe(1);
}

/** A minute without a trade is no candle, and nothing is wrong with its row, even if that has no prices. */
export async function leavesQuietMinutesOut(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const nothing = { open: '0', high: '0.00', low: '0', close: '0' };
  const quiet = [quietMinute(at(12, 1)), { ...quietMinute(at(12, 2)), ...nothing }];
  const minutes = [servedMinute(at(12)), ...quiet, servedMinute(at(12, 3))];
  server.script = () => ({ body: answers.rowsAnswer(minutes.map(answers.row)) });
  const { exchange, telemetry } = prepare(subject);

  const { candles, rejected } = await exchange.candles(queryOf(answers, at(12), at(12, 4)));

  expect(timesOf(candles)).toEqual([at(12), at(12, 3)]);
  expect(rejected).toEqual([]);
  expect(telemetry.metrics()).toEqual([]);
}

/** A row with trades and no volume is wrong, and not quiet: where rows say how many trades there were. */
export async function refusesTradesWithoutVolume(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const odd = { ...quietMinute(at(12, 1)), tradeCount: 3 };
  const rows = [servedMinute(at(12)), odd].map(answers.row);
  server.script = () => ({ body: answers.rowsAnswer(rows) });
  const { exchange } = prepare(subject);

  const { candles, rejected } = await exchange.candles(queryOf(answers, at(12), at(12, 2)));

  expect(timesOf(candles)).toEqual([at(12)]);
  expect(timesOf(rejected)).toEqual(answers.hasTradeCount ? [at(12, 1)] : []);
}

/** Two rows of one minute with different values cost it: neither is believed, in either order. */
export async function refusesContradictoryRows(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  const [one, other] = [servedMinute(at(12, 1)), servedMinute(at(12, 1), { close: '111.5' })];
  for (const both of [
    [one, other],
    [other, one],
    [one, quietMinute(at(12, 1))],
    [one, other, one],
  ]) {
    const rows = [servedMinute(at(12)), ...both].map(answers.row);
    server.script = () => ({ body: answers.rowsAnswer(rows) });
    const { exchange, telemetry } = prepare(subject);

    const { candles, rejected } = await exchange.candles(queryOf(answers, at(12), at(12, 2)));

    expect(timesOf(candles)).toEqual([at(12)]);
    expect(timesOf(rejected)).toEqual([at(12, 1)]);
    expect(rejected[0]?.reason).toContain('twice, with different values');
    expect(telemetry.counted('RejectedPrices')).toBeGreaterThan(0);
  }
}

/** Asks for two minutes, of which the second, 12:04, is over at 12:05. */
async function twoMinutes(
  subject: Subject,
  second: Partial<ServedMinute>,
  date: string,
): Promise<number[]> {
  const { answers, server } = subject;
  const minutes = [servedMinute(at(12, 3)), servedMinute(at(12, 4), second)];
  const body = answers.rowsAnswer(minutes.map(answers.row));
  server.script = () => ({ headers: { date }, body });
  const { exchange } = prepare(subject);
  const { candles } = await exchange.candles(queryOf(answers, at(12, 3), at(12, 5)));
  return timesOf(candles);
}

function dateText(timeMs: number): string {
  return new Date(timeMs).toUTCString();
}

/**
 * The candle of a minute that is not over never comes out: not if this machine's clock is two
 * seconds fast, and not if the minute ends while the answer is on its way.
 */
export async function leavesTheOpenCandleOut(subject: Subject): Promise<void> {
  const open = { isClosed: false };
  expect(await twoMinutes(subject, open, dateText(at(12, 5) - 1_000))).toEqual([at(12, 3)]);
  expect(await twoMinutes(subject, open, dateText(at(12, 5)))).toEqual([at(12, 3)]);

  fakeDate();
  jest.setSystemTime(at(12, 5) + 1_900);
  try {
    expect(await twoMinutes(subject, open, '')).toEqual([at(12, 3)]);
    expect(await twoMinutes(subject, open, dateText(at(12, 5) - 1_000))).toEqual([at(12, 3)]);
  } finally {
    jest.useRealTimers();
  }
}

/** A date that is ahead of this machine's clock closes no candle. */
export async function believesNoDateAhead(subject: Subject): Promise<void> {
  fakeDate();
  jest.setSystemTime(at(12, 4) + 50_000);
  try {
    const times = await twoMinutes(subject, { isClosed: false }, dateText(at(13, 5)));
    expect(times).toEqual([at(12, 3)]);
  } finally {
    jest.useRealTimers();
  }
}

/** The candle of a minute that is over comes out at once: to a tick of the full minute, too. */
export async function givesTheClosedCandle(subject: Subject): Promise<void> {
  fakeDate();
  jest.setSystemTime(at(12, 6));
  try {
    const times = await twoMinutes(subject, { isClosed: true }, dateText(at(12, 6)));
    expect(times).toEqual([at(12, 3), at(12, 4)]);
  } finally {
    jest.useRealTimers();
  }
  await comesOutToATickOfTheFullMinute(subject);
}

async function comesOutToATickOfTheFullMinute(subject: Subject): Promise<void> {
  const { answers, server } = subject;
  fakeTime();
  jest.setSystemTime(at(12, 5) + 20);
  try {
    const minutes = [servedMinute(at(12, 3)), servedMinute(at(12, 4))];
    const body = answers.rowsAnswer(minutes.map(answers.row));
    server.script = () => ({ headers: { date: dateText(Date.now()) }, body });
    const { exchange } = prepare(subject);
    const asked = exchange.candles(queryOf(answers, at(12, 3), at(12, 5)));
    expect(timesOf((await timePassing(asked)).candles)).toEqual([at(12, 3), at(12, 4)]);
    // By the whole seconds of a date a minute is over a second after its end.
    const askedMs = (server.seen.at(-1)?.atMs ?? 0) - at(12, 5);
    expect(askedMs).toBeGreaterThanOrEqual(answers.hasClosedFlag ? 0 : 1_000);
    expect(askedMs).toBeLessThan(answers.hasClosedFlag ? 1_000 : 3_000);
  } finally {
    jest.useRealTimers();
  }
}
