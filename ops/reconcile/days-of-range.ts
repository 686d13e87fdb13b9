import { minuteText } from '../../cli/utc-time';
import { DAY_MS, floorTo } from '../../lambdas/shared/domain/interval';
import { daysIn, type LedgerDay, unknownDay } from '../../lambdas/shared/domain/ledger/ledger';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import { OperationError } from '../operation-error';
import type { PipelineStore } from '../pipeline/pipeline';
import type { DayRange } from './reconcile-request';

/**
 * The days of a range that are a market's ledger, oldest first, those without a
 * row among them: none before its listing, none that is not settled yet.
 *
 * @throws OperationError if there is none
 */
export async function daysOfRange(
  store: Pick<PipelineStore, 'readStatus' | 'readDays'>,
  market: Market,
  { fromMs, toMs }: DayRange,
): Promise<LedgerDay[]> {
  const status = (await store.readStatus([market])).get(marketKey(market));
  const settledMs = Math.max(status?.progress?.settledToMs ?? toMs, status?.endedAtMs ?? 0);
  const listedMs = status?.listedSinceMs ?? 0;
  const range = {
    fromMs: Math.max(fromMs, floorTo(listedMs, DAY_MS)),
    toMs: Math.min(toMs, floorTo(settledMs, DAY_MS)),
  };
  if (range.fromMs >= range.toMs) {
    const reason =
      listedMs >= toMs
        ? `it is listed since ${minuteText(listedMs)}`
        : `it is settled up to ${minuteText(settledMs)}, and an audit needs a whole settled day`;
    throw new OperationError(`${marketKey(market)} has none of these days: ${reason}`);
  }
  const rows = new Map((await store.readDays(market, range)).map((day) => [day.dayMs, day]));
  return daysIn(range.fromMs, range.toMs).map((dayMs) => rows.get(dayMs) ?? unknownDay(dayMs));
}
