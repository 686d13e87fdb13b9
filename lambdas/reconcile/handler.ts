import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { createConnections } from '../shared/adapters/connections';
import { createArchive } from '../shared/adapters/exchanges/archive';
import { firingPart, onePerPart } from '../shared/adapters/firing-part';
import { firingTime } from '../shared/adapters/firing-time';
import { followedExchanges, settingsOf } from '../shared/adapters/followed-exchanges';
import { createPartExchanges } from '../shared/adapters/part-exchange';
import { createObservedCodec } from '../shared/codec/segment-codec';
import { MINUTE_MS } from '../shared/domain/interval';
import { mostUnderWay } from '../shared/domain/ledger/ledger';
import { readReconcileEnvironment } from './environment';
import { createReconcile } from './reconcile-days';

const environment = readReconcileEnvironment(process.env);
const exchanges = followedExchanges(environment.EXCHANGES, __dirname);
const { store, log, telemetry, invocation } = createConnections(environment, 'reconcile');
const exchangeOf = createPartExchanges(exchanges, telemetry);
const observed = createObservedCodec(environment.SCHEMA_VERSION_IDS);
const reconcileOf = onePerPart((part) => {
  const { archiveUrl, pairs, retentionMinutes } = settingsOf(exchanges, part);
  const exchange = exchangeOf(part);
  const archive =
    archiveUrl === undefined
      ? undefined
      : createArchive(part.exchange, { baseUrl: archiveUrl, telemetry });
  return createReconcile(
    { exchange, listings: exchange, archive, store, observed, log, telemetry, wait },
    {
      ...part,
      pairs,
      historyStartMs: environment.HISTORY_START,
      retentionMs: retentionMinutes * MINUTE_MS,
      mostUnderWay: mostUnderWay(exchanges.size, archive !== undefined),
    },
  );
});

/** Handles a firing of the schedule: of one exchange, or of a shard of its markets. */
export const handler = (event: unknown, context: Context): Promise<void> =>
  invocation(context, () =>
    reconcileOf(firingPart(event, [...exchanges.keys()]))({
      nowMs: firingTime(event, {
        nowMs: Date.now(),
        mostAheadMinutes: environment.FIRINGS_AHEAD_MINUTES,
      }),
      remainingMs: () => context.getRemainingTimeInMillis(),
    }),
  );
