import { createStoreBatch } from '../../../lambdas/persist/store-batch';
import { BatchFailedError, type BatchFailures } from '../../../lambdas/shared/codec/batch-answer';
import type { KafkaRecord } from '../../../lambdas/shared/codec/kafka-event';
import { createRolledCodec } from '../../../lambdas/shared/codec/segment-codec';
import type { Progress } from '../../../lambdas/shared/domain/progress/progress';
import { rollUp } from '../../../lambdas/shared/domain/roll-up';
import {
  newestOf,
  type ObservedSegment,
  type AuditFindings,
  type RolledSegment,
} from '../../../lambdas/shared/domain/segment';
import { at, auditOf, countOf, DAY, observedOf } from '../../fakes/candles';
import { DAY_MS } from '../../../lambdas/shared/domain/interval';
import { FakeDeadLetters } from '../../fakes/kafka/dead-letters';
import { FakeStore } from '../../fakes/segment-store';
import { FakeTelemetry } from '../../fakes/telemetry';
import { recordOf, VERSION_IDS } from '../../fakes/records';

const rolled = createRolledCodec(VERSION_IDS);

function rolledOf(segment: ObservedSegment): RolledSegment {
  const { minuteCandles, ...range } = segment;
  const newestMs = newestOf(minuteCandles) ?? null;
  return { ...range, candles: rollUp(segment, {}), newestMs, deleted: {}, audit: null };
}

function recordsFor(...segments: ObservedSegment[]): KafkaRecord[] {
  return segments.map((segment, offset) =>
    recordOf(rolled.encode(rolledOf(segment)), { topic: 'candles.rolled', offset }),
  );
}

function prepare(
  stored: Readonly<Record<string, Progress>> = {},
  batchFailures: BatchFailures = 'throw',
) {
  const [store, telemetry, deadLetters] = [
    new FakeStore(),
    new FakeTelemetry(),
    new FakeDeadLetters(),
  ];
  for (const [pair, progress] of Object.entries(stored)) {
    store.progress.set(`gate-io:${pair}`, progress);
  }
  const storeBatch = createStoreBatch({ rolled, store, batchFailures, deadLetters, telemetry });
  return { store, telemetry, deadLetters, storeBatch };
}

const FIRST = observedOf({ followsMs: null });
const SECOND = observedOf({
  fromMs: at(12, 5),
  toMs: at(12, 8),
  observedAtMs: at(12, 8),
  followsMs: at(12, 5),
  settlesMs: at(12, 6),
});
const AFTER_SECOND = {
  liveSinceMs: DAY,
  settledToMs: at(12, 6),
  seenToMs: at(12, 8),
  newestMs: at(12, 7),
  observedAtMs: at(12, 8),
};

describe('a live segment', () => {
  it('has its progress written last, after its candles are acknowledged', async () => {
    const { store, storeBatch } = prepare();

    await storeBatch(recordsFor(FIRST));

    expect(store.calls).toEqual([
      'status BTC_USDT',
      'gaps BTC_USDT',
      'candles BTC_USDT',
      'status BTC_USDT done',
      'gaps BTC_USDT done',
      'candles BTC_USDT done',
      'progress BTC_USDT',
      'progress BTC_USDT done',
    ]);
    expect(store.progress.get('gate-io:BTC_USDT')).toEqual({
      liveSinceMs: DAY,
      settledToMs: at(12, 5),
      seenToMs: at(12, 7),
      newestMs: at(12, 6),
      observedAtMs: at(12, 7),
    });
  });

  it('has all its candles written, as they came', async () => {
    const { store, storeBatch, telemetry } = prepare();

    await storeBatch(recordsFor(FIRST));

    expect(store.segments).toEqual([rolledOf(FIRST)]);
    expect(telemetry.counted('CandlesStored')).toBe(countOf(rolledOf(FIRST).candles));
    const { candles } = rolledOf(FIRST);
    const minutes = candles['1m']?.length ?? 0;
    const rows = { minutes, windows: countOf(candles) - minutes };
    expect(telemetry.lines).toMatchObject([
      { level: 'debug', message: 'segment stored', details: rows },
      { level: 'info', message: 'stored', details: { segments: 1, ...rows } },
    ]);
  });

  it('is stored, but leaves progress alone where what it follows is not reached', async () => {
    const before = {
      liveSinceMs: DAY,
      settledToMs: at(12, 4),
      seenToMs: at(12, 6),
      newestMs: null,
      observedAtMs: at(12, 6),
    };
    const { store, storeBatch } = prepare({ BTC_USDT: before });

    await storeBatch(recordsFor(SECOND));

    expect(store.segments).toHaveLength(1);
    expect(store.progress.get('gate-io:BTC_USDT')).toBe(before);
  });

  it('is stored, but makes no progress of a pair that has none', async () => {
    const { store, storeBatch } = prepare();

    await storeBatch(recordsFor(SECOND));

    expect(store.segments).toHaveLength(1);
    expect(store.progress.size).toBe(0);
  });

  it('has the gap before it stored, dated as it was observed, before anything else', async () => {
    const before = {
      liveSinceMs: DAY,
      settledToMs: at(9),
      seenToMs: at(9),
      newestMs: null,
      observedAtMs: at(9),
    };
    const { store, storeBatch, telemetry } = prepare({ BTC_USDT: before });

    await storeBatch(recordsFor(observedOf({ followsMs: at(9), gapFromMs: at(9) })));

    expect(store.gaps).toEqual([
      {
        key: 'gate-io:BTC_USDT',
        gap: { fromMs: at(9), toMs: at(12, 3), reason: 'beyond the retention of the exchange' },
        observedAtMs: at(12, 7),
      },
    ]);
    expect(store.calls[0]).toMatch(/^gap BTC_USDT/);
    expect(store.calls.indexOf('gap BTC_USDT done')).toBeLessThan(
      store.calls.indexOf('progress BTC_USDT'),
    );
    expect(store.calls).toContain('gap BTC_USDT done');
    expect(telemetry.counted('Gaps')).toBe(1);
  });

  it('is not counted before the first minutes of a market, or in history', async () => {
    const { store, storeBatch, telemetry } = prepare();
    const unserved: RolledSegment = {
      ...rolledOf(auditOf()),
      unserved: 'the archive has no such month',
    };

    await storeBatch(recordsFor(observedOf({ followsMs: null, gapFromMs: at(9) })));
    await storeBatch([recordOf(rolled.encode(unserved), { topic: 'candles.rolled', offset: 1 })]);

    expect(store.gaps.map(({ gap }) => gap.reason)).toEqual([
      'beyond the retention of the exchange',
      'the archive has no such month',
    ]);
    expect(telemetry.metrics()).not.toContain('Gaps');
  });
});

describe('an audit', () => {
  const findings: AuditFindings = {
    minuteCount: 1,
    absentCount: 1_439,
    correctedCount: 2,
    suspectsMs: [],
    agreed: true,
    sealed: true,
    disputed: false,
  };
  const audit = (fields: Partial<RolledSegment> = {}): RolledSegment => ({
    ...rolledOf(auditOf()),
    audit: findings,
    ...fields,
  });
  const batchOf = (...segments: RolledSegment[]) =>
    segments.map((segment, offset) =>
      recordOf(rolled.encode(segment), { topic: 'candles.rolled', offset }),
    );

  it('has its row of the ledger written last, and leaves progress alone', async () => {
    const { store, storeBatch, telemetry } = prepare();

    await storeBatch(batchOf(audit({ deleted: { '1m': [at(8)] } })));

    expect(store.calls.filter((call) => call.endsWith('done'))).toEqual([
      'gaps BTC_USDT done',
      'candles BTC_USDT done',
      'days BTC_USDT done',
      'audit BTC_USDT done',
    ]);
    expect(store.segments[0]?.deleted).toEqual({ '1m': [at(8)] });
    expect(store.days.get('gate-io:BTC_USDT')).toMatchObject([
      { dayMs: DAY, audit: { auditCount: 1, correctedCount: 2, sealedAtMs: audit().observedAtMs } },
    ]);
    expect(telemetry.counted('AuditsStored')).toBe(1);
    expect(telemetry.counted('CandlesCorrected')).toBe(2);
  });

  it('is counted if it seals its day although audits do not agree', async () => {
    const { storeBatch, telemetry } = prepare();

    await storeBatch(batchOf(audit({ audit: { ...findings, agreed: false, disputed: true } })));

    expect(telemetry.counted('DaysSealedDisputed')).toBe(1);
  });

  it('is not entered in the ledger before its rows are acknowledged', async () => {
    const { store, storeBatch } = prepare();
    store.brokenFor = (call) => call === 'candles';

    await expect(storeBatch(batchOf(audit()))).rejects.toThrow(BatchFailedError);

    expect(store.days.size).toBe(0);
  });

  it('counts once, however often it comes', async () => {
    const { store, storeBatch, telemetry } = prepare();

    await storeBatch(batchOf(audit(), audit()));
    await storeBatch(batchOf(audit(), audit({ observedAtMs: audit().observedAtMs - 1 })));

    expect(store.days.get('gate-io:BTC_USDT')).toMatchObject([{ audit: { auditCount: 1 } }]);
    expect(telemetry.counted('AuditsStored')).toBe(1);
  });

  it('fills the gaps of its day, those alone, but not the minutes that it rejects', async () => {
    const { store, storeBatch, telemetry } = prepare();
    const gaps = [
      { fromMs: DAY, toMs: at(6), reason: 'beyond the retention of the exchange' },
      { fromMs: at(9), toMs: at(9, 1), reason: 'rejected: odd' },
      { fromMs: at(10), toMs: at(10, 1), reason: 'rejected: odd' },
      { fromMs: DAY + DAY_MS, toMs: DAY + DAY_MS + 60_000, reason: 'rejected: odd' },
    ];
    for (const gap of gaps) store.gaps.push({ key: 'gate-io:BTC_USDT', gap, observedAtMs: 1 });

    await storeBatch(batchOf(audit({ rejected: [{ openTimeMs: at(10), reason: 'odd' }] })));

    expect(new Set(store.gaps.map(({ gap }) => gap.fromMs))).toEqual(
      new Set([at(10), DAY + DAY_MS]),
    );
    expect(telemetry.counted('GapsFilled')).toBe(2);
  });

  it('that seals nothing fills the gap of a rejected minute only with a candle', async () => {
    const { store, storeBatch } = prepare();
    for (const fromMs of [at(7), at(10)]) {
      const gap = { fromMs, toMs: fromMs + 60_000, reason: 'rejected: odd' };
      store.gaps.push({ key: 'gate-io:BTC_USDT', gap, observedAtMs: 1 });
    }

    await storeBatch(batchOf(audit({ audit: { ...findings, sealed: false } })));

    expect(store.gaps.map(({ gap }) => gap.fromMs)).toEqual([at(10)]);
  });

  it('without any candle fills no gap before it seals the day', async () => {
    const { store, storeBatch } = prepare();
    const gap = { fromMs: DAY, toMs: at(6), reason: 'beyond the retention of the exchange' };
    store.gaps.push({ key: 'gate-io:BTC_USDT', gap, observedAtMs: 1 });
    const empty = { newestMs: null, candles: {}, audit: { ...findings, sealed: false } };

    await storeBatch(batchOf(audit(empty)));
    expect(store.gaps).toHaveLength(1);

    const observedAtMs = audit().observedAtMs + 1;
    await storeBatch(batchOf(audit({ ...empty, observedAtMs, audit: findings })));
    expect(store.gaps).toEqual([]);
  });

  it('of a day that nobody has any more stores the day as a gap', async () => {
    const { store, storeBatch } = prepare();

    await storeBatch(batchOf(unserved(0)));

    expect(store.gaps.map(({ gap }) => gap)).toEqual([
      { fromMs: DAY, toMs: DAY + DAY_MS, reason: 'its month is missing in the archive' },
    ]);
  });

  it('of a day that nobody has any more stores no gap over minutes that are stored', async () => {
    const { store, storeBatch } = prepare();

    await storeBatch(batchOf(unserved(1_400)));

    expect(store.gaps).toEqual([]);
  });

  function unserved(minuteCount: number): RolledSegment {
    const reason = 'its month is missing in the archive';
    const plain = audit({ newestMs: null, candles: {}, unserved: reason });
    if (plain.audit === null) throw new Error('An audit has findings');
    return { ...plain, audit: { ...plain.audit, minuteCount } };
  }
});

describe('a batch', () => {
  it('brings a pair forward segment by segment', async () => {
    const { store, storeBatch } = prepare();

    await storeBatch(recordsFor(FIRST, SECOND));

    expect(store.segments.map(({ fromMs }) => fromMs)).toEqual([at(12, 3), at(12, 5)]);
    expect(store.progress.get('gate-io:BTC_USDT')).toEqual(AFTER_SECOND);
  });

  it.each([
    ['given again', [FIRST, SECOND, FIRST, SECOND]],
    ['with an older segment after a newer one', [FIRST, SECOND, FIRST]],
  ])('ends at the same progress when %s', async (_, segments) => {
    const { store, storeBatch } = prepare();

    await storeBatch(recordsFor(...segments));

    expect(store.progress.get('gate-io:BTC_USDT')).toEqual(AFTER_SECOND);
  });

  it('makes no hole when it is out of order', async () => {
    const { store, storeBatch } = prepare();

    await storeBatch(recordsFor(SECOND, FIRST));

    expect(store.progress.get('gate-io:BTC_USDT')?.settledToMs).toBe(at(12, 5));
  });

  it("reads a market's progress once, however many segments of it there are", async () => {
    const { store, storeBatch } = prepare();

    await storeBatch(recordsFor(FIRST, SECOND));

    expect(store.calls.filter((call) => call === 'status BTC_USDT')).toHaveLength(1);
    expect(store.progress.get('gate-io:BTC_USDT')).toEqual(AFTER_SECOND);
  });

  it('stores its pairs beside each other', async () => {
    const { store, storeBatch } = prepare();

    await storeBatch(recordsFor(FIRST, { ...FIRST, pair: 'ETH_USDT' }));

    const begun = store.calls.slice(
      0,
      store.calls.findIndex((call) => call.endsWith('done')),
    );
    for (const pair of ['BTC_USDT', 'ETH_USDT']) {
      expect(begun).toEqual(expect.arrayContaining([`status ${pair}`, `candles ${pair}`]));
    }
    expect([...store.progress.keys()].sort()).toEqual(['gate-io:BTC_USDT', 'gate-io:ETH_USDT']);
  });

  it('goes on past records that can never be stored', async () => {
    const { store, storeBatch, deadLetters } = prepare();
    const garbage = recordOf(Buffer.from([3, 0, 1]), { topic: 'candles.rolled', offset: 7 });

    await storeBatch([garbage, ...recordsFor(FIRST)]);

    expect(store.segments).toHaveLength(1);
    expect(deadLetters.letters).toEqual([
      expect.objectContaining({ topic: 'candles.rolled', offset: 7, function: 'persist' }),
    ]);
  });
});

describe('a segment that a later one of its batch covers', () => {
  const before = {
    liveSinceMs: DAY,
    settledToMs: at(9),
    seenToMs: at(12, 7),
    newestMs: null,
    observedAtMs: at(9),
  };
  const covered = observedOf({ followsMs: at(9), gapFromMs: at(9) });
  const uncovered = observedOf({
    fromMs: at(8),
    toMs: at(8, 5),
    observedAtMs: at(12, 8),
    followsMs: at(8),
    settlesMs: at(8, 5),
  });
  const covering = observedOf({
    toMs: at(12, 9),
    observedAtMs: at(12, 9),
    followsMs: at(9),
    gapFromMs: at(9),
    settlesMs: at(12, 7),
  });

  it('is not written, but settles, and has its gaps stored', async () => {
    const { store, storeBatch } = prepare({ BTC_USDT: before });
    const rejected = [{ openTimeMs: at(12, 6), reason: 'odd' }];
    const odd = { ...covered, minuteCandles: covered.minuteCandles.slice(0, 3), rejected };
    const silent = { ...covering, gapFromMs: at(9), minuteCandles: odd.minuteCandles };

    await storeBatch(recordsFor(odd, uncovered, silent));

    expect(store.segments.map(({ observedAtMs }) => observedAtMs)).toEqual([at(12, 8), at(12, 9)]);
    expect(store.gaps.map(({ gap }) => gap.fromMs)).toContain(at(12, 6));
    expect(store.progress.get('gate-io:BTC_USDT')?.settledToMs).toBe(at(12, 7));
  });

  it('does not settle before the covering one is stored', async () => {
    const { store, storeBatch } = prepare({ BTC_USDT: before }, 'report');
    store.brokenFor = (write) => write === 'candles' && store.segments.length === 1;

    const answer = await storeBatch(recordsFor(covered, uncovered, covering));

    expect(store.segments.map(({ fromMs }) => fromMs)).toEqual([uncovered.fromMs]);
    expect(store.progress.get('gate-io:BTC_USDT')).toBe(before);
    expect(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.offset)).toEqual([
      0, 1, 2,
    ]);
  });
});

describe('a failure of the store', () => {
  it.each(['candles', 'gap', 'gaps', 'status'] as const)(
    'to do with the %s of a segment leaves its progress unwritten',
    async (broken) => {
      const before = {
        liveSinceMs: DAY,
        settledToMs: at(9),
        seenToMs: at(9),
        newestMs: null,
        observedAtMs: at(9),
      };
      const { store, storeBatch } = prepare({ BTC_USDT: before });
      store.brokenFor = (write) => write === broken;

      const stored = storeBatch(recordsFor(observedOf({ followsMs: at(9), gapFromMs: at(9) })));

      await expect(stored).rejects.toThrow(`${broken} of BTC_USDT failed`);
      expect(store.calls).not.toContain('progress BTC_USDT');
    },
  );

  it('keeps the later segments of the pair from being stored', async () => {
    const { store, storeBatch } = prepare();
    store.brokenFor = (write) => write === 'candles';

    await expect(storeBatch(recordsFor(FIRST, SECOND))).rejects.toThrow(BatchFailedError);

    expect(store.calls.filter((call) => call.startsWith('candles'))).toEqual(['candles BTC_USDT']);
  });

  it('keeps no other pair from being stored, and rejects with each failure', async () => {
    const { store, storeBatch } = prepare();
    store.brokenFor = (call, { pair }) => call === 'candles' && pair !== 'ETH_USDT';
    const pairs = ['BTC_USDT', 'ETH_USDT', 'XRP_USDT'].map((pair) => ({ ...FIRST, pair }));

    const error: unknown = await storeBatch(recordsFor(...pairs)).catch((cause: unknown) => cause);

    expect(error).toBeInstanceOf(BatchFailedError);
    expect((error as BatchFailedError).message).toBe(
      '2 of 3 records failed, of 2 causes the first: Error: candles of BTC_USDT failed',
    );
    expect((error as BatchFailedError).errors).toHaveLength(2);
    expect([...store.progress.keys()]).toEqual(['gate-io:ETH_USDT']);
  });

  it('is mended by giving the whole batch again', async () => {
    const { store, storeBatch } = prepare();
    const records = recordsFor(FIRST, SECOND);
    store.brokenFor = (write) => write === 'progress';
    await expect(storeBatch(records)).rejects.toThrow('progress of BTC_USDT failed');

    store.brokenFor = undefined;
    await storeBatch(records);

    expect(store.progress.get('gate-io:BTC_USDT')).toEqual(AFTER_SECOND);
  });
});

describe('the dead letters of a batch', () => {
  const garbage = recordOf(Buffer.from('garbage'));

  it('are not sent before all of it is stored, for it comes again', async () => {
    const { store, deadLetters, storeBatch } = prepare();
    store.brokenFor = (write) => write === 'candles';

    await expect(storeBatch([garbage, ...recordsFor(FIRST)])).rejects.toThrow(BatchFailedError);
    expect(deadLetters.letters).toEqual([]);

    store.brokenFor = undefined;
    await storeBatch([garbage, ...recordsFor(FIRST)]);
    expect(deadLetters.letters).toHaveLength(1);
  });
});

describe('a batch that is answered with a report', () => {
  const third = observedOf({
    fromMs: at(12, 6),
    toMs: at(12, 9),
    observedAtMs: at(12, 9),
    followsMs: at(12, 6),
    settlesMs: at(12, 7),
  });
  const eth = { ...FIRST, pair: 'ETH_USDT' };
  const garbage = recordOf(Buffer.from('garbage'), { topic: 'candles.rolled', offset: 4 });
  const identifierOf = (offset: number) => ({
    itemIdentifier: { partition: 'candles.rolled-3', offset },
  });

  it('names nothing where all is stored', async () => {
    const { storeBatch, deadLetters } = prepare({}, 'report');

    expect(await storeBatch([...recordsFor(FIRST, SECOND), garbage])).toEqual({
      batchItemFailures: [],
    });
    expect(deadLetters.letters).toHaveLength(1);
  });

  it('names the segment that failed and the later ones of its pair, and no others', async () => {
    const { store, storeBatch, deadLetters } = prepare({}, 'report');
    store.brokenFor = (write, { pair }) =>
      write === 'candles' && pair === 'BTC_USDT' && store.segments.some((one) => one.pair === pair);

    const answer = await storeBatch([...recordsFor(FIRST, SECOND, eth, third), garbage]);

    expect(answer).toEqual({ batchItemFailures: [identifierOf(1), identifierOf(3)] });
    expect(store.segments.map(({ pair, fromMs }) => [pair, fromMs])).toEqual([
      ['BTC_USDT', FIRST.fromMs],
      ['ETH_USDT', eth.fromMs],
    ]);
    expect(store.progress.get('gate-io:BTC_USDT')?.settledToMs).toBe(FIRST.settlesMs);
    expect(deadLetters.letters.map(({ offset }) => offset)).toEqual([4]);
  });

  it('names a segment whose progress alone could not be written', async () => {
    const { store, storeBatch } = prepare({}, 'report');
    store.brokenFor = (write, { pair }) => write === 'progress' && pair === 'ETH_USDT';

    expect(await storeBatch(recordsFor(FIRST, eth))).toEqual({
      batchItemFailures: [identifierOf(1)],
    });
  });

  it('ends where all in one would, once what it names is given again', async () => {
    const { store, storeBatch } = prepare({}, 'report');
    const records = recordsFor(FIRST, SECOND, third);
    store.brokenFor = (write) => write === 'progress' && store.segments.length === 2;

    const answer = await storeBatch(records);
    store.brokenFor = undefined;
    const offsets = answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.offset);
    const again = await storeBatch(records.filter(({ offset }) => offsets?.includes(offset)));

    expect(offsets).toEqual([1, 2]);
    expect(again).toEqual({ batchItemFailures: [] });
    expect(store.progress.get('gate-io:BTC_USDT')).toEqual({
      liveSinceMs: DAY,
      settledToMs: at(12, 7),
      seenToMs: at(12, 9),
      newestMs: at(12, 8),
      observedAtMs: at(12, 9),
    });
  });
});

describe('a failure of the dead letters', () => {
  it('rejects, so that none is lost', async () => {
    const { deadLetters, storeBatch } = prepare();
    deadLetters.broken = new Error('no log');

    await expect(storeBatch([recordOf(Buffer.from('garbage'))])).rejects.toThrow('no log');
  });
});
