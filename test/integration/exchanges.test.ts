import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EXCHANGE_FACTS,
  EXCHANGE_NAMES,
  type ExchangeName,
} from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { PAIRS_FILE } from '../../lambdas/shared/adapters/pairs-file';
import { floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { marketKey } from '../../lambdas/shared/domain/market';
import { type Pipeline, startPipeline } from '../../local/emulator/start-pipeline';
import { exchangeSeed } from '../../local/exchange/candles/exchange-seed';
import { GeneratedCandles } from '../../local/exchange/candles/generated-candles';
import { Faults } from '../../local/exchange/faults';
import {
  exchangeSettings,
  keyspaceOf,
  type LocalRun,
  startLocalRun,
} from '../../local/run/local-run';
import type { TimedExchange } from '../../local/run/run-exchange';
import { openTimedExchanges } from '../../local/run/timed-exchanges';
import { minuteOf } from '../oracle/recordings';
import { DOCUMENTED_DAYS, type WrittenRows } from './support/documented-answers';
import { DocumentedExchange, writtenRows } from './support/documented-exchanges';
import { differences, expectedRows, type Rows, StoredTables } from './support/stored-rows';
import { removeVolumes, testRunOptions } from './support/test-engines';
import { until } from './support/waiting';

/**
 * The same pair of four exchanges: each answers in the form of its own API, with candles of
 * its own, and every stored row is held against them, to the last digit.
 */
const LIMIT_MS = 5 * MINUTE_MS;
const PAIR = 'ODD_USDT';
const DAY_START_MS = Date.parse('2026-03-01T00:00:00Z');
/** The first tick asks for all of the day until here; half of the next minute has gone by then. */
const FIRST_TICK_MS = DAY_START_MS + 47.5 * MINUTE_MS;

const sources = new Map(
  EXCHANGE_NAMES.map((exchange) => [
    exchange,
    new GeneratedCandles({ seed: exchangeSeed(exchange, 1), pairs: [PAIR] }),
  ]),
);
const faults = new Map(EXCHANGE_NAMES.map((exchange) => [exchange, new Faults()]));
let folder: string;
let started: LocalRun<TimedExchange> | undefined;
let nowMs = FIRST_TICK_MS;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlestream-exchanges-'));
  started = await startLocalRun({
    stage: 'dev',
    ...(await testRunOptions(folder)),
    exchanges: exchangeSettings('dev', EXCHANGE_NAMES),
    exchange: () => openTimedExchanges(EXCHANGE_NAMES.map(servedExchange), 'generated'),
    settings: () => ({
      HISTORY_START: '2026-03-01',
      pairs: Object.fromEntries(EXCHANGE_NAMES.map((name) => [name, [PAIR]])),
    }),
  });
}, LIMIT_MS);

afterAll(async () => {
  await started?.stop();
  if (started?.engines.kind === 'docker') await removeVolumes(folder);
  await rm(folder, { recursive: true, force: true });
}, LIMIT_MS);

function servedExchange(exchange: ExchangeName) {
  return {
    exchange,
    source: sourceOf(exchange),
    faults: faultsOf(exchange),
    requestsPerWindow: 1_000_000,
  };
}

function sourceOf(exchange: ExchangeName): GeneratedCandles {
  const source = sources.get(exchange);
  if (source === undefined) throw new Error(`There is no source of ${exchange}`);
  return source;
}

function faultsOf(exchange: ExchangeName): Faults {
  const own = faults.get(exchange);
  if (own === undefined) throw new Error(`There are no faults of ${exchange}`);
  return own;
}

function localRun(): LocalRun<TimedExchange> {
  if (started === undefined) throw new Error('The run has not been started');
  return started;
}

function setTime(timeMs: number): void {
  nowMs = timeMs;
  localRun().exchange.setTime(timeMs);
}

/** The rows that an exchange's closed candles make, without quote volumes if it has none. */
function expected(exchange: ExchangeName): Rows {
  const toMs = floorTo(nowMs, MINUTE_MS);
  const minutes = sourceOf(exchange)
    .candles(PAIR, DAY_START_MS, toMs)
    .map(({ openTimeMs, ...texts }) => {
      const minute = minuteOf(openTimeMs, texts);
      return EXCHANGE_FACTS[exchange].hasQuoteVolume ? minute : { ...minute, quoteVolume: null };
    });
  return expectedRows(PAIR, minutes, { fromMs: DAY_START_MS, toMs });
}

function readTables<T>(read: (tables: StoredTables) => Promise<T>): Promise<T> {
  const { engines, template } = localRun();
  return StoredTables.use(engines.cassandra.endpoint, keyspaceOf(template), read);
}

function stored(exchange: ExchangeName): Promise<Rows> {
  return readTables((tables) => tables.candles(exchange));
}

async function differencesOf(exchange: ExchangeName): Promise<string[]> {
  return differences(await stored(exchange), expected(exchange));
}

/** Ticks at a time until an exchange's rows are all there: on a busy machine a tick may fail. */
async function tickUntilStored(timeMs: number): Promise<void> {
  setTime(timeMs);
  await until(
    'the rows of every exchange are stored',
    async () => {
      await localRun().pipeline.tick(timeMs);
      await localRun().pipeline.caughtUp(LIMIT_MS);
      const all = await Promise.all(EXCHANGE_NAMES.map(differencesOf));
      return all.flat().length === 0;
    },
    LIMIT_MS,
  );
}

test(
  'answers of each exchange become rows that equal them, of one pair side by side',
  async () => {
    await tickUntilStored(FIRST_TICK_MS);
    for (let minute = 1; minute <= 3; minute++) {
      await tickUntilStored(FIRST_TICK_MS + minute * MINUTE_MS);
    }

    const [gateIo, binance] = [await stored('gate-io'), await stored('binance')];
    expect([...gateIo.values()].filter((line) => [...binance.values()].includes(line))).toEqual([]);
    for (const exchange of EXCHANGE_NAMES) expect(await differencesOf(exchange)).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'an exchange that never answers delays no other, and catches up',
  async () => {
    const others = EXCHANGE_NAMES.filter((name) => name !== 'binance');
    const binanceBefore = await stored('binance');
    setTime(nowMs + MINUTE_MS);
    faultsOf('binance').failNext('hang', { times: Infinity });
    let hasEnded = false;
    const tick = localRun()
      .pipeline.tick(nowMs)
      .finally(() => (hasEnded = true));

    await until('the other exchanges are stored', async () => {
      const all = await Promise.all(others.map(differencesOf));
      return all.flat().length === 0;
    });

    expect(hasEnded).toBe(false);
    expect(differences(await stored('binance'), binanceBefore)).toEqual([]);
    faultsOf('binance').clear();
    await tick;
    await tickUntilStored(nowMs + MINUTE_MS);
  },
  LIMIT_MS,
);

describe('answers that the exchanges document', () => {
  const documented = Object.values(DOCUMENTED_DAYS).map((day) => new DocumentedExchange(day));
  let pipeline: Pipeline | undefined;

  beforeAll(async () => {
    await localRun().pipeline.stop();
    await Promise.all(documented.map((exchange) => exchange.start()));
    const { bundleFolder } = localRun().template.functions.fetch;
    const pairs = byExchange(({ day }) => [day.answers.pair]);
    await writeFile(join(bundleFolder, PAIRS_FILE), JSON.stringify(pairs));
    pipeline = await startPipeline({
      ...localRun().pipelineOptions,
      exchanges: byExchange(({ address }) => address),
    });
  }, LIMIT_MS);

  afterAll(async () => {
    await pipeline?.stop();
    await Promise.all(documented.map((exchange) => exchange.stop()));
  }, LIMIT_MS);

  function byExchange<T>(of: (exchange: DocumentedExchange) => T) {
    return Object.fromEntries(documented.map((one) => [one.day.answers.exchange, of(one)]));
  }

  /** Fires fetch for one exchange, as each has a time of its own, until it has stored a tick. */
  async function tickOf({ day }: DocumentedExchange, timeMs: number): Promise<void> {
    const { exchange, pair } = day.answers;
    const time = new Date(timeMs).toISOString();
    await until(`the tick of ${time} is stored of ${exchange}`, async () => {
      await pipeline?.functions.fetch.invoke({ exchange, time });
      await pipeline?.caughtUp(LIMIT_MS);
      const { status } = await localRun().store.readExchangeStatus(exchange);
      return status.get(marketKey({ exchange, pair }))?.progress?.observedAtMs === timeMs;
    });
  }

  async function differencesFrom(
    { day }: DocumentedExchange,
    written: readonly WrittenRows[],
  ): Promise<string[]> {
    const { exchange, pair } = day.answers;
    const rows = await readTables((tables) => tables.market(exchange, pair));
    return differences(rows, writtenRows(written));
  }

  test.each(documented.map((exchange) => [exchange.day.answers.exchange, exchange] as const))(
    '%s: each row is stored to the last digit, without minutes that had no trade or are open',
    async (_, exchange) => {
      const { day, openTimeMs } = exchange;

      await tickOf(exchange, openTimeMs + MINUTE_MS);
      expect(await differencesFrom(exchange, day.rows)).toEqual([]);

      exchange.answerLater();
      await tickOf(exchange, openTimeMs + 4 * MINUTE_MS);
      expect(await differencesFrom(exchange, day.laterRows)).toEqual([]);
    },
    LIMIT_MS,
  );
});
