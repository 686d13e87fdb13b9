import { html, nothing, type TemplateResult } from 'lit-html';
import type { MarketRow } from '../answers/answers';
import { beginOf } from '../markets/market-heading';
import { apiMinuteText, DAY_MS } from '../page/times';
import { countOf } from '../page/wording';

/** How far history has been loaded; nothing if all of it is there. */
export function historyProgress(market: MarketRow): TemplateResult | typeof nothing {
  const { historyDaysLeft, historyReadyAt, liveSince } = market;
  const begin = beginOf(market);
  if (historyDaysLeft === 0 || begin === null || liveSince === null) return nothing;
  const days = Math.ceil((Date.parse(liveSince) - Date.parse(begin)) / DAY_MS);
  const done = Math.max(0, days - historyDaysLeft);
  const ready =
    historyReadyAt === null
      ? 'no end in sight yet'
      : `all of it at ${apiMinuteText(historyReadyAt)}`;
  return html`<p class="history">
    <label for="history">History</label>
    <progress id="history" max=${days} value=${done}></progress>
    <span>${done.toLocaleString('en-US')} of ${countOf(days, 'day')} stored; ${ready}</span>
  </p>`;
}
