import { createReconcile } from '../../../lambdas/reconcile/reconcile-days';
import { createObservedCodec } from '../../../lambdas/shared/codec/segment-codec';
import { DAY_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { auditDay } from '../../../lambdas/shared/domain/ledger/audit';
import type { Listings } from '../../../lambdas/shared/domain/ports';
import { minuteAt } from '../../fakes/candles';
import { FakeExchange } from '../../fakes/exchange/exchange';
import { FakeLog } from '../../fakes/kafka/record-log';
import { FakeLedger } from '../../fakes/ledger/ledger-store';
import { statusOf } from '../../fakes/listings';
import { VERSION_IDS } from '../../fakes/records';
import { FakeTelemetry } from '../../fakes/telemetry';

const codec = createObservedCodec(VERSION_IDS);
const TODAY = Date.UTC(2026, 5, 15);
const NOW = TODAY + 12 * 60 * MINUTE_MS;
const FIRING_MS = 5 * MINUTE_MS;
const FIRINGS_A_DAY = DAY_MS / FIRING_MS;
const TIME_MS = 290_000;

interface Setting {
  readonly markets: number;
  /** Days of history before today. */
  readonly days: number;
  /** The time that an answer of the exchange takes, of a firing's. */
  readonly answerMs: number;
  readonly listedSince?: Listings['listedSince'];
}

/** Firings of many markets, whose time goes by with the exchange's answers and with pauses. */
class Scene {
  readonly store = new FakeLedger();
  readonly listingAsks: string[] = [];
  readonly pairs: readonly string[];
  readonly #exchange: FakeExchange;
  readonly #log = new FakeLog();
  readonly #reconcile: ReturnType<typeof createReconcile>;
  readonly #setting: Setting;
  #passedMs = 0;
  #storedCount = 0;

  constructor(setting: Setting) {
    const { markets, days, answerMs, listedSince = () => Promise.resolve(null) } = setting;
    this.#setting = setting;
    this.pairs = Array.from({ length: markets }, (_, index) => `P${index}_USDT`);
    this.#exchange = new FakeExchange(({ fromMs }) => {
      this.#passedMs += answerMs;
      return [minuteAt(fromMs)];
    });
    this.#reconcile = createReconcile(
      {
        exchange: this.#exchange,
        archive: undefined,
        listings: {
          listedSince: (pair, withinMs) => {
            this.#passedMs += answerMs;
            this.listingAsks.push(pair);
            return listedSince(pair, withinMs);
          },
        },
        store: this.store,
        observed: codec,
        log: this.#log,
        telemetry: new FakeTelemetry(),
        wait: (ms) => {
          this.#passedMs += ms;
          this.#storeSent();
          return Promise.resolve();
        },
      },
      {
        exchange: 'binance',
        shard: 0,
        shards: 1,
        pairs: this.pairs,
        historyStartMs: TODAY - days * DAY_MS,
        retentionMs: 36_500 * DAY_MS,
        mostUnderWay: 8,
      },
    );
  }

  async fire(nowMs: number): Promise<void> {
    this.#passedMs = 0;
    await this.#reconcile({ nowMs, remainingMs: () => TIME_MS - this.#passedMs });
    this.#storeSent();
  }

  /** How many days of each market are stored. */
  storedDays(): number[] {
    return this.pairs.map((pair) => {
      const market = { exchange: 'binance', pair };
      const stored = (index: number) =>
        this.store.day(market, TODAY - (index + 1) * DAY_MS).audit !== undefined;
      return Array.from({ length: this.#setting.days }, (_, index) => index).filter(stored).length;
    });
  }

  #storeSent(): void {
    const sent = this.#log.valuesOf('candles.observed');
    for (const value of sent.slice(this.#storedCount)) {
      const segment = codec.decode(value);
      const day = this.store.day(segment, segment.fromMs);
      this.store.store(auditDay(segment, { candles: {}, unreadable: [] }, day));
    }
    this.#storedCount = sent.length;
  }
}

test('no market starves behind the histories of others: all go back in time together', async () => {
  const scene = new Scene({ markets: 60, days: 6, answerMs: 2_500 });
  const stored: number[][] = [];

  for (let firing = 0; firing < 3; firing++) {
    await scene.fire(NOW + firing * FIRING_MS);
    stored.push(scene.storedDays());
  }

  for (const days of stored) expect(Math.max(...days) - Math.min(...days)).toBeLessThanOrEqual(1);
  const total = (days: readonly number[] = []) => days.reduce((sum, one) => sum + one, 0);
  expect(total(stored[0])).toBeGreaterThan(60);
  expect(total(stored[2])).toBeGreaterThan(total(stored[0]) * 2);
});

test('a new process asks for stored listings within a day, and not at once', async () => {
  const scene = new Scene({ markets: 600, days: 30, answerMs: 0 });
  for (const pair of scene.pairs) {
    const listed = { listedSinceMs: TODAY - 2 * DAY_MS };
    scene.store.status.set(`binance:${pair}`, statusOf(listed));
  }

  await scene.fire(NOW);
  expect(scene.listingAsks).toEqual([]);

  await scene.fire(NOW + FIRING_MS);
  expect(scene.listingAsks).toHaveLength(Math.ceil(600 / FIRINGS_A_DAY));

  await scene.fire(NOW + DAY_MS);
  expect(new Set(scene.listingAsks).size).toBe(600);
});

test('listings for which a firing has no time are asked for at the next one, and days meanwhile', async () => {
  const listedSince = () => Promise.resolve(TODAY - DAY_MS);
  const scene = new Scene({ markets: 100, days: 30, answerMs: 2_000, listedSince });

  await scene.fire(NOW);
  const first = scene.listingAsks.length;
  expect(first).toBeGreaterThan(60);
  expect(first).toBeLessThan(100);
  expect(Math.max(...scene.storedDays())).toBe(1);

  await scene.fire(NOW + FIRING_MS);
  expect(scene.listingAsks).toHaveLength(100);
  expect(new Set(scene.listingAsks).size).toBe(100);
});
