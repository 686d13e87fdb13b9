import { createDayLedger } from '../../lambdas/shared/adapters/database/day-ledger';
import { DAY_MS, floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { Progress } from '../../lambdas/shared/domain/progress/progress';
import { EXCHANGE, type Stage, storeOf } from './stage';
import type { Life } from './world/calls';
import { timeAt, timeOf } from './world/memory-cassandra';

/** Operators are at work at any time, between ticks and during them. */
export function scheduleOperators(stage: Stage): void {
  const { scheduler, scenario, random, faults } = stage;
  for (const { nowMs } of scenario.ticks) {
    if (nowMs >= scenario.calmMs) continue;
    const delayMs = nowMs - scenario.startMs + random.int(0, 60_000);
    if (random.chance(faults.progressRewound)) {
      scheduler.after(delayMs, () => rewindProgress(stage, random.pick(scenario.pairs)));
    }
    if (random.chance(faults.dayReopened)) {
      scheduler.after(delayMs, () => reopenDay(stage, random.pick(scenario.pairs)));
    }
  }
}

function progressOf(stage: Stage, pair: string): Progress | undefined {
  const row = stage.cassandra.rowsOf('progress').find((one) => one.get('pair') === pair);
  if (row === undefined || timeOf(row, 'settled_to') === undefined) return undefined;
  return {
    liveSinceMs: timeAt(row, 'live_since'),
    settledToMs: timeAt(row, 'settled_to'),
    seenToMs: timeAt(row, 'seen_to'),
    newestMs: timeOf(row, 'newest') ?? null,
    observedAtMs: timeAt(row, 'observed_at'),
  };
}

/** Sets a market's progress back within its open day, with an observation of its own. */
function rewindProgress(stage: Stage, pair: string): void {
  const { scheduler, random, scenario } = stage;
  const stored = progressOf(stage, pair);
  if (stored === undefined) return;
  const dayMs = floorTo(stored.settledToMs, DAY_MS);
  const backMs = stored.settledToMs - random.spread(1, 60) * MINUTE_MS;
  const oldestMs = scheduler.nowMs() - scenario.retentionMs + MINUTE_MS;
  const settledToMs = Math.max(dayMs, backMs, stored.liveSinceMs);
  if (settledToMs < oldestMs) return;
  const newerMs = stored.observedAtMs + 1;
  const observedAtMs = random.pick([newerMs, Math.max(newerMs, scheduler.nowMs())]);
  scheduler.note('operator rewinds', pair, () => new Date(settledToMs).toISOString());
  const life: Life = { name: 'operator', ended: false };
  const market = { exchange: EXCHANGE, pair };
  repeatedly(stage, () =>
    storeOf(stage, life).writeProgress(market, { ...stored, settledToMs, observedAtMs }),
  );
}

/** Takes the seal of a past day off, whether it has one or not. */
function reopenDay(stage: Stage, pair: string): void {
  const { scheduler, random, scenario } = stage;
  const { historyStartMs } = scenario;
  const settledToMs = progressOf(stage, pair)?.settledToMs ?? 0;
  const days = Math.floor((settledToMs - historyStartMs) / DAY_MS);
  if (days < 1) return;
  const dayMs = historyStartMs + random.int(0, days - 1) * DAY_MS;
  const reopenedAtMs = scheduler.nowMs();
  scheduler.note('operator reopens', pair, () => new Date(dayMs).toISOString());
  const life: Life = { name: 'operator', ended: false };
  const market = { exchange: EXCHANGE, pair };
  repeatedly(stage, () =>
    createDayLedger(stage.cassandra.session(life)).reopenDay(market, dayMs, reopenedAtMs),
  );
}

/** An operator who sees an error tries once more, and then leaves it. */
function repeatedly({ scheduler }: Stage, act: () => Promise<void>): void {
  const failed = (cause: unknown): void =>
    scheduler.note('failed', 'operator', () => String(cause));
  act().catch((cause: unknown) => {
    failed(cause);
    return act().catch(failed);
  });
}
