import { failureText } from '../../cli/failure-text';
import { dayText } from '../../cli/utc-time';
import { auditSegment, candlesToCompare } from '../../lambdas/shared/domain/ledger/audit';
import { DAY_MS } from '../../lambdas/shared/domain/interval';
import { monthOf } from '../../lambdas/shared/domain/calendar/months';
import { dueOf, type LedgerDay } from '../../lambdas/shared/domain/ledger/ledger';
import type { Market } from '../../lambdas/shared/domain/market';
import type { Archive, Exchange, ExchangeAnswer } from '../../lambdas/shared/domain/ports';
import type { SegmentSource } from '../../lambdas/shared/domain/segment';
import type { PipelineStore } from '../pipeline/pipeline';
import { dayDifference, isSame } from './day-difference';
import { differenceText } from './difference-text';

/** Ports of a dry run. */
export interface DryRunPorts {
  readonly exchange: Pick<Exchange, 'candles'>;
  readonly archive: Archive | undefined;
  readonly store: Pick<PipelineStore, 'readCandles'>;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/** Days to compare. */
export interface DryRun {
  readonly market: Market;
  /** Oldest first. */
  readonly days: readonly LedgerDay[];
  readonly nowMs: number;
  readonly retentionMs: number;
}

/** A day with its answer, or the reason why there is none. */
interface AnsweredDay {
  readonly day: LedgerDay;
  readonly source: SegmentSource;
  readonly answer: ExchangeAnswer | undefined;
  readonly refusal: string | undefined;
}

const DAY_TIME_MS = 30_000;
const MONTH_TIME_MS = 120_000;

/**
 * Asks for days as reconcile would, and prints how what is stored of them
 * differs from the answers. Writes nothing.
 *
 * @returns whether every day was answered for, and none differs
 */
export async function dryRun(work: DryRun, ports: DryRunPorts): Promise<boolean> {
  let same = true;
  for await (const answered of answers(work, ports)) {
    const { day, source, answer, refusal } = answered;
    if (answer === undefined) {
      ports.printError(
        `${dayText(day.dayMs)}  ${source.padEnd(7)}  not answered: ${refusal ?? ''}\n`,
      );
      same = false;
      continue;
    }
    const segment = auditSegment(
      { market: work.market, dayMs: day.dayMs, source, observedAtMs: work.nowMs },
      answer,
    );
    const stored = await ports.store.readCandles(work.market, candlesToCompare(segment));
    const difference = dayDifference(segment, stored, day);
    ports.print(differenceText(day.dayMs, source, difference));
    same &&= isSame(difference);
  }
  return same;
}

async function* answers(work: DryRun, ports: DryRunPorts): AsyncGenerator<AnsweredDay> {
  for (const days of groupsOf(work)) {
    const [first] = days;
    if (first === undefined) continue;
    if (sourceOf(first, work) === 'archive') yield* archived(work, ports, days);
    else for (const day of days) yield await fromApi(work, ports, day);
  }
}

/** The days of the API, and those of each month of the archive, in order. */
function groupsOf(work: DryRun): LedgerDay[][] {
  const groups = new Map<string, LedgerDay[]>();
  for (const day of work.days) {
    const source = sourceOf(day, work);
    const key = source === 'api' ? source : String(monthOf(day.dayMs));
    groups.set(key, [...(groups.get(key) ?? []), day]);
  }
  return [...groups.values()];
}

/** The source that a day is requested from once it is unsealed. */
function sourceOf({ dayMs }: LedgerDay, work: DryRun): SegmentSource {
  const due = dueOf({ dayMs, audit: undefined, ask: undefined, reopenedAtMs: null }, work);
  return due.kind === 'open' ? due.source : 'api';
}

async function fromApi(
  { market }: DryRun,
  { exchange }: DryRunPorts,
  day: LedgerDay,
): Promise<AnsweredDay> {
  const [fromMs, toMs] = [day.dayMs, day.dayMs + DAY_MS];
  const query = { pair: market.pair, fromMs, toMs, closedBeforeMs: toMs, withinMs: DAY_TIME_MS };
  try {
    const answer = await exchange.candles(query);
    return { day, source: 'api', answer, refusal: undefined };
  } catch (cause) {
    return { day, source: 'api', answer: undefined, refusal: failureText(cause) };
  }
}

async function* archived(
  { market, nowMs }: DryRun,
  { archive }: DryRunPorts,
  days: readonly LedgerDay[],
): AsyncGenerator<AnsweredDay> {
  const left = new Map(days.map((day) => [day.dayMs, day]));
  let failure =
    archive === undefined ? 'the exchange has no archive' : 'the archive did not give it';
  try {
    const given = archive?.days({
      pair: market.pair,
      monthMs: monthOf(days[0]?.dayMs ?? 0),
      daysMs: [...left.keys()],
      nowMs,
      withinMs: MONTH_TIME_MS,
    });
    for await (const { dayMs, answer, refusal } of given ?? []) {
      const day = left.get(dayMs);
      left.delete(dayMs);
      if (day !== undefined) yield { day, source: 'archive', answer, refusal };
    }
  } catch (cause) {
    failure = failureText(cause);
  }
  for (const day of left.values()) {
    yield { day, source: 'archive', answer: undefined, refusal: failure };
  }
}
