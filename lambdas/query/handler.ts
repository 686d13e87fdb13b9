import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { createCassandraSession } from '../shared/adapters/database/cassandra-client';
import { CassandraError } from '../shared/adapters/database/cassandra-failures';
import { createQueryStore } from '../shared/adapters/database/query-store';
import { EXCHANGE_FACTS } from '../shared/adapters/exchanges/exchange-facts';
import { createTelemetry } from '../shared/adapters/telemetry';
import { MINUTE_MS } from '../shared/domain/interval';
import { createQuery } from './answer-request';
import { readQueryEnvironment } from './environment';
import type { FunctionUrlResponse } from './http/encode-answer';
import { requestOf } from './http/request';
import { readPageFiles } from './page-files';
import { createRequestDeadline } from './request-deadline';

const environment = readQueryEnvironment(process.env);
const telemetry = createTelemetry();
const deadline = createRequestDeadline(Date.now);
const session = createCassandraSession(environment, { telemetry, isOver: deadline.isOver });
const query = createQuery(
  {
    store: createQueryStore(session),
    pageFiles: readPageFiles(join(__dirname, 'page')),
    telemetry,
    isUnavailable: (cause) => cause instanceof CassandraError,
  },
  {
    stage: environment.STAGE,
    exchange: EXCHANGE_FACTS['gate-io'].exchange,
    pairs: environment.PAIRS,
    historyStartMs: environment.HISTORY_START,
    retentionMs: environment.RETENTION_MINUTES * MINUTE_MS,
  },
);

/** Handles a request to the function URL. */
export const handler = (event: unknown, context: Context): Promise<FunctionUrlResponse> =>
  telemetry.invocation(context, () => deadline.run(() => query(requestOf(event))));
