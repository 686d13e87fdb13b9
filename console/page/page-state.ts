import type {
  CoverageAnswer,
  DayRow,
  GapRow,
  MarketRow,
  MarketsAnswer,
  RunAnswer,
} from '../answers/answers';
import type { CandleWindow } from '../chart/candle-window';
import type { VisibleSlots } from '../chart/chart-view';
import type { View } from './address';
import type { Theme } from './theme';

/** The API does not answer. */
export interface Outage {
  readonly sinceMs: number;
  readonly reason: string;
}

/** All that the page is drawn from. */
export interface PageState {
  readonly view: View;
  readonly theme: Theme;
  readonly filter: string;
  /** By the API's clock; undefined before its first answer. */
  readonly nowMs: number | undefined;
  /** The age of what is shown. */
  readonly ageMs: number;
  readonly outage: Outage | undefined;
  readonly markets: MarketsAnswer | undefined;
  readonly coverage: CoverageAnswer | undefined;
  readonly gaps: readonly GapRow[] | undefined;
  /** The days of the ledger, newest first. */
  readonly days: readonly DayRow[] | undefined;
  /** Undefined on a stage; a text if it could not be read. */
  readonly run: RunAnswer | string | undefined;
  readonly window: CandleWindow | undefined;
  readonly visible: VisibleSlots | undefined;
  /** Open time of the candle that the legend is of; undefined for the newest one in sight. */
  readonly pointedMs: number | undefined;
  readonly isTableShown: boolean;
  readonly isDayTableShown: boolean;
  /** Said to screen readers; set by keyboard moves alone. */
  readonly announcement: string;
}

/** The actions of a user. */
export interface PageActions {
  readonly chooseMarket: (market: string) => void;
  readonly chooseInterval: (interval: View['interval']) => void;
  readonly chooseDay: (dayMs: number | undefined) => void;
  readonly goTo: (timeMs: number) => void;
  readonly goToNewest: () => void;
  readonly goToGap: (direction: 'previous' | 'next') => void;
  readonly setFilter: (text: string) => void;
  readonly switchTheme: () => void;
  readonly toggleTable: () => void;
  readonly toggleDayTable: () => void;
  readonly savePicture: () => void;
  readonly onChartKey: (event: KeyboardEvent) => void;
}

/** The market that is shown. */
export function shownMarket({ markets, view }: PageState): MarketRow | undefined {
  return markets?.markets.find(({ market }) => market === view.market);
}
