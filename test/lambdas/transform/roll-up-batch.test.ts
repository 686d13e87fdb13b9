import { BatchFailedError } from '../../../lambdas/shared/codec/batch-answer';
import { createTopicCodec } from '../../../lambdas/shared/codec/topic-codec';
import type { KafkaRecord } from '../../../lambdas/shared/codec/kafka-event';
import { candlesToCompare } from '../../../lambdas/shared/domain/ledger/audit';
import { MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import {
  childrenToRead,
  minutesToRead,
  windowsUpFrom,
} from '../../../lambdas/shared/domain/roll-up';
import type { ObservedSegment } from '../../../lambdas/shared/domain/segment';
import { at, auditOf, minuteAt, minutesIn, observedOf, segmentOf } from '../../fakes/candles';
import { agreedDay } from '../../fakes/ledger/ledger-days';
import { FakeStored } from '../../fakes/stored-candles';
import { recordOf, VERSION_IDS } from '../../fakes/records';
import { observed, rollUpOver } from '../../fakes/roll-up-batch';

function recordsFor(...segments: ObservedSegment[]): KafkaRecord[] {
  return segments.map((segment, offset) => recordOf(observed.encode(segment), { offset }));
}

const GARBAGE = recordOf(Buffer.from('garbage'), { offset: 99 });

describe('an audit of a whole day', () => {
  it('is compared with all that is stored of the day, and with what the ledger says of it', async () => {
    const minutes = minutesIn(at(7), at(8));
    const stored = new FakeStored(windowsUpFrom(minutes));
    const { rollUpBatch, sent } = rollUpOver(stored);
    const audit = auditOf({ minuteCandles: minutes });
    stored.days = [agreedDay({ observedAtMs: audit.observedAtMs - 1 })];

    await rollUpBatch(recordsFor(audit));

    expect(stored.reads).toEqual([{ key: 'gate-io:BTC_USDT', ranges: candlesToCompare(audit) }]);
    // It seals nothing, so that its candles, which are stored as answered, are not written again.
    const nothing = { '1m': [], '5m': [], '15m': [], '1h': [], '4h': [], '1d': [] };
    expect(sent()[0]).toMatchObject({ candles: nothing, deleted: {} });
    expect(sent()[0]?.audit).toMatchObject({ minuteCount: 60, agreed: true, correctedCount: 0 });
  });

  it('overwrites stored rows that cannot be read', async () => {
    const stored = new FakeStored({});
    stored.unreadable = [{ interval: '5m', openTimeMs: at(7), cause: new Error('null') }];
    const { rollUpBatch, sent, deadLetters } = rollUpOver(stored);

    await rollUpBatch(recordsFor(auditOf()));

    expect(sent()[0]?.audit).toMatchObject({ agreed: false });
    expect(sent()[0]?.candles['5m']).toHaveLength(1);
    expect(deadLetters.letters).toEqual([]);
  });
});

describe('a part of a day', () => {
  it('is rolled up over the stored children around it, and reads no others', async () => {
    const stored = { '1m': [minuteAt(at(12, 1), { high: '99' })] };
    const children = new FakeStored(stored);
    const { rollUpBatch, sent } = rollUpOver(children);
    const segment = observedOf();

    await rollUpBatch(recordsFor(segment));

    expect(children.reads).toEqual([{ key: 'gate-io:BTC_USDT', ranges: childrenToRead(segment) }]);
    expect(sent()[0]?.candles['5m']?.[0]).toMatchObject({
      openTimeMs: at(12),
      high: { unscaled: 99n, scale: 0 },
      minuteCount: 3,
    });
  });

  it('is rolled up over its minutes alone while its open windows are not due', async () => {
    const minutes = minutesIn(at(12, 5), at(12, 9));
    const stored = new FakeStored({ '1m': minutes.slice(0, 3) });
    const { rollUpBatch, sent } = rollUpOver(stored, 'throw', 5 * MINUTE_MS);
    const segment = observedOf({
      fromMs: at(12, 6),
      toMs: at(12, 9),
      followsMs: at(12, 6),
      minuteCandles: minutes.slice(1),
    });

    await rollUpBatch(recordsFor(segment));

    const ranges = [minutesToRead(segment)];
    expect(stored.reads).toEqual([{ key: 'gate-io:BTC_USDT', ranges }]);
    expect(sent()[0]?.candles).toMatchObject({
      '1m': minutes.slice(3),
      '5m': [],
      '15m': [],
      '1h': [],
    });
  });

  it('has the children read of what has ended, once its minutes say that no more is due', async () => {
    const minutes = minutesIn(at(12), at(12, 16));
    const stored = new FakeStored({
      '1m': minutes.slice(10, 15),
      '5m': [minuteAt(at(12)), minuteAt(at(12, 5))],
    });
    const { rollUpBatch, sent } = rollUpOver(stored, 'throw', 5 * MINUTE_MS);
    const segment = observedOf({
      fromMs: at(12, 13),
      toMs: at(12, 16),
      followsMs: at(12, 13),
      minuteCandles: minutes.slice(13),
    });

    await rollUpBatch(recordsFor(segment));

    expect(stored.reads.map(({ ranges }) => ranges)).toEqual([
      [minutesToRead(segment)],
      [{ interval: '5m', fromMs: at(12), toMs: at(12, 10) }],
    ]);
    expect(sent()[0]?.candles['15m']).toHaveLength(1);
    expect(sent()[0]?.candles['1h']).toEqual([]);
  });

  it('keeps all that the segment says of itself', async () => {
    const { rollUpBatch, sent } = rollUpOver(new FakeStored({}));
    const fields = { followsMs: at(9), gapFromMs: at(9), settlesMs: at(12, 5) };

    await rollUpBatch(recordsFor(observedOf(fields)));

    expect(sent()[0]).toMatchObject(segmentOf(fields));
  });
});

describe('a minute whose row could not be a candle', () => {
  it('is no rejection any more if it is stored', async () => {
    const { rollUpBatch, sent } = rollUpOver(new FakeStored({ '1m': [minuteAt(at(12, 4))] }));
    const rejected = [at(12, 4), at(12, 5)].map((openTimeMs) => ({ openTimeMs, reason: 'odd' }));

    await rollUpBatch(recordsFor(observedOf({ minuteCandles: [minuteAt(at(12, 3))], rejected })));

    expect(sent()[0]?.rejected).toEqual([{ openTimeMs: at(12, 5), reason: 'odd' }]);
  });
});

describe('a stored row around a part of a day', () => {
  it('is left out if its time is none of its interval', async () => {
    const stored = new FakeStored({});
    stored.unreadable = [
      { interval: '1m', openTimeMs: at(12, 3) + 30_000, cause: new Error('odd') },
    ];
    const { rollUpBatch, sent, deadLetters } = rollUpOver(stored);

    await rollUpBatch(recordsFor(observedOf()));

    expect(sent()).toHaveLength(1);
    expect(deadLetters.letters).toEqual([]);
  });
});

describe('a batch', () => {
  it('is appended in its order, each record keyed by its market', async () => {
    const { rollUpBatch, sent, log, telemetry } = rollUpOver(new FakeStored({}));

    await rollUpBatch(
      recordsFor(auditOf({ pair: 'ETH_USDT' }), auditOf({ pair: 'A_B' }), auditOf()),
    );

    expect(sent().map(({ pair }) => pair)).toEqual(['ETH_USDT', 'A_B', 'BTC_USDT']);
    expect(log.appended.map(({ key }) => key)).toEqual([
      'gate-io:ETH_USDT',
      'gate-io:A_B',
      'gate-io:BTC_USDT',
    ]);
    expect(telemetry.counted('MinutesRolledUp')).toBe(3);
  });

  it('has a log line, and one for each segment at debug level', async () => {
    const { rollUpBatch, telemetry } = rollUpOver(new FakeStored({}));

    await rollUpBatch([...recordsFor(observedOf(), auditOf()), recordOf(Buffer.from('garbage'))]);

    expect(telemetry.lines).toMatchObject([
      {
        level: 'debug',
        message: 'segment rolled up',
        details: {
          market: 'gate-io:BTC_USDT',
          from: '2026-01-15T12:03:00.000Z',
          to: '2026-01-15T12:07:00.000Z',
          minutes: 4,
          changed: 4,
          windows: 6,
        },
      },
      { level: 'debug', message: 'segment rolled up', details: { minutes: 1, windows: 5 } },
      {
        level: 'info',
        message: 'rolled up',
        details: { segments: 2, minutes: 5, changed: 5, windows: 11 },
      },
    ]);
  });

  it('gives the same records when it is given again', async () => {
    const { rollUpBatch, log } = rollUpOver(new FakeStored({ '5m': [minuteAt(at(12, 10))] }));
    const records = recordsFor(observedOf(), auditOf());

    await rollUpBatch(records);
    await rollUpBatch(records);

    const values = log.valuesOf('candles.rolled');
    expect(values.slice(2)).toEqual(values.slice(0, 2));
  });

  it('goes on past records that can never be rolled up', async () => {
    const { rollUpBatch, sent, deadLetters } = rollUpOver(new FakeStored({}));
    const wire = createTopicCodec<object>('candles.observed', VERSION_IDS);
    const good = observed.encode(auditOf());
    const unknownVersion = Buffer.from(good).fill(7, 2, 18);
    const records = [
      Buffer.from('garbage'),
      unknownVersion,
      wire.encode({ ...segmentOf({ toMs: at(12, 3) }), minutes: [], rejected: [] }),
      null,
      good,
    ].map((value, offset) => recordOf(value, { offset }));

    await rollUpBatch(records);

    expect(sent()).toHaveLength(1);
    expect(deadLetters.letters.map(({ offset, reason }) => [offset, reason])).toEqual([
      [0, expect.stringMatching(/^WireFormatError: A record of 7 bytes/)],
      [1, expect.stringMatching(/^WireFormatError: The schema version (07){16} is not one/)],
      [2, expect.stringMatching(/^InvalidSegmentError: .*it is empty/)],
      [3, expect.stringMatching(/tombstone/)],
    ]);
    expect(deadLetters.letters.map(({ value }) => value)).toEqual(
      records.slice(0, 4).map(({ value }) => value),
    );
  });

  it('goes on past a segment whose stored children stay unreadable', async () => {
    const stored = new FakeStored({});
    stored.unreadable = [{ interval: '5m', openTimeMs: null, cause: new Error('null') }];
    const { rollUpBatch, sent, deadLetters } = rollUpOver(stored);

    await rollUpBatch(recordsFor(observedOf(), auditOf({ pair: 'ETH_USDT' })));

    // A whole day is audited over them.
    expect(sent().map(({ pair }) => pair)).toEqual(['ETH_USDT']);
    expect(deadLetters.letters.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^UnreadableCandleError: .*correct or delete that row/),
    ]);
  });
});

describe('a failure of something outside', () => {
  it('of the stored children rejects, with nothing appended and no dead letter', async () => {
    const { rollUpBatch, log, deadLetters } = rollUpOver(new FakeStored(new Error('no database')));
    const eth = auditOf({ pair: 'ETH_USDT' });
    const records = recordsFor(observedOf(), auditOf(), eth);

    const error: unknown = await rollUpBatch([...records, GARBAGE]).catch(
      (cause: unknown) => cause,
    );

    expect(error).toBeInstanceOf(BatchFailedError);
    expect((error as BatchFailedError).message).toBe(
      '3 of 4 records failed, of 1 causes the first: Error: no database',
    );
    expect(log.appended).toEqual([]);
    expect(deadLetters.letters).toEqual([]);
  });

  it('of the log rejects', async () => {
    const { rollUpBatch, log, deadLetters, telemetry } = rollUpOver(new FakeStored({}));
    log.brokenFor = (_, topic) => topic === 'candles.rolled';

    await expect(rollUpBatch([...recordsFor(auditOf()), GARBAGE])).rejects.toThrow(
      'candles.rolled',
    );
    expect(telemetry.messages('info')).toEqual([]);
    expect(telemetry.counted('MinutesRolledUp')).toBe(0);
    expect(deadLetters.letters).toEqual([]);
  });

  it('of the dead letters rejects, so that none is lost', async () => {
    const { rollUpBatch, deadLetters } = rollUpOver(new FakeStored({}));
    deadLetters.broken = new Error('no log');

    await expect(rollUpBatch([GARBAGE])).rejects.toThrow('no log');
  });
});

describe('a batch that is answered with a report', () => {
  const eth = observedOf({ pair: 'ETH_USDT' });
  const later = observedOf({
    fromMs: at(12, 5),
    toMs: at(12, 9),
    observedAtMs: at(12, 9),
    followsMs: at(12, 5),
    settlesMs: at(12, 7),
  });
  const identifierOf = (offset: number) => ({
    itemIdentifier: { partition: 'candles.observed-3', offset },
  });

  it('names nothing where all is rolled up', async () => {
    const { rollUpBatch, sent, deadLetters } = rollUpOver(new FakeStored({}), 'report');

    const answer = await rollUpBatch([...recordsFor(observedOf(), eth), GARBAGE]);

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(sent()).toHaveLength(2);
    expect(deadLetters.letters.map(({ offset }) => offset)).toEqual([GARBAGE.offset]);
  });

  it('names a segment whose children could not be read and the later ones of its pair, and no others', async () => {
    const children = new FakeStored({});
    children.brokenFor = ({ pair }) => pair === 'BTC_USDT' && children.reads.length === 2;
    const { rollUpBatch, sent, deadLetters, telemetry } = rollUpOver(children, 'report');

    const answer = await rollUpBatch([
      ...recordsFor(eth, observedOf(), later, { ...eth, pair: 'A_B' }),
      GARBAGE,
    ]);

    expect(answer).toEqual({ batchItemFailures: [identifierOf(1), identifierOf(2)] });
    expect(sent().map(({ pair }) => pair)).toEqual(['ETH_USDT', 'A_B']);
    expect(deadLetters.letters.map(({ offset }) => offset)).toEqual([GARBAGE.offset]);
    expect(telemetry.counted('MinutesRolledUp')).toBe(8);
    expect(telemetry.messages('error')).toEqual(['records failed: they will come again']);
  });

  it('appends what a pair has before the segment that failed', async () => {
    const children = new FakeStored({});
    children.brokenFor = () => children.reads.length === 2;
    const { rollUpBatch, sent } = rollUpOver(children, 'report');

    const answer = await rollUpBatch(recordsFor(observedOf(), later));

    expect(answer).toEqual({ batchItemFailures: [identifierOf(1)] });
    expect(sent().map(({ fromMs }) => fromMs)).toEqual([at(12, 3)]);
  });

  it('names all that was to be appended where the log fails, dead letters too', async () => {
    const { rollUpBatch, log, deadLetters, telemetry } = rollUpOver(new FakeStored({}), 'report');
    log.brokenFor = (_, topic) => topic === 'candles.rolled';
    deadLetters.broken = new Error('no log');

    const answer = await rollUpBatch([...recordsFor(observedOf(), eth), GARBAGE]);

    expect(answer).toEqual({ batchItemFailures: [0, 1, GARBAGE.offset].map(identifierOf) });
    expect(telemetry.messages('error')).toHaveLength(2);
    expect(telemetry.counted('MinutesRolledUp')).toBe(0);
  });
});
