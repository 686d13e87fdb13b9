import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { createCassandraSession } from '../shared/adapters/database/cassandra-client';
import { CassandraError } from '../shared/adapters/database/cassandra-failures';
import { createQueryStore } from '../shared/adapters/database/query-store';
import { followedExchanges } from '../shared/adapters/followed-exchanges';
import { createTelemetry } from '../shared/adapters/telemetry';
import { MINUTE_MS } from '../shared/domain/interval';
import { createQuery } from './answer-request';
import { readQueryEnvironment } from './environment';
import type { FunctionUrlResponse } from './http/encode-answer';
import { requestOf } from './http/request';
import { readPageFiles } from './page-files';
import { createRequestDeadline } from './request-deadline';

const environment = readQueryEnvironment(process.env);
const exchanges = followedExchanges(environment.EXCHANGES, __dirname);
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
    exchanges: [...exchanges].map(([exchange, { pairs, retentionMinutes }]) => ({
      exchange,
      pairs,
      retentionMs: retentionMinutes * MINUTE_MS,
    })),
    historyStartMs: environment.HISTORY_START,
  },
);

/** Handles a request to the function URL. */
export const handler = (event: unknown, context: Context): Promise<FunctionUrlResponse> =>
  telemetry.invocation(context, () => deadline.run(() => query(requestOf(event))));
