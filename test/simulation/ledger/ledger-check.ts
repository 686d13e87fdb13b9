import { DAY_MS, floorTo } from '../../../lambdas/shared/domain/interval';
import { monthAfter } from '../../../lambdas/shared/domain/calendar/months';
import {
  countDifferences,
  dayDifferences,
  lostMinutes,
  type PastDay,
} from '../../oracle/simulated-days';
import { pastDay, type Stage } from '../stage';
import { type ReadRow, timeAt, timeOf } from '../world/memory-cassandra';

/** All that came of a run's ledgers. */
export interface LedgerOutcome {
  readonly differences: readonly string[];
  readonly sealed: number;
  readonly disputed: number;
}

/** Within so long an unsealed day is sealed, whatever went wrong with it before. */
const SEALING_MS = 4.5 * DAY_MS;
/** ... if nothing was traded: nothing is believed only if it is said twice, a day apart. */
const EMPTY_SEALING_MS = 6 * DAY_MS;
/** ... by the archive, once it has the month. */
const ARCHIVE_SEALING_MS = 3 * DAY_MS;
/** ... as disputed. */
const DISPUTE_MS = 9 * DAY_MS;

/** Holds the ledgers of all markets against the truth, and against the tables. */
export function ledgerOutcome(stage: Stage): LedgerOutcome {
  const days = stage.scenario.pairs.flatMap((pair) => daysOf(stage, pair));
  return {
    differences: [...stage.ledger.sealedWrong, ...days.flatMap((day) => differencesOf(stage, day))],
    sealed: days.filter(({ row }) => isSealed(row) && !isDisputed(row)).length,
    disputed: days.filter(({ row }) => isDisputed(row)).length,
  };
}

interface CheckedDay {
  readonly day: PastDay;
  readonly row: ReadRow | undefined;
}

/** From the first day that is wanted, or the listing, to what is settled. */
function daysOf(stage: Stage, pair: string): CheckedDay[] {
  const { cassandra, scenario } = stage;
  const progress = cassandra.rowsOf('progress').find((row) => row.get('pair') === pair);
  if (progress === undefined) return [];
  const listedMs = floorTo(timeOf(progress, 'listed_since') ?? 0, DAY_MS);
  const firstMs = Math.max(scenario.historyStartMs, listedMs);
  const count = (floorTo(timeAt(progress, 'settled_to'), DAY_MS) - firstMs) / DAY_MS;
  const rows = cassandra.rowsOf('days').filter((row) => row.get('pair') === pair);
  const byDay = new Map(rows.map((row) => [Date.parse(String(row.get('day'))), row]));
  return Array.from({ length: Math.max(0, count) }, (_, at) => {
    const dayMs = firstMs + at * DAY_MS;
    return { day: pastDay(stage, pair, dayMs), row: byDay.get(dayMs) };
  });
}

function differencesOf(stage: Stage, { day, row }: CheckedDay): string[] {
  const { cassandra } = stage;
  const name = `${day.pair} ${new Date(day.dayMs).toISOString().slice(0, 10)}`;
  if (row === undefined || !isSealed(row)) {
    return mustBeSealed(stage, day, row) ? [`${name} is not sealed: ${told(row)}`] : [];
  }
  const counts = countDifferences(cassandra, day, row);
  const asked = isAskedAgain(stage, row) ? [`${name} is asked for although it is sealed`] : [];
  const wrong = isDisputed(row) ? lostMinutes(cassandra, day) : dayDifferences(cassandra, day);
  return [...wrong, ...counts, ...asked];
}

function told(row: ReadRow | undefined): string {
  if (row === undefined) return 'it has no row';
  const columns = ['asked_at', 'asks', 'refusal', 'observed_at', 'audits', 'agreed', 'minutes'];
  return columns.map((column) => `${column} ${textOf(row.get(column))}`).join(', ');
}

function textOf(value: ReturnType<ReadRow['get']>): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function isSealed(row: ReadRow | undefined): boolean {
  return row !== undefined && timeOf(row, 'sealed_at') !== undefined;
}

function isDisputed(row: ReadRow | undefined): boolean {
  return isSealed(row) && row?.get('disputed') === true;
}

/** Whether a sealed day was asked for once nothing went wrong any more. */
function isAskedAgain({ scenario }: Stage, row: ReadRow): boolean {
  const askedAtMs = timeOf(row, 'asked_at') ?? 0;
  return askedAtMs > scenario.settledMs + DAY_MS && askedAtMs > timeAt(row, 'observed_at');
}

/** Whether a day ended, and everything stopped going wrong, so long before the end that it must be sealed. */
function mustBeSealed(
  { scenario }: Stage,
  { dayMs, truth }: PastDay,
  row: ReadRow | undefined,
): boolean {
  const { retentionMs, endMs, settledMs, archiveLagMs } = scenario;
  const fromMs = Math.max(dayMs + DAY_MS, settledMs);
  const isServedFor = (ms: number): boolean =>
    fromMs + ms <= endMs && fromMs + ms <= dayMs + retentionMs;
  const archivedMs = Math.max(monthAfter(dayMs) + archiveLagMs, settledMs, dayMs + retentionMs);
  // An empty answer deletes nothing, though it is the truth if all was withdrawn.
  const isWithdrawn = truth.candles.length === 0 && Number(row?.get('minutes') ?? 0) > 0;
  const isDisputable = truth.rejected.length > 0 || isWithdrawn;
  const sealingMs = truth.candles.length === 0 ? EMPTY_SEALING_MS : SEALING_MS;
  return (
    isServedFor(isDisputable ? DISPUTE_MS : sealingMs) || archivedMs + ARCHIVE_SEALING_MS <= endMs
  );
}
