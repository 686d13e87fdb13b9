import type { Context } from 'aws-lambda';
import { createConnections } from '../shared/adapters/connections';
import { createExchange } from '../shared/adapters/exchanges/exchange';
import { EXCHANGE_FACTS } from '../shared/adapters/exchanges/exchange-facts';
import { createObservedCodec } from '../shared/codec/segment-codec';
import { MINUTE_MS } from '../shared/domain/interval';
import { readFetchEnvironment } from './environment';
import { createObserveTick } from './observe-tick';
import { firingTime } from '../shared/adapters/firing-time';

const environment = readFetchEnvironment(process.env);
const { exchange, settlingMs, silenceMs } = EXCHANGE_FACTS['gate-io'];
const { store, log, telemetry, invocation } = createConnections(environment, 'fetch');
const observeTick = createObserveTick(
  {
    exchange: createExchange(exchange, {
      baseUrl: environment.GATE_IO_URL,
      requestsPer10Seconds: environment.REQUESTS_PER_10_S,
      telemetry,
    }),
    store,
    observed: createObservedCodec(environment.SCHEMA_VERSION_IDS),
    log,
    telemetry,
  },
  {
    pairs: environment.PAIRS,
    exchange,
    settlingMs,
    silenceMs,
    retentionMs: environment.RETENTION_MINUTES * MINUTE_MS,
    behindMs: environment.BEHIND_MINUTES * MINUTE_MS,
    scheduleMs: environment.SCHEDULE_MINUTES * MINUTE_MS,
    silentAfterMs: environment.SILENT_AFTER_MINUTES * MINUTE_MS,
  },
);

/** Handles a tick of the schedule. */
export const handler = (event: unknown, context: Context): Promise<void> =>
  invocation(context, () =>
    observeTick({
      nowMs: firingTime(event, { nowMs: Date.now() }),
      remainingMs: () => context.getRemainingTimeInMillis(),
    }),
  );
