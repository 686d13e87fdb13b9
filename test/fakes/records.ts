import type { KafkaRecord } from '../../lambdas/shared/codec/kafka-event';
import type { SchemaVersionIds } from '../../lambdas/shared/codec/schema-versions';

/** Version ids as a registry gives them. */
export const VERSION_IDS: SchemaVersionIds = {
  'candles.observed': [
    '0b1c6b2e-5f5a-4d0e-9d4f-000000000001',
    '0b1c6b2e-5f5a-4d0e-9d4f-000000000011',
    '0b1c6b2e-5f5a-4d0e-9d4f-000000000021',
  ],
  'candles.rolled': [
    '0b1c6b2e-5f5a-4d0e-9d4f-000000000002',
    '0b1c6b2e-5f5a-4d0e-9d4f-000000000012',
    '0b1c6b2e-5f5a-4d0e-9d4f-000000000022',
  ],
  'candles.dead-letter': [
    '0b1c6b2e-5f5a-4d0e-9d4f-000000000003',
    '0b1c6b2e-5f5a-4d0e-9d4f-000000000013',
  ],
};

/** A record of a topic, as a function gets it. */
export function recordOf(value: Buffer | null, fields: Partial<KafkaRecord> = {}): KafkaRecord {
  return {
    topic: 'candles.observed',
    partition: 3,
    offset: 41,
    timestampMs: Date.UTC(2026, 0, 15, 12, 7),
    key: 'gate-io:BTC_USDT',
    value,
    ...fields,
  };
}
