import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { CandleRow } from '../answers/answers';
import type { PageState } from '../page/page-state';
import { apiMinuteText } from '../page/times';
import { seenCandles } from './seen';

/** Rows that are drawn; a page of more is slow to scroll and to read. */
const MOST_ROWS = 500;

/** The candles in sight, newest first. */
export function candleTable(state: PageState): TemplateResult {
  const candles = seenCandles(state)?.candles ?? [];
  const first = candles[0]?.time;
  return html`${guard([state.window, first, candles.length], () => table(candles))}`;
}

function table(candles: readonly CandleRow[]): TemplateResult {
  const rows = candles.slice(-MOST_ROWS).reverse();
  const left = candles.length - rows.length;
  return html`<div class="table-frame" tabindex="0" role="region" aria-label="Candles in sight">
    <table>
      <caption>
        ${rows.length.toLocaleString('en-US')} candles in sight, newest
        first${left > 0 ? `; ${left.toLocaleString('en-US')} older ones are left out` : nothing}
      </caption>
      <thead>
        <tr>
          <th scope="col">Open time, UTC</th>
          ${['Open', 'High', 'Low', 'Close', 'Volume', 'Quote volume', 'Minutes'].map(
            (name) => html`<th scope="col" class="number">${name}</th>`,
          )}
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(tableRow)}
      </tbody>
    </table>
  </div>`;
}

function tableRow(candle: CandleRow): TemplateResult {
  const { time, open, high, low, close, baseVolume, quoteVolume, minutes, final, closed } = candle;
  const figures = [open, high, low, close, baseVolume, quoteVolume ?? '–', String(minutes)];
  return html`<tr>
    <th scope="row">${apiMinuteText(time)}</th>
    ${figures.map((figure) => html`<td class="number">${figure}</td>`)}
    <td>${final ? 'sealed' : closed ? 'not sealed' : 'open'}</td>
  </tr>`;
}
