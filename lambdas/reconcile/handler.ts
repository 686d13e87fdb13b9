import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { createConnections } from '../shared/adapters/connections';
import { createArchive } from '../shared/adapters/exchanges/archive';
import { createExchange } from '../shared/adapters/exchanges/exchange';
import { createObservedCodec } from '../shared/codec/segment-codec';
import { MINUTE_MS } from '../shared/domain/interval';
import { firingTime } from '../shared/adapters/firing-time';
import { readReconcileEnvironment } from './environment';
import { createReconcile } from './reconcile-days';

const environment = readReconcileEnvironment(process.env);
const { store, log, telemetry, invocation } = createConnections(environment, 'reconcile');
const gateIo = createExchange('gate-io', {
  baseUrl: environment.GATE_IO_URL,
  requestsPer10Seconds: environment.REQUESTS_PER_10_S,
  telemetry,
});
const reconcile = createReconcile(
  {
    exchange: gateIo,
    listings: gateIo,
    archive: createArchive('gate-io', { baseUrl: environment.GATE_IO_ARCHIVE_URL, telemetry }),
    store,
    observed: createObservedCodec(environment.SCHEMA_VERSION_IDS),
    log,
    telemetry,
    wait,
  },
  {
    pairs: environment.PAIRS,
    exchange: 'gate-io',
    historyStartMs: environment.HISTORY_START,
    retentionMs: environment.RETENTION_MINUTES * MINUTE_MS,
  },
);

/** Handles a firing of the schedule. */
export const handler = (event: unknown, context: Context): Promise<void> =>
  invocation(context, () =>
    reconcile({
      nowMs: firingTime(event, {
        nowMs: Date.now(),
        mostAheadMinutes: environment.FIRINGS_AHEAD_MINUTES,
      }),
      remainingMs: () => context.getRemainingTimeInMillis(),
    }),
  );
