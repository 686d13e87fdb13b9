import { html, nothing, type TemplateResult } from 'lit-html';
import type { MarketRow } from '../answers/answers';
import { beginOf } from '../markets/market-heading';
import { apiMinuteText, DAY_MS } from '../page/times';
import { countOf } from '../page/wording';

/** Progress of loading history; nothing if all of it is there. */
export function historyProgress(market: MarketRow): TemplateResult | typeof nothing {
  const { historyDaysLeft, liveSince } = market;
  if (historyDaysLeft === 0 || liveSince === null) return nothing;
  const days = Math.ceil((Date.parse(liveSince) - beginOf(market)) / DAY_MS);
  const done = Math.max(0, days - historyDaysLeft);
  return html`<p class="history">
    <label for="history">History</label>
    <progress id="history" max=${days} value=${done}></progress>
    <span
      >${done.toLocaleString('en-US')} of ${countOf(days, 'day')} stored; ${outlook(market)}</span
    >
  </p>`;
}

function outlook({ historyReadyAt, historyDaysLeft, historyDaysWaiting }: MarketRow): string {
  const waiting = `${countOf(historyDaysWaiting, 'day')} wait for the archive`;
  if (historyDaysWaiting === historyDaysLeft) return waiting;
  const ready =
    historyReadyAt === null
      ? 'none in the last hour'
      : `the rest at ${apiMinuteText(historyReadyAt)}`;
  return historyDaysWaiting === 0 ? ready : `${ready}; ${waiting}`;
}
