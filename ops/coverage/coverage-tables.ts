import { type Column, tableLines } from '../../cli/text-table';
import { dayText, durationText, minuteText } from '../../cli/utc-time';
import { percentText } from '../../lambdas/shared/domain/coverage/percent';
import { DAY_MINUTES } from '../../lambdas/shared/domain/interval';
import { marketKey } from '../../lambdas/shared/domain/market';
import {
  coveredText,
  gapsText,
  historyText,
  stretchText,
  timeOr,
  unsealedText,
} from './coverage-texts';
import type { MarketCoverage } from './read-coverage';

const MARKET_COLUMNS: readonly Column[] = [
  { heading: 'market', align: 'left' },
  { heading: 'from (UTC)', align: 'left' },
  { heading: 'to (UTC)', align: 'left' },
  { heading: 'behind', align: 'right' },
  { heading: 'covered', align: 'right' },
  { heading: 'sealed up to', align: 'left' },
  { heading: 'not sealed yet', align: 'left' },
  { heading: 'gaps', align: 'right' },
  { heading: 'disputed', align: 'right' },
  { heading: 'history to come', align: 'left' },
];

/** A line a market. */
export function marketsTable(markets: readonly MarketCoverage[], nowMs: number): string {
  const rows = markets.map(({ market, coverage }) => [
    marketKey(market),
    timeOr(coverage.storedFromMs, dayText),
    timeOr(coverage.storedToMs, minuteText),
    durationText(coverage.behindMs),
    coveredText(coverage),
    timeOr(coverage.sealedToMs, dayText),
    unsealedText(coverage),
    gapsText(coverage),
    coverage.disputedDays === 0 ? '0' : `${coverage.disputedDays} d`,
    historyText(coverage.history, nowMs),
  ]);
  return `${tableLines(MARKET_COLUMNS, rows).join('\n')}\n`;
}

const STRETCH_COLUMNS: readonly Column[] = [
  { heading: 'state', align: 'left' },
  { heading: 'from (UTC)', align: 'left' },
  { heading: 'to (UTC)', align: 'left' },
  { heading: 'length', align: 'right' },
  { heading: '', align: 'left' },
];

/** A line a stretch of one market, and what they add up to. */
export function stretchesTable({ coverage }: MarketCoverage, nowMs: number): string {
  const rows = coverage.stretches.map((stretch) => [
    stretch.state,
    minuteText(stretch.fromMs),
    minuteText(stretch.toMs),
    durationText(stretch.toMs - stretch.fromMs),
    stretchText(stretch, nowMs),
  ]);
  return [...tableLines(STRETCH_COLUMNS, rows), '', ...sums({ coverage }), ''].join('\n');
}

function sums({ coverage }: Pick<MarketCoverage, 'coverage'>): string[] {
  const { minutes, sealed } = coverage;
  const told = [
    ['stored', minutes.stored],
    ['without a trade', minutes.untraded],
    ['not sure yet', minutes.unsure],
    ['in gaps', minutes.gap],
    ['of history to come', minutes.missing],
    ['behind', minutes.behind],
  ] as const;
  const counts = told.filter(([, count]) => count > 0);
  const days = sealed.whole / DAY_MINUTES;
  const share = percentText(sealed);
  return [
    share === null ? 'covered: no day is sealed yet' : `covered: ${share} of ${days} sealed days`,
    `minutes: ${counts.map(([text, count]) => `${count} ${text}`).join(', ')}`,
  ];
}
