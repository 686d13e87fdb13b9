import type { Context } from 'aws-lambda';
import { createConnections } from '../shared/adapters/connections';
import { readBatchEnvironment } from '../shared/adapters/environment';
import type { BatchAnswer } from '../shared/codec/batch-answer';
import { recordsOf } from '../shared/codec/kafka-event';
import { createRolledCodec } from '../shared/codec/segment-codec';
import { createStoreBatch } from './store-batch';

const environment = readBatchEnvironment(process.env);
const { store, deadLetters, telemetry, invocation } = createConnections(environment, 'persist');
const storeBatch = createStoreBatch({
  rolled: createRolledCodec(environment.SCHEMA_VERSION_IDS),
  store,
  batchFailures: environment.BATCH_FAILURES,
  deadLetters,
  telemetry,
});

/** Handles a batch of `candles.rolled`. */
export const handler = (event: unknown, context: Context): Promise<BatchAnswer | undefined> =>
  invocation(context, () => storeBatch(recordsOf(event)));
