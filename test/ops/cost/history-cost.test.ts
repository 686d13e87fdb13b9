import { stageOfPairs } from '../../fakes/stages';
import { compareDecimals } from '../../../lambdas/shared/domain/decimal';
import { dev } from '../../../lib/stages/dev';
import { stageConfig } from '../../../lib/stages/stage-config';
import { auditedDay } from '../../../ops/cost/workload/audited-day';
import { totalOf } from '../../../ops/cost/cost-line';
import { type HistoryCost, historyCost } from '../../../ops/cost/history-cost';
import { resourcesOf } from '../../../ops/stages/stage-resources';

const NOW_MS = Date.UTC(2026, 10, 23, 12);
const RESOURCES = resourcesOf(dev);
const ROWS = 1_855;

function costSince(historyStart: string): HistoryCost {
  const stage = stageConfig({ ...stageOfPairs(dev, ['BTC_USDT']), historyStart });
  return historyCost(RESOURCES, stage, NOW_MS);
}

/** Such as `0.01 M` of `0.01 M writes`. */
function writesOf({ once }: HistoryCost): string | undefined {
  return once.map(({ what }) => /^(.*) M writes$/.exec(what)?.[1]).find(Boolean);
}

test.each(['2026-11-23', '2026-11-25'])('since %s there is no history, at no cost', (since) => {
  const history = costSince(since);
  expect(history).toMatchObject({ days: 0, rows: 0n });
  expect(totalOf(history.once).unscaled).toBe(0n);
});

test('a day of the API is audited three times, one of the archive once', () => {
  // 9,900 minutes back is noon of the 16th and three hours: the 17th is the first whole day.
  const [api, both] = [costSince('2026-11-17'), costSince('2026-10-08')];
  expect([api.days, both.days]).toEqual([6, 46]);
  expect(api.rows).toBe(BigInt(6 * ROWS));
  const millions = (audits: number) =>
    ((audits * Number(auditedDay(true).writeUnits)) / 1e6).toFixed(2);
  expect(writesOf(api)).toBe(millions(6 * 3));
  expect(writesOf(both)).toBe(millions(6 * 3 + 40));
});

test('an earlier start costs more, once and each month', () => {
  const [later, earlier] = [costSince('2026-01-01'), costSince('2024-01-01')];
  expect(compareDecimals(totalOf(earlier.once), totalOf(later.once))).toBe(1);
  expect(compareDecimals(totalOf(earlier.monthly), totalOf(later.monthly))).toBe(1);
});

test('fetch has no part in it', () => {
  expect(costSince('2026-01-01').once.filter(({ what }) => what.startsWith('fetch'))).toEqual([]);
});
