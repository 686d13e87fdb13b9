import { decodeBatch } from '../../../../lambdas/shared/codec/decode-batch';
import { recordOf } from '../../../fakes/records';

function upperCase(value: Buffer): string {
  const text = value.toString();
  if (text === 'bad') throw new RangeError('it is bad');
  return text.toUpperCase();
}

describe('decodeBatch', () => {
  it('sorts a batch into values and dead letters, each in order', () => {
    const records = ['a', 'bad', 'b', 'bad'].map((text, offset) =>
      recordOf(Buffer.from(text), { offset }),
    );

    const batch = decodeBatch(records, 'transform', upperCase);

    expect(batch.decoded).toEqual([
      { record: records[0], value: 'A' },
      { record: records[2], value: 'B' },
    ]);
    expect(batch.deadLetters.map(({ offset }) => offset)).toEqual([1, 3]);
  });

  it('says in a dead letter why, by whom and where from', () => {
    const record = recordOf(Buffer.from('bad'));

    expect(decodeBatch([record], 'persist', upperCase).deadLetters).toEqual([
      {
        reason: 'RangeError: it is bad',
        function: 'persist',
        topic: 'candles.observed',
        partition: 3,
        offset: 41,
        timestampMs: record.timestampMs,
        key: 'gate-io:BTC_USDT',
        value: Buffer.from('bad'),
      },
    ]);
  });

  it('gives up on a tombstone', () => {
    const { decoded, deadLetters } = decodeBatch([recordOf(null)], 'transform', upperCase);

    expect(decoded).toEqual([]);
    expect(deadLetters).toEqual([
      expect.objectContaining({
        value: null,
        reason: expect.stringContaining('tombstone') as string,
      }),
    ]);
  });
});
