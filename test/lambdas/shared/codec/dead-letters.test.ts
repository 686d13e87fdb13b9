import {
  createDeadLetterCodec,
  type DeadLetter,
  deadLetterOf,
} from '../../../../lambdas/shared/codec/dead-letter-codec';
import { createDeadLetters } from '../../../../lambdas/shared/codec/dead-letters';
import { FakeLog } from '../../../fakes/kafka/record-log';
import { FakeTelemetry } from '../../../fakes/telemetry';
import { recordOf, VERSION_IDS } from '../../../fakes/records';

const codec = createDeadLetterCodec(VERSION_IDS);

function prepare() {
  const [log, telemetry] = [new FakeLog(), new FakeTelemetry()];
  return { log, telemetry, deadLetters: createDeadLetters(codec, log, telemetry) };
}

const LETTER = deadLetterOf(recordOf(Buffer.of(0, 255)), 'persist', new TypeError('no candle'));

describe('dead letters', () => {
  it('are appended to their topic, under the key of the record', async () => {
    const { log, deadLetters } = prepare();

    await deadLetters.send([LETTER]);

    expect(log.appended.map(({ topic, key }) => [topic, key])).toEqual([
      ['candles.dead-letter', 'gate-io:BTC_USDT'],
    ]);
  });

  it.each<[string, DeadLetter]>([
    ['with a value', LETTER],
    ['without key and value', { ...LETTER, key: null, value: null }],
    ['of an offset beyond 32 bits', { ...LETTER, offset: 2 ** 50 }],
  ])('hold the whole record, %s', async (_, letter) => {
    const { log, deadLetters } = prepare();

    await deadLetters.send([letter]);

    expect(log.appended.map(({ value }) => ({ ...codec.decode(value) }))).toEqual([letter]);
  });

  it('are each counted and told, without the record itself', async () => {
    const { telemetry, deadLetters } = prepare();

    await deadLetters.send([LETTER, LETTER]);

    expect(telemetry.counted('DeadLetters')).toBe(2);
    expect(telemetry.lines[0]).toEqual({
      level: 'warn',
      message: 'dead letter',
      details: {
        topic: 'candles.observed',
        partition: 3,
        offset: 41,
        key: 'gate-io:BTC_USDT',
        reason: 'TypeError: no candle',
      },
    });
  });

  it('are not counted where they could not be appended', async () => {
    const { log, telemetry, deadLetters } = prepare();
    log.brokenFor = () => true;

    await expect(deadLetters.send([LETTER])).rejects.toThrow('does not take');
    expect(telemetry.counted('DeadLetters')).toBe(0);
  });

  it('ask nothing of the log where there are none', async () => {
    const { log, deadLetters } = prepare();
    log.brokenFor = () => true;

    await deadLetters.send([]);

    expect(log.appended).toEqual([]);
  });
});

describe('deadLetterOf', () => {
  it('writes down what was thrown, even where it is no error', () => {
    expect(deadLetterOf(recordOf(null), 'transform', 'a text').reason).toBe('a text');
  });

  it('quotes no more than 2,000 characters of it', () => {
    const { reason } = deadLetterOf(
      recordOf(null),
      'persist',
      new RangeError('x'.repeat(1_000_000)),
    );

    expect(reason).toBe(`RangeError: ${'x'.repeat(2_000 - 'RangeError: '.length)}`);
  });
});
