import type { Context } from 'aws-lambda';
import { createConnections } from '../shared/adapters/connections';
import { EXCHANGE_FACTS } from '../shared/adapters/exchanges/exchange-facts';
import { firingPart, onePerPart } from '../shared/adapters/firing-part';
import { firingTime } from '../shared/adapters/firing-time';
import { followedExchanges, settingsOf } from '../shared/adapters/followed-exchanges';
import { createPartExchanges } from '../shared/adapters/part-exchange';
import { createObservedCodec } from '../shared/codec/segment-codec';
import { MINUTE_MS } from '../shared/domain/interval';
import { readFetchEnvironment } from './environment';
import { createObserveTick } from './observe-tick';

const environment = readFetchEnvironment(process.env);
const exchanges = followedExchanges(environment.EXCHANGES, __dirname);
const { store, log, telemetry, invocation } = createConnections(environment, 'fetch');
const exchangeOf = createPartExchanges(exchanges, telemetry);
const observed = createObservedCodec(environment.SCHEMA_VERSION_IDS);
const observeTickOf = onePerPart((part) => {
  const { pairs, expectedMarkets, retentionMinutes } = settingsOf(exchanges, part);
  const { settlingMs, silenceMs } = EXCHANGE_FACTS[part.exchange];
  const exchange = exchangeOf(part);
  return createObserveTick(
    { exchange, listings: exchange, store, observed, log, telemetry },
    {
      ...part,
      pairs,
      expectedMarkets,
      settlingMs,
      silenceMs,
      retentionMs: retentionMinutes * MINUTE_MS,
      behindMs: environment.BEHIND_MINUTES * MINUTE_MS,
      scheduleMs: environment.SCHEDULE_MINUTES * MINUTE_MS,
      silentAfterMs: environment.SILENT_AFTER_MINUTES * MINUTE_MS,
    },
  );
});

/** Handles a tick of the schedule: of one exchange, or of a shard of its markets. */
export const handler = (event: unknown, context: Context): Promise<void> =>
  invocation(context, () =>
    observeTickOf(firingPart(event, [...exchanges.keys()]))({
      nowMs: firingTime(event, { nowMs: Date.now() }),
      remainingMs: () => context.getRemainingTimeInMillis(),
    }),
  );
