import { settlingMsOf } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { BatchFailures } from '../../lambdas/shared/codec/batch-answer';
import { createObservedCodec, createRolledCodec } from '../../lambdas/shared/codec/segment-codec';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { CandleReader, DayReader } from '../../lambdas/shared/domain/ports';
import { createRollUpBatch } from '../../lambdas/transform/roll-up-batch';
import { FakeDeadLetters } from './kafka/dead-letters';
import { FakeLog } from './kafka/record-log';
import { VERSION_IDS } from './records';
import { FakeTelemetry } from './telemetry';

export const observed = createObservedCodec(VERSION_IDS);
export const rolled = createRolledCodec(VERSION_IDS);

/** The transform function's use case over what is stored, with what it appends and reports. */
export function rollUpOver(
  stored: CandleReader & DayReader,
  batchFailures: BatchFailures = 'throw',
  openWindowsEveryMs = MINUTE_MS,
) {
  const [log, telemetry, deadLetters] = [new FakeLog(), new FakeTelemetry(), new FakeDeadLetters()];
  const rollUpBatch = createRollUpBatch({
    observed,
    rolled,
    stored,
    log,
    openWindowsEveryMs,
    settlingMsOf,
    batchFailures,
    deadLetters,
    telemetry,
  });
  const sent = () => log.valuesOf('candles.rolled').map((value) => rolled.decode(value));
  return { log, telemetry, deadLetters, rollUpBatch, sent };
}
