import type { Context } from 'aws-lambda';
import { createConnections } from '../shared/adapters/connections';
import { createExchange } from '../shared/adapters/exchanges/exchange';
import { EXCHANGE_FACTS } from '../shared/adapters/exchanges/exchange-facts';
import { AddressBan } from '../shared/adapters/exchanges/http/address-ban';
import { firingPart, onePerPart } from '../shared/adapters/firing-part';
import { firingTime } from '../shared/adapters/firing-time';
import { settingsOf, shardRequests } from '../shared/adapters/followed-exchanges';
import { createObservedCodec } from '../shared/codec/segment-codec';
import { MINUTE_MS } from '../shared/domain/interval';
import { readFetchEnvironment } from './environment';
import { createObserveTick } from './observe-tick';

const environment = readFetchEnvironment(process.env);
const { EXCHANGES: exchanges } = environment;
const { store, log, telemetry, invocation } = createConnections(environment, 'fetch');
/** The shards of an exchange have one address: what one of them is refused, no other sends. */
const bans = new Map([...exchanges.keys()].map((name) => [name, new AddressBan()]));
const observed = createObservedCodec(environment.SCHEMA_VERSION_IDS);
const observeTickOf = onePerPart((part) => {
  const { url, pairs, expectedMarkets, requestsPer10Seconds, retentionMinutes } = settingsOf(
    exchanges,
    part,
  );
  const { exchange, settlingMs, silenceMs } = EXCHANGE_FACTS[part.exchange];
  const requests = { requestsPer10Seconds: shardRequests(requestsPer10Seconds, part) };
  const asked = createExchange(exchange, {
    baseUrl: url,
    ban: bans.get(part.exchange),
    telemetry,
    ...requests,
  });
  return createObserveTick(
    {
      exchange: asked,
      listings: asked,
      store,
      observed,
      log,
      telemetry,
    },
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
