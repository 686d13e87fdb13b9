import { createExchange } from '../../../lambdas/shared/adapters/exchanges/exchange';
import {
  EXCHANGE_FACTS,
  EXCHANGE_NAMES,
  type ExchangeName,
} from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { DAY_MS } from '../../../lambdas/shared/domain/interval';
import { joinedAnswers, UnknownPairError } from '../../../lambdas/shared/domain/ports';
import { newestOf } from '../../../lambdas/shared/domain/segment';
import { exchangeSeed } from '../../../local/exchange/candles/exchange-seed';
import type { ExchangeCandle } from '../../../local/exchange/candles/exchange-candle';
import { GeneratedCandles } from '../../../local/exchange/candles/generated-candles';
import type { AnswerFault } from '../../../local/exchange/answer-fault';
import { Faults } from '../../../local/exchange/faults';
import { FakeTelemetry } from '../../fakes/telemetry';
import { asTexts, ExchangesUnderTest, MINUTE_MS } from './exchange-fixtures';

/** The local exchange answers what the adapter of each exchange asks. */
const NOW_MS = Date.UTC(2026, 4, 31, 12, 0, 30);
const OPEN_MS = NOW_MS - 30_000;
/** Long enough for several pages, and over the end of OKX's newest day. */
const FROM_MS = OPEN_MS - 2_000 * MINUTE_MS;
const LAST_HOURS_MS = OPEN_MS - 200 * MINUTE_MS;
const LISTED_MS = FROM_MS - 10 * DAY_MS;
const PAIRS = ['BTC_USDT', 'ODD_USDT'];
const WITHIN_MS = 60_000;

const SOURCES = {
  'gate-io': generated('gate-io'),
  binance: generated('binance'),
  okx: generated('okx'),
  coinbase: generated('coinbase'),
};

const exchanges = new ExchangesUnderTest();
afterEach(() => exchanges.stopAll());

function generated(name: ExchangeName): GeneratedCandles {
  return new GeneratedCandles({
    seed: exchangeSeed(name, 1),
    pairs: PAIRS,
    listedSinceMs: { BTC_USDT: LISTED_MS, ODD_USDT: LISTED_MS },
  });
}

async function prepare(name: ExchangeName) {
  const source = SOURCES[name];
  const faults = new Faults();
  const telemetry = new FakeTelemetry();
  const served = await exchanges.start({ exchange: name, source, faults, now: () => NOW_MS });
  const exchange = createExchange(name, {
    baseUrl: served.url + pathOf(name),
    requestsPer10Seconds: EXCHANGE_FACTS[name].answeredPer10Seconds / 2,
    telemetry,
    firstPauseMs: 1,
  });
  return { source, faults, telemetry, exchange };
}

function pathOf(name: ExchangeName): string {
  const { pathname } = new URL(EXCHANGE_FACTS[name].url);
  return pathname === '/' ? '' : pathname;
}

const query = (pair: string, fromMs = FROM_MS) => ({
  pair,
  fromMs,
  toMs: OPEN_MS + MINUTE_MS,
  closedBeforeMs: OPEN_MS,
  withinMs: WITHIN_MS,
});

function expected(name: ExchangeName, candles: readonly ExchangeCandle[]) {
  if (EXCHANGE_FACTS[name].hasQuoteVolume) return candles;
  return candles.map((candle) => ({ ...candle, quoteVolume: null }));
}

describe.each(EXCHANGE_NAMES)('%s', (name) => {
  it('has every closed candle with trades of several pages, to the last digit', async () => {
    const { source, telemetry, exchange } = await prepare(name);

    const { candles, rejected } = await exchange.candles(query('BTC_USDT'));

    const truth = source.candles('BTC_USDT', FROM_MS, OPEN_MS);
    expect(truth.length).toBeLessThan(2_000);
    expect(candles.map(asTexts)).toEqual(expected(name, truth));
    expect(rejected).toEqual([]);
    // Whoever has no trade in the last minute of a page is asked for it again.
    expect(new Set([...telemetry.metrics(), 'RangesAskedAgain'])).toEqual(
      new Set(['RangesAskedAgain']),
    );
  });

  it.each([
    'rate-limited',
    'server-error',
    'html',
    'null',
    'malformed-json',
  ] as const satisfies AnswerFault[])('is asked again after the fault %s', async (fault) => {
    const { source, faults, exchange } = await prepare(name);
    faults.failNext(fault);

    const { candles } = await exchange.candles(query('ODD_USDT', LAST_HOURS_MS));

    const truth = source.candles('ODD_USDT', LAST_HOURS_MS, OPEN_MS);
    expect(candles.map(asTexts)).toEqual(expected(name, truth));
    expect(faults.pendingAnswers()).toBe(0);
  });

  it.each(['cut', 'empty', 'stale'] as const satisfies AnswerFault[])(
    'loses no minute to the fault %s that the next ask does not bring',
    async (fault) => {
      const { source, faults, exchange } = await prepare(name);
      faults.failNext(fault);

      const first = await exchange.candles(query('BTC_USDT'));
      const nextMs = newestOf(first.candles) ?? FROM_MS;
      const next = await exchange.candles(query('BTC_USDT', nextMs));

      const truth = source.candles('BTC_USDT', FROM_MS, OPEN_MS);
      const { candles, rejected } = joinedAnswers([first, next]);
      expect(candles.map(asTexts)).toEqual(expected(name, truth));
      expect(rejected).toEqual([]);
      expect(faults.pendingAnswers()).toBe(0);
    },
  );

  it('costs each minute its candle to have the fault wrong-row-shape', async () => {
    const { source, faults, exchange } = await prepare(name);
    faults.failNext('wrong-row-shape');

    const { candles, rejected } = await exchange.candles(query('ODD_USDT', LAST_HOURS_MS));

    const truth = source.candles('ODD_USDT', LAST_HOURS_MS, OPEN_MS);
    const times = new Set(rejected.map(({ openTimeMs }) => openTimeMs));
    expect(candles).toEqual([]);
    expect(truth.filter(({ openTimeMs }) => !times.has(openTimeMs))).toEqual([]);
  });

  it('lists its pairs, and does not know others', async () => {
    const { exchange } = await prepare(name);

    await expect(exchange.pairs(WITHIN_MS)).resolves.toEqual(
      PAIRS.map((pair) => ({ pair, isTrading: true })),
    );
    await expect(exchange.candles(query('NO_SUCH'))).rejects.toThrow(UnknownPairError);
    await expect(exchange.listedSince('NO_SUCH', WITHIN_MS)).rejects.toThrow(UnknownPairError);
  });

  it('says since when it has a pair, if it says so at all', async () => {
    const { source, exchange } = await prepare(name);

    const [first] = source.candles('BTC_USDT', LISTED_MS, LISTED_MS + DAY_MS);
    const told = {
      'gate-io': LISTED_MS,
      binance: first?.openTimeMs,
      okx: LISTED_MS,
      coinbase: null,
    };
    await expect(exchange.listedSince('BTC_USDT', WITHIN_MS)).resolves.toBe(told[name]);
  });
});
