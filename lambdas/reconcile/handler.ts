import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { createConnections } from '../shared/adapters/connections';
import { createArchive } from '../shared/adapters/exchanges/archive';
import { createExchange } from '../shared/adapters/exchanges/exchange';
import { AddressBan } from '../shared/adapters/exchanges/http/address-ban';
import { firingPart, onePerPart } from '../shared/adapters/firing-part';
import { firingTime } from '../shared/adapters/firing-time';
import { settingsOf, shardRequests } from '../shared/adapters/followed-exchanges';
import { createObservedCodec } from '../shared/codec/segment-codec';
import { MINUTE_MS } from '../shared/domain/interval';
import { mostUnderWay } from '../shared/domain/ledger/ledger';
import { readReconcileEnvironment } from './environment';
import { createReconcile } from './reconcile-days';

const environment = readReconcileEnvironment(process.env);
const { EXCHANGES: exchanges } = environment;
const { store, log, telemetry, invocation } = createConnections(environment, 'reconcile');
/** The shards of an exchange have one address: what one of them is refused, no other sends. */
const bans = new Map([...exchanges.keys()].map((name) => [name, new AddressBan()]));
const observed = createObservedCodec(environment.SCHEMA_VERSION_IDS);
const reconcileOf = onePerPart((part) => {
  const { url, archiveUrl, pairs, ...limits } = settingsOf(exchanges, part);
  const requests = { requestsPer10Seconds: shardRequests(limits.requestsPer10Seconds, part) };
  const exchange = createExchange(part.exchange, {
    baseUrl: url,
    ban: bans.get(part.exchange),
    telemetry,
    ...requests,
  });
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
      retentionMs: limits.retentionMinutes * MINUTE_MS,
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
