import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { createConnections } from '../shared/adapters/connections';
import { createGateIo } from '../shared/adapters/exchanges/gate-io';
import { createGateIoArchive } from '../shared/adapters/exchanges/gate-io-archive';
import { GATE_IO } from '../shared/adapters/exchanges/gate-io-facts';
import { createObservedCodec } from '../shared/codec/segment-codec';
import { MINUTE_MS } from '../shared/domain/interval';
import { firingTime } from '../shared/adapters/firing-time';
import { readReconcileEnvironment } from './environment';
import { createReconcile } from './reconcile-days';

const environment = readReconcileEnvironment(process.env);
const { store, log, telemetry, invocation } = createConnections(environment, 'reconcile');
const gateIo = createGateIo({
  baseUrl: environment.GATE_IO_URL,
  requestsPerWindow: environment.REQUESTS_PER_10_S,
  telemetry,
});
const reconcile = createReconcile(
  {
    exchange: gateIo,
    listings: gateIo,
    archive: createGateIoArchive({ baseUrl: environment.GATE_IO_ARCHIVE_URL, telemetry }),
    store,
    observed: createObservedCodec(environment.SCHEMA_VERSION_IDS),
    log,
    telemetry,
    wait,
  },
  {
    pairs: environment.PAIRS,
    exchange: GATE_IO.exchange,
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
