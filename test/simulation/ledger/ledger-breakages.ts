import type { CassandraSession } from '../../../lambdas/shared/adapters/database/cassandra-client';
import type { SegmentCodec } from '../../../lambdas/shared/codec/segment-codec';
import { type Candle, hasSameValues } from '../../../lambdas/shared/domain/candle';
import { INTERVALS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import {
  audited,
  isUnderWay,
  type LedgerDay,
  PATIENCE_MS,
  unknownDay,
} from '../../../lambdas/shared/domain/ledger/ledger';
import type {
  CandleReader,
  DayReader,
  LedgerStore,
  SegmentStore,
} from '../../../lambdas/shared/domain/ports';
import { windowsUpFrom } from '../../../lambdas/shared/domain/roll-up';
import type {
  AuditFindings,
  ObservedSegment,
  RolledSegment,
  Segment,
} from '../../../lambdas/shared/domain/segment';
import { type Breakage, type BreakageWorld, segmentName } from '../broken-ports';

/** One breakage for each rule of the ledger that makes a sealed day wrong, or not sealed, in a random run if it is left out. */
export const LEDGER_BREAKAGES = {
  'one audit seals a day': { rolled: sealingAtOnce },
  'a day is sealed within a day after its end': {
    ledger: askingSoon,
    stored: comparing,
    rolled: sealingSoon,
  },
  "a day's row is written first": { store: rowFirst },
  'the archive is doubted': { stored: comparing, rolled: doubtingArchive },
} as const satisfies Record<string, Breakage>;

/** One breakage for each rule of the ledger that only saves asks. */
export const COSTLY_LEDGER_BREAKAGES = {
  'asks are not remembered': { ledger: withoutAsks },
} as const satisfies Record<string, Breakage>;

/** One breakage for each rule of the ledger that a scripted scenario shows. */
export const RARE_LEDGER_BREAKAGES = {
  'a minute that one audit lacks is deleted': { stored: suspectingAll },
  'an audit deletes all that it lacks': { stored: comparing, rolled: deletingAll },
  'a row that is no candle is evidence of absence': { observed: withoutRejected },
  'an audit writes only what differs': { stored: comparing, rolled: differing },
  'an audit that changes nothing writes nothing': { rolled: silentWhereAgreed },
  'any number of days is under way': { ledger: withoutUnderWay },
  'the same answer counts again': {
    session: withoutTimeOfDays,
    stored: forgettingTime,
    store: forgettingTimeToo,
  },
  'days that are not settled are audited': { ledger: allSettled },
} as const satisfies Record<string, Breakage>;

type Rolled = SegmentCodec<RolledSegment>;
type Stored = CandleReader & DayReader;

/** Encodes audits with other findings. */
function withFindings(
  codec: Rolled,
  findings: (audit: AuditFindings, segment: RolledSegment) => Partial<AuditFindings>,
): Rolled {
  return withAudits(codec, (segment, audit) => ({
    ...segment,
    audit: { ...audit, ...findings(audit, segment) },
  }));
}

function withAudits(
  codec: Rolled,
  changed: (segment: RolledSegment, audit: AuditFindings) => RolledSegment,
): Rolled {
  return {
    ...codec,
    encode: (segment) =>
      codec.encode(segment.audit === null ? segment : changed(segment, segment.audit)),
  };
}

function sealingAtOnce(codec: Rolled): Rolled {
  return withFindings(codec, ({ agreed, sealed, disputed }, { toMs, observedAtMs }) => ({
    sealed: sealed || (agreed && observedAtMs >= toMs + PATIENCE_MS),
    disputed: disputed && !agreed,
  }));
}

/** A day whose latest audit looks long ago is due at once. */
function askingSoon(store: LedgerStore): LedgerStore {
  const soon = (day: LedgerDay): LedgerDay =>
    day.audit === undefined || isUnderWay(day)
      ? day
      : { ...day, ask: undefined, audit: { ...day.audit, observedAtMs: 0 } };
  return {
    ...store,
    readDays: async (...query) => (await store.readDays(...query)).map(soon),
  };
}

function sealingSoon(codec: Rolled, { compared }: BreakageWorld): Rolled {
  return withFindings(codec, ({ agreed, sealed }, segment) => {
    const previous = compared.get(segmentName(segment))?.day?.audit;
    const isSecond = previous?.agreed === true && previous.observedAtMs < segment.observedAtMs;
    return { sealed: sealed || (agreed && isSecond) };
  });
}

/** Remembers what transform reads: it asks for a segment's market with the segment itself. */
function comparing(reader: Stored, { compared }: BreakageWorld): Stored {
  const remember = (market: object, read: object): void => {
    const name = segmentName(market as Segment);
    compared.set(name, { ...compared.get(name), ...read });
  };
  return {
    async readCandles(market, ranges) {
      const stored = await reader.readCandles(market, ranges);
      remember(market, { stored });
      return stored;
    },
    async readDays(market, range) {
      const days = await reader.readDays(market, range);
      remember(market, { day: days[0] });
      return days;
    },
  };
}

/** Reads days with another audit. */
function withAudit<Reader extends DayReader>(
  reader: Reader,
  changed: (audit: NonNullable<LedgerDay['audit']>, day: LedgerDay) => LedgerDay['audit'],
): Reader {
  return {
    ...reader,
    async readDays(...query: Parameters<DayReader['readDays']>) {
      const days = await reader.readDays(...query);
      return days.map((day) => ({ ...day, audit: day.audit && changed(day.audit, day) }));
    },
  };
}

function suspectingAll(reader: Stored): Stored {
  return withAudit(reader, (audit, { dayMs }) => ({
    ...audit,
    suspectsMs: Array.from({ length: 1_440 }, (_, at) => dayMs + at * MINUTE_MS),
  }));
}

/** Deletes what the audit before lacked too, whatever the answer and however much that is. */
function deletingAll(codec: Rolled, { compared }: BreakageWorld): Rolled {
  return withAudits(codec, (segment, audit) => {
    const { day, stored } = compared.get(segmentName(segment)) ?? {};
    const suspects = new Set(day?.audit?.suspectsMs);
    const gone = audit.suspectsMs.filter((timeMs) => suspects.has(timeMs));
    const isLeft = ({ openTimeMs }: Candle): boolean => !gone.includes(openTimeMs);
    const candles = windowsUpFrom((segment.candles['1m'] ?? []).filter(isLeft));
    const deleted = INTERVALS.map((interval) => {
      const kept = new Set(candles[interval]?.map(({ openTimeMs }) => openTimeMs));
      const had = (stored?.candles[interval] ?? []).map(({ openTimeMs }) => openTimeMs);
      return [interval, had.filter((timeMs) => !kept.has(timeMs))] as const;
    });
    const suspectsMs = audit.suspectsMs.filter((timeMs) => !suspects.has(timeMs));
    return {
      ...segment,
      candles,
      deleted: Object.fromEntries(deleted),
      audit: { ...audit, suspectsMs, minuteCount: candles['1m']?.length ?? 0 },
    };
  });
}

function withoutRejected(codec: SegmentCodec<ObservedSegment>): SegmentCodec<ObservedSegment> {
  return {
    ...codec,
    encode: (segment) =>
      codec.encode(segment.kind === 'audit' ? { ...segment, rejected: [] } : segment),
  };
}

function differing(codec: Rolled, { compared }: BreakageWorld): Rolled {
  return withAudits(codec, (segment) => {
    const stored = compared.get(segmentName(segment))?.stored?.candles ?? {};
    const candles = INTERVALS.map((interval) => {
      const had = new Map(stored[interval]?.map((candle) => [candle.openTimeMs, candle]));
      const isNew = (candle: Candle): boolean => {
        const known = had.get(candle.openTimeMs);
        return known === undefined || !hasSameValues(candle, known);
      };
      return [interval, (segment.candles[interval] ?? []).filter(isNew)] as const;
    });
    return { ...segment, candles: Object.fromEntries(candles) };
  });
}

function silentWhereAgreed(codec: Rolled): Rolled {
  return withAudits(codec, (segment, { agreed }) =>
    agreed ? { ...segment, candles: {} } : segment,
  );
}

function withAsks(
  store: LedgerStore,
  changed: (ask: NonNullable<LedgerDay['ask']>) => LedgerDay['ask'],
): LedgerStore {
  return {
    ...store,
    async readDays(market, range) {
      const days = await store.readDays(market, range);
      return days.map((day) => ({ ...day, ask: day.ask && changed(day.ask) }));
    },
  };
}

function withoutAsks(store: LedgerStore): LedgerStore {
  return withAsks(store, () => undefined);
}

/** Days under way look refused: they wait for as long, and are not counted. */
function withoutUnderWay(store: LedgerStore): LedgerStore {
  return withAsks(store, (ask) => ({ ...ask, refusal: ask.refusal ?? 'under way' }));
}

/** The archive seals as the API does: by the second audit in a row that changes nothing. */
function doubtingArchive(codec: Rolled, { compared }: BreakageWorld): Rolled {
  return withFindings(codec, ({ agreed, sealed }, segment) => {
    const isSecond = compared.get(segmentName(segment))?.day?.audit?.agreed === true;
    return { sealed: segment.source === 'archive' ? agreed && isSecond : sealed };
  });
}

/** The ledger's rows carry the time at which they are written: then a repetition wins too. */
function withoutTimeOfDays(session: CassandraSession): CassandraSession {
  return {
    ...session,
    write: (statements) =>
      session.write(
        statements.map(({ query, params }) =>
          query.startsWith('INSERT INTO days')
            ? { query: query.replace(/\s+USING TIMESTAMP \?$/, ''), params: params.slice(0, -1) }
            : { query, params },
        ),
      ),
  };
}

function forgettingTime(reader: Stored): Stored {
  return withAudit(reader, (audit) => ({ ...audit, observedAtMs: 0 }));
}

function forgettingTimeToo(store: SegmentStore): SegmentStore {
  return withAudit(store, (audit) => ({ ...audit, observedAtMs: 0 }));
}

function allSettled(store: LedgerStore): LedgerStore {
  return {
    ...store,
    async readExchangeStatus(exchange) {
      const stored = await store.readExchangeStatus(exchange);
      const settled = new Map(
        [...stored.status].map(([key, status]) => [
          key,
          {
            ...status,
            progress: status.progress && {
              ...status.progress,
              settledToMs: Number.MAX_SAFE_INTEGER,
            },
          },
        ]),
      );
      return { ...stored, status: settled };
    },
  };
}

function rowFirst(store: SegmentStore): SegmentStore {
  return {
    ...store,
    async writeCandles(segment) {
      const [day = unknownDay(segment.fromMs)] =
        segment.kind === 'audit' ? await store.readDays(segment, segment) : [];
      const audit = audited(day, segment);
      if (audit !== undefined) await store.writeAudit(segment, segment.fromMs, audit);
      await store.writeCandles(segment);
    },
  };
}
