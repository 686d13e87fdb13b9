import type { MarketRow } from '../../console/answers/answers';
import type { PageState } from '../../console/page/page-state';

/** A live market that has no gap, unless other fields are given. */
export function marketRow(fields: Partial<MarketRow> = {}): MarketRow {
  return {
    ...{ market: 'gate-io:BTC_USDT', exchange: 'gate-io', pair: 'BTC_USDT' },
    ...{ close: null, closeTime: null, settledTo: null, seenTo: null, newest: null },
    ...{ liveSince: null, listedSince: null, endedAt: null, behindSeconds: 0, problem: null },
    ...{ historyStart: '2026-11-01T00:00:00Z', covered: null, sealedTo: null },
    ...{ gapCount: 0, gapMinutes: 0, disputedDays: 0, unsealedDays: 0 },
    ...{ historyDaysLeft: 0, historyDaysWaiting: 0, historyReadyAt: null },
    ...fields,
  };
}

/** The state of a page that has read nothing yet, unless other fields are given. */
export function pageState(fields: Partial<PageState> = {}): PageState {
  return {
    view: { market: 'gate-io:BTC_USDT', interval: '1m', atMs: undefined, dayMs: undefined },
    ...{ theme: 'auto', filter: '', nowMs: undefined, ageMs: 0, outage: undefined },
    ...{ markets: undefined, coverage: undefined, gaps: undefined, days: undefined },
    ...{ run: undefined, window: undefined, visible: undefined, pointedMs: undefined },
    ...{ isTableShown: false, isDayTableShown: false, announcement: '' },
    ...fields,
  };
}
