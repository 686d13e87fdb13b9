import { settlingMsOf } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { NO_LISTING } from '../no-listing';
import { types } from 'cassandra-driver';
import { createObserveTick, type ObserveTickSettings } from '../../../lambdas/fetch/observe-tick';
import { createReconcile } from '../../../lambdas/reconcile/reconcile-days';
import { createStoreBatch } from '../../../lambdas/persist/store-batch';
import { createCandleStore } from '../../../lambdas/shared/adapters/database/candle-store';
import { createDeadLetters } from '../../../lambdas/shared/codec/dead-letters';
import type { KafkaRecord } from '../../../lambdas/shared/codec/kafka-event';
import type { Candle } from '../../../lambdas/shared/domain/candle';
import { isPattern } from '../../../lambdas/shared/domain/followed/pair-patterns';
import { DAY_MS, floorTo, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import type {
  Archive,
  ArchivedDay,
  CandlesQuery,
  Exchange,
  ExchangeAnswer,
  Listings,
  RecordLog,
  Telemetry,
} from '../../../lambdas/shared/domain/ports';
import type { Gap } from '../../../lambdas/shared/domain/progress/gaps';
import { TOPICS } from '../../../lambdas/shared/domain/topics';
import { createRollUpBatch } from '../../../lambdas/transform/roll-up-batch';
import { DAY } from '../../fakes/candles';
import { NO_BAN } from '../../fakes/exchange/no-ban';
import { candleDifferences } from '../../oracle/simulated-truth';
import type { Breakage, BreakageWorld, BrokenPorts, Ports } from '../broken-ports';
import { CODECS, EXCHANGE } from '../stage';
import type { Calls, Life } from '../world/calls';
import { createMemoryCassandra, type ReadRow } from '../world/memory-cassandra';
import { createRandom } from '../world/random';

/** An answer of the exchange, made from the honest one. */
export type Answer = (honest: ExchangeAnswer, query: CandlesQuery) => ExchangeAnswer;

/** Settings that a scenario may need. */
export interface ScriptedSettings {
  /** The pair that is followed. @default BTC_USDT */
  readonly pair?: string;
  /** The pattern that names the markets, if they are not followed by name; a listing then says which there are. */
  readonly pattern?: string;
  /** Start of the first UTC day that is wanted. @default the day of the first tick */
  readonly historyStartMs?: number;
  /** How far back the exchange serves minutes. @default 20 days */
  readonly retentionMs?: number;
  /** The time from one tick to the next. @default a minute */
  readonly scheduleMs?: number;
}

/** All records of a topic, and how many of them were taken. */
interface Topic {
  readonly records: KafkaRecord[];
  next: number;
}

const LIFE: Life = { name: 'scripted', ended: false };
const SILENT: Telemetry = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  count: () => undefined,
};

/** Every call succeeds at once. */
const CALLS: Calls = {
  ask: (_life, _what, answer) => Promise.resolve(answer()),
  change: (_life, _what, parts) => {
    for (const part of parts) part();
    return Promise.resolve();
  },
  isCalm: () => true,
  bounded: (delayMs) => delayMs,
};

/**
 * The functions over tables and topics in memory, each step of which a
 * test decides: for rules whose lack shows once in a thousand random runs.
 */
export class ScriptedWorld {
  /** All that the exchange says, by open time. */
  readonly minutes = new Map<number, Candle>();
  /** The length of all segments that were asked for. */
  minutesAskedFor = 0;
  readonly #settings: ObserveTickSettings;
  readonly #breakage: Breakage;
  readonly #world: BreakageWorld;
  readonly #cassandra = createMemoryCassandra(CALLS, () => this.#nowMs);
  readonly #topics = new Map<string, Topic>();
  #answer: Answer | undefined;
  #listed: readonly string[] | undefined;
  #nowMs = 0;
  #liveSinceMs = Number.NaN;
  #observeTick: ReturnType<typeof createObserveTick>;
  #reconcile: ReturnType<typeof createReconcile>;
  readonly #pair: string;
  readonly #historyStartMs: number | undefined;

  constructor(
    breakage: Breakage = {},
    {
      pair = 'BTC_USDT',
      pattern = pair,
      historyStartMs,
      retentionMs = 20 * DAY_MS,
      scheduleMs = MINUTE_MS,
    }: ScriptedSettings = {},
  ) {
    this.#pair = pair;
    this.#historyStartMs = historyStartMs;
    this.#breakage = breakage;
    this.#world = {
      random: createRandom(1),
      nowMs: () => this.#nowMs,
      answered: new Map(),
      compared: new Map(),
    };
    const settings = {
      exchange: EXCHANGE,
      shard: 0,
      shards: 1,
      pairs: [pattern],
      retentionMs,
      scheduleMs,
      settlingMs: 2 * MINUTE_MS,
      silenceMs: 60 * MINUTE_MS,
      behindMs: 5 * MINUTE_MS,
      silentAfterMs: DAY_MS,
    };
    this.#settings = breakage.settings?.(settings) ?? settings;
    this.#observeTick = this.#newProcess();
    this.#reconcile = this.#newReconcile();
  }

  /** The answers from now on; without an argument they are honest. */
  answer(answer?: Answer): void {
    this.#answer = answer;
  }

  /** The pairs that the exchange lists from now on; undefined if it gives no listing. */
  list(pairs: readonly string[] | undefined): void {
    this.#listed = pairs;
  }

  /** If the pair that is compared has ended. */
  hasEnded(): boolean {
    const row = this.#cassandra.rowsOf('progress').find((one) => one.get('pair') === this.#pair);
    return (row?.get('ended_at') ?? null) !== null;
  }

  /** The next tick finds a process that remembers nothing. */
  replaceProcess(): void {
    this.#observeTick = this.#newProcess();
  }

  /** A tick, whose records then wait in `candles.observed`. */
  async tick(nowMs: number): Promise<void> {
    this.#nowMs = nowMs;
    if (Number.isNaN(this.#liveSinceMs)) this.#liveSinceMs = floorTo(nowMs, DAY_MS);
    await this.#observeTick({ nowMs, remainingMs: () => 60_000 });
  }

  /** Transform takes all that waits, or the first `count` records. */
  async transform(count = Infinity): Promise<void> {
    await this.#rollUpBatch()(this.#taken(TOPICS.observed, count));
  }

  /** Persist takes all that waits, or the first `count` records. */
  async persist(count = Infinity): Promise<void> {
    await this.#storeBatch()(this.#taken(TOPICS.rolled, count));
  }

  /** A tick, and all that follows from it. */
  async wholeTick(nowMs: number): Promise<void> {
    await this.tick(nowMs);
    await this.transform();
    await this.persist();
  }

  /** A firing of reconcile, whose records then wait in `candles.observed`. */
  async reconcile(nowMs: number): Promise<void> {
    this.#nowMs = nowMs;
    await this.#reconcile({ nowMs, remainingMs: () => 300_000 });
  }

  /** A firing of reconcile, and all that follows from it. */
  async wholeFiring(nowMs: number): Promise<void> {
    await this.reconcile(nowMs);
    await this.transform();
    await this.persist();
  }

  /** How many records were appended to `candles.observed` so far. */
  observed(): number {
    return this.#topic(TOPICS.observed).records.length;
  }

  /** Transform, or persist, is given its last records again. */
  giveAgain(topic: 'observed' | 'rolled', count: number): void {
    const { next } = this.#topic(TOPICS[topic]);
    this.#topic(TOPICS[topic]).next = next - count;
  }

  /** Takes what waits for persist away; its rows land once the returned function is called. */
  holdBack(): () => Promise<void> {
    const records = this.#taken(TOPICS.rolled, Infinity);
    return async () => {
      await this.#storeBatch()(records);
    };
  }

  /** The row of a day in the ledger. */
  day(dayMs: number): ReadRow | undefined {
    const name = new Date(dayMs).toISOString().slice(0, 10);
    return this.#cassandra.rowsOf('days').find((row) => row.get('day') === name);
  }

  /** How many one-minute candles are stored. */
  minutesStored(): number {
    return this.#cassandra.rowsOf('candles').filter((row) => row.get('interval') === '1m').length;
  }

  /** The stored gaps, with their reasons. */
  gaps(): Gap[] {
    const timeMs = (row: ReadRow, column: string): number => (row.get(column) as Date).getTime();
    return this.#cassandra.rowsOf('gaps').map((row) => ({
      fromMs: timeMs(row, 'from_time'),
      toMs: timeMs(row, 'to_time'),
      reason: String(row.get('reason')),
    }));
  }

  /** Stored candles that differ from what the exchange says now, after a last tick; in words. */
  differences(lastTickMs: number): string[] {
    const minutes = [...this.minutes.values()].sort((a, b) => a.openTimeMs - b.openTimeMs);
    return candleDifferences(this.#cassandra, {
      pair: this.#pair,
      minutes: minutes.filter(({ openTimeMs }) => openTimeMs + MINUTE_MS <= lastTickMs),
      rejected: [],
      liveSinceMs: this.#liveSinceMs,
      lastTickMs,
      tickBeforeMs: lastTickMs,
      retentionMs: this.#settings.retentionMs,
      openWindowsEveryMs: MINUTE_MS,
      settledTimes: new Set(),
      isBeyondReach: false,
    });
  }

  /** A column of a stored candle; a decimal as text. */
  stored(interval: string, openTimeMs: number, column: string): unknown {
    const value = this.#cassandra
      .rowsOf('candles')
      .find(
        (row) =>
          row.get('interval') === interval &&
          (row.get('open_time') as Date).getTime() === openTimeMs,
      )
      ?.get(column);
    return value instanceof types.BigDecimal ? value.toString() : value;
  }

  /** How many rows of candles were written. */
  rowsWritten(): number {
    return this.#cassandra.candlesWritten();
  }

  #newProcess() {
    return createObserveTick(
      {
        exchange: this.#broken('exchange', this.#exchange()),
        listings: this.#settings.pairs.some(isPattern) ? this.#listings() : NO_LISTING,
        store: this.#broken('listing', this.#store()),
        observed: this.#broken('observed', CODECS.observed),
        log: this.#log(),
        telemetry: SILENT,
      },
      this.#settings,
    );
  }

  #listings(): Pick<Listings, 'pairs'> {
    return {
      pairs: () =>
        this.#listed === undefined
          ? Promise.reject(new Error('HTTP 500'))
          : Promise.resolve(this.#listed.map((pair) => ({ pair, isTrading: true }))),
    };
  }

  #newReconcile() {
    return createReconcile(
      {
        exchange: this.#exchange(),
        archive: this.#archive(),
        listings: { listedSince: () => Promise.resolve(null) },
        store: this.#broken('ledger', this.#store()),
        observed: this.#broken('observed', CODECS.observed),
        log: this.#log(),
        telemetry: SILENT,
        wait: () => Promise.resolve(),
      },
      { ...this.#settings, historyStartMs: this.#historyStartMs ?? DAY },
    );
  }

  /** Has all minutes at once, without quote volumes. */
  #archive(): Archive {
    const dayOf = (dayMs: number): ArchivedDay => {
      const candles = this.#minutesIn(dayMs, dayMs + DAY_MS);
      const archived = candles.map((candle) => ({ ...candle, quoteVolume: null }));
      return { dayMs, answer: { candles: archived, rejected: [] } };
    };
    return {
      async *days({ daysMs }) {
        await Promise.resolve();
        yield* daysMs.map(dayOf);
      },
    };
  }

  #minutesIn(fromMs: number, toMs: number): Candle[] {
    return [...this.minutes.values()]
      .filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs)
      .sort((a, b) => a.openTimeMs - b.openTimeMs);
  }

  #rollUpBatch() {
    return createRollUpBatch({
      observed: this.#broken('observed', CODECS.observed),
      rolled: this.#broken('rolled', CODECS.rolled),
      stored: this.#broken('stored', this.#store()),
      log: this.#log(),
      openWindowsEveryMs: MINUTE_MS,
      settlingMsOf,
      batchFailures: 'throw',
      deadLetters: createDeadLetters(CODECS.deadLetter, this.#log(), SILENT),
      telemetry: SILENT,
    });
  }

  #storeBatch() {
    const storeBatch = createStoreBatch({
      rolled: this.#broken('rolled', CODECS.rolled),
      store: this.#broken('store', this.#store()),
      batchFailures: 'throw',
      deadLetters: createDeadLetters(CODECS.deadLetter, this.#log(), SILENT),
      telemetry: SILENT,
    });
    return this.#broken('storeBatch', storeBatch);
  }

  #store() {
    return createCandleStore(this.#broken('session', this.#cassandra.session(LIFE)));
  }

  #exchange(): Exchange {
    return {
      ...NO_BAN,
      takeHeadroom: () => undefined,
      candles: (query) => {
        this.minutesAskedFor += (query.toMs - query.fromMs) / MINUTE_MS;
        const honest = { candles: this.#minutesIn(query.fromMs, query.toMs), rejected: [] };
        return Promise.resolve(this.#answer?.(honest, query) ?? honest);
      },
    };
  }

  #log(): RecordLog {
    return {
      append: (topic, records) => {
        if (topic === TOPICS.deadLetter) throw new Error('A record became a dead letter');
        const all = this.#topic(topic).records;
        for (const { key, value } of records) {
          const offset = all.length;
          const bytes = Buffer.from(value);
          all.push({ topic, partition: 0, offset, timestampMs: 0, key, value: bytes });
        }
        return Promise.resolve();
      },
    };
  }

  #taken(topic: string, count: number): KafkaRecord[] {
    const taken = this.#topic(topic);
    const records = taken.records.slice(taken.next, taken.next + count);
    taken.next += records.length;
    return records;
  }

  #topic(name: string): Topic {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const created = { records: [], next: 0 };
    this.#topics.set(name, created);
    return created;
  }

  #broken<Port extends keyof Ports>(name: Port, port: Ports[Port]): Ports[Port] {
    const ports: BrokenPorts = this.#breakage;
    return ports[name]?.(port, this.#world) ?? port;
  }
}
