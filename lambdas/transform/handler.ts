import type { Context } from 'aws-lambda';
import { createConnections } from '../shared/adapters/connections';
import { readConnectionEnvironment } from '../shared/adapters/environment';
import { settlingMsOf } from '../shared/adapters/exchanges/exchange-facts';
import type { BatchAnswer } from '../shared/codec/batch-answer';
import { recordsOf } from '../shared/codec/kafka-event';
import { createObservedCodec, createRolledCodec } from '../shared/codec/segment-codec';
import { MINUTE_MS } from '../shared/domain/interval';
import { TransformEnvironment } from './environment';
import { createRollUpBatch } from './roll-up-batch';

const environment = readConnectionEnvironment(TransformEnvironment, process.env);
const { store, log, deadLetters, telemetry, invocation } = createConnections(
  environment,
  'transform',
);
const rollUpBatch = createRollUpBatch({
  observed: createObservedCodec(environment.SCHEMA_VERSION_IDS),
  rolled: createRolledCodec(environment.SCHEMA_VERSION_IDS),
  stored: store,
  log,
  openWindowsEveryMs: environment.OPEN_WINDOWS_EVERY_MINUTES * MINUTE_MS,
  settlingMsOf,
  batchFailures: environment.BATCH_FAILURES,
  deadLetters,
  telemetry,
});

/** Handles a batch of `candles.observed`. */
export const handler = (event: unknown, context: Context): Promise<BatchAnswer | undefined> =>
  invocation(context, () => rollUpBatch(recordsOf(event)));
