import { html, nothing, type TemplateResult } from 'lit-html';
import type { CandleRow, StretchRow } from '../answers/answers';
import { type PageState, shownMarket } from '../page/page-state';
import { dayText, durationText, minuteText } from '../page/times';
import { countOf, pairText } from '../page/wording';
import { type ChartInterval, minutesOf, openOf, slotOf } from './chart-interval';
import { currentStretches } from './bands/current-stretches';
import { seenCandles, stretchesIn } from './seen';

const WORST_FIRST: readonly StretchRow['state'][] = [
  ...(['gap', 'missing', 'unsealed', 'live', 'behind'] as const),
  ...(['disputed', 'complete', 'before'] as const),
];

/** The candle that is pointed at, or the newest one in sight, in its exact digits. */
export function legend(state: PageState): TemplateResult {
  const { view, window } = state;
  const newest = seenCandles(state)?.candles.at(-1);
  const openMs = state.pointedMs ?? (newest && Date.parse(newest.time));
  if (openMs === undefined || window === undefined) {
    return html`<div class="legend">
      <p><b>Loading candles…</b></p>
    </div>`;
  }
  const candle = window.candles.get(slotOf(view.interval, openMs));
  const note = candle === undefined ? absence(state, openMs) : stateText(candle, view.interval);
  return html`<div class="legend">
    <p><b>${candleTime(view.interval, openMs)}</b> <span class="legend-note">${note}</span></p>
    ${candle === undefined ? nothing : digits(candle)}
  </div>`;
}

function digits({ open, high, low, close, baseVolume, quoteVolume }: CandleRow): TemplateResult {
  return html`<p class="figures">
    ${figure('open', open)} ${figure('high', high)} ${figure('low', low)} ${figure('close', close)}
    ${figure('volume', baseVolume)} ${quoteVolume === null ? nothing : figure('quote', quoteVolume)}
  </p>`;
}

function figure(name: string, value: string): TemplateResult {
  return html`<span><i>${name}</i> <b>${value}</b></span>`;
}

function stateText({ time, minutes, closed, final }: CandleRow, interval: ChartInterval): string {
  const state = final ? 'sealed' : closed ? 'not sealed yet' : 'still open';
  if (interval === '1m') return state;
  const all = minutesOf(interval, Date.parse(time));
  return `${minutes.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} min traded · ${state}`;
}

/** The reason why there is no candle: the state that says the least of its time. */
function absence(state: PageState, openMs: number): string {
  const { coverage, nowMs, view } = state;
  const row = shownMarket(state);
  const closeMs = openOf(view.interval, slotOf(view.interval, openMs) + 1);
  const stretches = row === undefined ? [] : currentStretches(coverage, row, nowMs);
  const [worst] = stretchesIn(stretches, { fromMs: openMs, toMs: closeMs }).sort(
    (a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state),
  );
  return worst === undefined ? 'not known yet' : absenceText(worst);
}

function absenceText({ state, reason }: StretchRow): string {
  switch (state) {
    case 'gap':
      return `gap: ${reason ?? 'no reason is noted'}`;
    case 'before':
      return 'before the market was listed';
    case 'missing':
      return 'history that is still to come';
    case 'behind':
      return 'not asked for yet';
    case 'unsealed':
    case 'live':
      return 'no trade so far; the day is not sealed yet';
    case 'complete':
    case 'disputed':
      return 'no trade';
  }
}

function candleTime(interval: ChartInterval, openMs: number): string {
  return interval === '1d' || interval === '1w' || interval === '1M'
    ? dayText(openMs)
    : minuteText(openMs);
}

/** The legend as a sentence, for keyboard moves. */
export function candleSentence(state: PageState, openMs: number): string {
  const { view, window } = state;
  const candle = window?.candles.get(slotOf(view.interval, openMs));
  const time = candleTime(view.interval, openMs);
  if (candle === undefined) return `${time}: ${absence(state, openMs)}`;
  const { open, high, low, close, baseVolume } = candle;
  return `${time}: open ${open}, high ${high}, low ${low}, close ${close}, volume ${baseVolume}; ${stateText(candle, view.interval)}`;
}

/** The chart as a sentence, for those who do not see it. */
export function chartSentence(state: PageState): string {
  const market = shownMarket(state);
  const seen = seenCandles(state);
  if (market === undefined || seen === undefined) return 'Chart: loading';
  const gaps = stretchesIn(state.coverage?.stretches ?? [], seen).filter(
    (stretch) => stretch.state === 'gap',
  );
  const [oldest, newest] = [seen.candles[0], seen.candles.at(-1)];
  const prices =
    oldest === undefined || newest === undefined
      ? 'no candle'
      : `from ${oldest.open} to ${newest.close}`;
  const lost = gaps.map(({ from, to }) => Date.parse(to) - Date.parse(from));
  const length = durationText(lost.reduce((sum, lengthMs) => sum + lengthMs, 0));
  const known = gaps.length === 0 ? 'no gap' : `${countOf(gaps.length, 'gap')} of ${length}`;
  const gapText = state.coverage === undefined ? 'gaps not known yet' : known;
  return `Chart of ${pairText(market.pair)}, ${state.view.interval} candles, ${minuteText(seen.fromMs)} to ${minuteText(seen.toMs)} UTC: ${prices}, ${gapText}. Arrow keys move from candle to candle.`;
}
