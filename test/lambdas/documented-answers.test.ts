import { createObserveTick } from '../../lambdas/fetch/observe-tick';
import { createStoreBatch } from '../../lambdas/persist/store-batch';
import { createExchange } from '../../lambdas/shared/adapters/exchanges/exchange';
import {
  EXCHANGE_FACTS,
  settlingMsOf,
} from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { KafkaRecord } from '../../lambdas/shared/codec/kafka-event';
import { createObservedCodec, createRolledCodec } from '../../lambdas/shared/codec/segment-codec';
import {
  DAY_MS,
  floorTo,
  INTERVALS,
  intervalMs,
  MINUTE_MS,
} from '../../lambdas/shared/domain/interval';
import type { Progress } from '../../lambdas/shared/domain/progress/progress';
import { createRollUpBatch } from '../../lambdas/transform/roll-up-batch';
import { FakeDeadLetters } from '../fakes/kafka/dead-letters';
import { FakeLog } from '../fakes/kafka/record-log';
import { FakeListings, statusOf } from '../fakes/listings';
import { recordOf, VERSION_IDS } from '../fakes/records';
import { FakeStore } from '../fakes/segment-store';
import { FakeTelemetry } from '../fakes/telemetry';
import {
  quietMinute,
  servedMinute,
  textsOf,
  textsOfServed,
} from './shared/adapters/exchanges/conformance/subject';
import type { ExchangeAnswers } from './shared/adapters/exchanges/conformance/answers/exchange-answers';
import { EXCHANGES } from './shared/adapters/exchanges/conformance/exchanges';
import { ScriptedServer } from './shared/adapters/exchanges/scripted-server';

/**
 * The answers of each exchange as it documents them, through the three functions and the bytes
 * between them: what is handed to the store equals them.
 */
const observed = createObservedCodec(VERSION_IDS);
const rolled = createRolledCodec(VERSION_IDS);

const server = new ScriptedServer();
beforeAll(() => server.start());
beforeEach(() => server.reset());
afterAll(() => server.stop());

/** A market that is stored up to a time. */
function storedTo(timeMs: number): Progress {
  return {
    liveSinceMs: floorTo(timeMs, DAY_MS),
    settledToMs: timeMs,
    seenToMs: timeMs,
    newestMs: timeMs - MINUTE_MS,
    observedAtMs: timeMs,
  };
}

function recordsOf(log: FakeLog, topic: string): KafkaRecord[] {
  return log.valuesOf(topic).map((value, offset) => recordOf(value, { topic, offset }));
}

/** The store after a tick that asks for `[fromMs, toMs)` of the exchange's pair. */
async function storedOf({ exchange, pair }: ExchangeAnswers, fromMs: number, toMs: number) {
  const key = `${exchange}:${pair}`;
  const [log, telemetry, deadLetters] = [new FakeLog(), new FakeTelemetry(), new FakeDeadLetters()];
  const store = new FakeStore();
  store.progress.set(key, storedTo(fromMs));
  const asked = createExchange(exchange, {
    baseUrl: server.url,
    telemetry,
    requestsPer10Seconds: 1_000,
  });
  const observeTick = createObserveTick(
    {
      exchange: asked,
      listings: asked,
      store: new FakeListings({ [key]: statusOf({ progress: storedTo(fromMs) }) }),
      observed,
      log,
      telemetry,
    },
    {
      ...EXCHANGE_FACTS[exchange],
      pairs: [pair],
      shard: 0,
      shards: 1,
      scheduleMs: MINUTE_MS,
      retentionMs: 7 * DAY_MS,
      behindMs: DAY_MS,
      silentAfterMs: DAY_MS,
    },
  );
  const batches = { batchFailures: 'throw', deadLetters, telemetry } as const;
  const rollUpBatch = createRollUpBatch({
    ...batches,
    observed,
    rolled,
    stored: store,
    log,
    openWindowsEveryMs: MINUTE_MS,
    settlingMsOf,
  });
  const storeBatch = createStoreBatch({ ...batches, rolled, store });

  await observeTick({ nowMs: toMs, remainingMs: () => 60_000 });
  await rollUpBatch(recordsOf(log, 'candles.observed'));
  await storeBatch(recordsOf(log, 'candles.rolled'));

  expect(deadLetters.letters).toEqual([]);
  return store;
}

describe.each(EXCHANGES)('$exchange', (answers) => {
  test('the documented row becomes a row of each interval that equals it', async () => {
    const { answer, minute } = answers.documented;
    const { openTimeMs = NaN } = minute;
    server.script = () => ({ body: answer });

    const { segments } = await storedOf(answers, openTimeMs, openTimeMs + MINUTE_MS);

    expect(segments).toHaveLength(1);
    expect(segments[0]).toMatchObject({ exchange: answers.exchange, pair: answers.pair });
    const row = textsOfServed(answers, minute);
    for (const interval of INTERVALS) {
      const windowMs = floorTo(openTimeMs, intervalMs(interval));
      const rows = segments[0]?.candles[interval]?.map(textsOf);
      expect([interval, rows]).toEqual([interval, [{ ...row, openTimeMs: windowMs }]]);
    }
  });

  test('an hour of minutes becomes rows that equal them, without those of no trade', async () => {
    const startMs = Date.UTC(2026, 0, 15, 12);
    const endMs = startMs + 60 * MINUTE_MS;
    const minutes = Array.from({ length: 60 }, (_, index) => startMs + index * MINUTE_MS).map(
      (openTimeMs, index) => (index === 10 ? quietMinute(openTimeMs) : servedMinute(openTimeMs)),
    );
    server.script = (request) => answers.serve(request, minutes, endMs);

    const { segments, gaps, progress } = await storedOf(answers, startMs, endMs);

    const traded = minutes.filter((_, index) => index !== 10);
    const rows = segments.flatMap(({ candles }) => candles['1m'] ?? []).map(textsOf);
    expect(rows).toEqual(traded.map((minute) => textsOfServed(answers, minute)));
    const hours = segments.flatMap(({ candles }) => candles['1h'] ?? []).map(textsOf);
    // 59 times 17.0779 and 1850.12345678, as servedMinute has them.
    const quote = answers.hasQuoteVolume ? '109157.28395002' : null;
    expect(hours).toMatchObject([{ openTimeMs: startMs, base: '1007.59610000', quote }]);
    expect(gaps).toEqual([]);
    expect([...progress.values()]).toMatchObject([{ seenToMs: endMs }]);
  });
});
