import {
  BatchFailedError,
  type BatchFailures,
  endBatch,
  type FailedRecord,
} from '../../../../lambdas/shared/codec/batch-answer';
import { deadLetterOf } from '../../../../lambdas/shared/codec/dead-letter-codec';
import { FakeDeadLetters } from '../../../fakes/kafka/dead-letters';
import { FakeTelemetry } from '../../../fakes/telemetry';
import { recordOf } from '../../../fakes/records';

const RECORDS = [0, 1, 2, 3].map((offset) => recordOf(Buffer.from('x'), { partition: 5, offset }));
const [FIRST, SECOND, THIRD, FOURTH] = RECORDS as [
  ReturnType<typeof recordOf>,
  ReturnType<typeof recordOf>,
  ReturnType<typeof recordOf>,
  ReturnType<typeof recordOf>,
];
const LETTER = deadLetterOf(FOURTH, 'persist', new TypeError('no candle'));
const NO_DATABASE = new Error('no database');

function prepare(batchFailures: BatchFailures) {
  const [deadLetters, telemetry] = [new FakeDeadLetters(), new FakeTelemetry()];
  const end = (failed: readonly FailedRecord[], letters = [LETTER]) =>
    endBatch({ batchFailures, deadLetters, telemetry }, RECORDS, {
      failed,
      deadLetters: letters,
    });
  return { deadLetters, telemetry, end };
}

describe('a batch without a failure', () => {
  it.each<[BatchFailures, unknown]>([
    ['throw', undefined],
    ['report', { batchItemFailures: [] }],
  ])('that would %s has its dead letters sent, and is answered with %j', async (mode, answer) => {
    const { deadLetters, telemetry, end } = prepare(mode);

    expect(await end([])).toEqual(answer);

    expect(deadLetters.letters).toEqual([LETTER]);
    expect(telemetry.counted('Failures')).toBe(0);
    expect(telemetry.lines).toEqual([]);
  });
});

describe('a batch with failures', () => {
  const other = new RangeError('no topic');
  const failed = [
    { record: FIRST, cause: NO_DATABASE },
    { record: SECOND, cause: NO_DATABASE },
    { record: THIRD, cause: other },
  ];

  it('that throws keeps its dead letters, for all of it comes again', async () => {
    const { deadLetters, end } = prepare('throw');

    await expect(end(failed)).rejects.toThrow(BatchFailedError);

    expect(deadLetters.letters).toEqual([]);
  });

  it('that throws names the counts, and has each cause once', async () => {
    const { end } = prepare('throw');

    const error: unknown = await end(failed).catch((cause: unknown) => cause);

    expect((error as BatchFailedError).message).toBe(
      '3 of 4 records failed, of 2 causes the first: Error: no database',
    );
    expect((error as BatchFailedError).errors).toEqual([NO_DATABASE, other]);
  });

  it('that reports names exactly the records that failed, as Lambda identifies them', async () => {
    const { deadLetters, end } = prepare('report');

    expect(await end(failed)).toEqual({
      batchItemFailures: [
        { itemIdentifier: { partition: 'candles.observed-5', offset: 0 } },
        { itemIdentifier: { partition: 'candles.observed-5', offset: 1 } },
        { itemIdentifier: { partition: 'candles.observed-5', offset: 2 } },
      ],
    });
    expect(deadLetters.letters).toEqual([LETTER]);
  });

  it('that reports is counted as one failure; one that throws is by whoever catches it', async () => {
    const [reporting, throwing] = [prepare('report'), prepare('throw')];

    await reporting.end(failed);
    await expect(throwing.end(failed)).rejects.toThrow(BatchFailedError);

    expect(reporting.telemetry.counted('Failures')).toBe(1);
    expect(throwing.telemetry.counted('Failures')).toBe(0);
  });

  it.each<BatchFailures>(['throw', 'report'])(
    'that would %s tells each cause once, with where it met first and how many records',
    async (mode) => {
      const { telemetry, end } = prepare(mode);

      await end(failed).catch(() => undefined);

      const message = 'records failed: they will come again';
      const at = { topic: 'candles.observed', partition: 5 };
      expect(telemetry.lines).toEqual([
        {
          level: 'error',
          message,
          details: { ...at, offset: 0, records: 2 },
          cause: NO_DATABASE,
        },
        { level: 'error', message, details: { ...at, offset: 2, records: 1 }, cause: other },
      ]);
    },
  );
});

describe('dead letters that cannot be sent', () => {
  const broken = new Error('no log');

  it('throw, where a failure throws', async () => {
    const { deadLetters, end } = prepare('throw');
    deadLetters.broken = broken;

    await expect(end([])).rejects.toBe(broken);
  });

  it('are reported beside what failed, so that none is lost', async () => {
    const { deadLetters, telemetry, end } = prepare('report');
    deadLetters.broken = broken;

    const answer = await end([{ record: FIRST, cause: NO_DATABASE }]);

    expect(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.offset)).toEqual([
      0, 3,
    ]);
    expect(telemetry.lines.map(({ cause }) => cause)).toEqual([NO_DATABASE, broken]);
    expect(telemetry.counted('Failures')).toBe(1);
  });
});
