import { csvLines } from '../../cli/csv';
import { jsonLines } from '../../cli/json-lines';
import { barePercent } from '../../lambdas/shared/domain/coverage/percent';
import type { Stretch } from '../../lambdas/shared/domain/coverage/stretches';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { marketKey } from '../../lambdas/shared/domain/market';
import type { MarketCoverage } from './read-coverage';

/** A market's coverage as JSON and CSV have it: ISO times, null for none, lengths in minutes. */
interface PrintedCoverage {
  readonly market: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly behindMinutes: number;
  /** Such as `99.97`, cut; null if no day is sealed. */
  readonly coveredPercent: string | null;
  readonly sealedTo: string | null;
  readonly unsealedDays: number;
  readonly nextAuditAt: string | null;
  readonly gaps: number;
  readonly disputedDays: number;
  readonly historyDays: number;
  readonly historyWaitingDays: number;
  readonly historyWaitsUntil: string | null;
  readonly historyExpectedAt: string | null;
  readonly storedMinutes: number;
  readonly untradedMinutes: number;
  readonly unsureMinutes: number;
  readonly gapMinutes: number;
  readonly missingMinutes: number;
}

/** A stretch in the same manner. */
interface PrintedStretch {
  readonly market: string;
  readonly state: string;
  readonly from: string;
  readonly to: string;
  readonly minutes: number;
  readonly reason: string | null;
  readonly dueAt: string | null;
  readonly dueFrom: string | null;
}

/** All markets: an array, a market a line. */
export function marketsJson(markets: readonly MarketCoverage[]): string {
  return jsonLines(markets.map(printedCoverage));
}

/** All markets: a header, and a market a line. */
export function marketsCsv(markets: readonly MarketCoverage[]): string {
  return csvLines(COVERAGE_COLUMNS, markets.map(printedCoverage));
}

/** One market with its stretches, a stretch a line. */
export function stretchesJson(one: MarketCoverage): string {
  const lines = printedStretches(one).map((stretch) => `    ${JSON.stringify(stretch)}`);
  return `{\n  "summary": ${JSON.stringify(printedCoverage(one))},\n  "stretches": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/** The stretches of one market: a header, and a stretch a line. */
export function stretchesCsv(one: MarketCoverage): string {
  return csvLines(STRETCH_COLUMNS, printedStretches(one));
}

const COVERAGE_COLUMNS = [
  ...(['market', 'from', 'to', 'behindMinutes', 'coveredPercent', 'sealedTo'] as const),
  ...(['unsealedDays', 'nextAuditAt', 'gaps', 'disputedDays', 'historyDays'] as const),
  ...(['historyWaitingDays', 'historyWaitsUntil', 'historyExpectedAt'] as const),
  ...(['storedMinutes', 'untradedMinutes', 'unsureMinutes', 'gapMinutes'] as const),
  'missingMinutes',
] satisfies (keyof PrintedCoverage)[];

const STRETCH_COLUMNS = [
  ...(['market', 'state', 'from', 'to', 'minutes', 'reason', 'dueAt', 'dueFrom'] as const),
] satisfies (keyof PrintedStretch)[];

function printedCoverage({ market, coverage }: MarketCoverage): PrintedCoverage {
  const { history, minutes } = coverage;
  return {
    market: marketKey(market),
    from: isoTime(coverage.storedFromMs),
    to: isoTime(coverage.storedToMs),
    behindMinutes: coverage.behindMs / MINUTE_MS,
    coveredPercent: barePercent(coverage.sealed),
    sealedTo: isoTime(coverage.sealedToMs),
    unsealedDays: coverage.unsealedDays,
    nextAuditAt: isoTime(coverage.nextAuditAtMs),
    gaps: coverage.gapCount,
    disputedDays: coverage.disputedDays,
    historyDays: history.days,
    historyWaitingDays: history.waitingDays,
    historyWaitsUntil: isoTime(history.lastWaitsUntilMs),
    historyExpectedAt: isoTime(history.expectedAtMs),
    storedMinutes: minutes.stored,
    untradedMinutes: minutes.untraded,
    unsureMinutes: minutes.unsure,
    gapMinutes: minutes.gap,
    missingMinutes: minutes.missing,
  };
}

function printedStretches({ market, coverage }: MarketCoverage): PrintedStretch[] {
  return coverage.stretches.map((stretch) => printedStretch(marketKey(market), stretch));
}

function printedStretch(
  market: string,
  { state, fromMs, toMs, reason, due }: Stretch,
): PrintedStretch {
  return {
    market,
    state,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    minutes: (toMs - fromMs) / MINUTE_MS,
    reason,
    dueAt: isoTime(due?.atMs ?? null),
    dueFrom: due?.source ?? null,
  };
}

function isoTime(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}
