import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { DayRow, GapRow } from '../answers/answers';
import { ICONS } from '../page/icons';
import { type PageActions, type PageState, shownMarket } from '../page/page-state';
import { apiMinuteText, dayText, durationText, endText } from '../page/times';
import { countOf } from '../page/wording';
import { calendar } from './calendar';
import { coverageBar } from './coverage-bar';
import { dayLedger } from './day-ledger';
import { DAY_STATES } from './day-sentence';
import { historyProgress } from './history-progress';

/** Rows of gaps that are drawn; more of them are told of. */
const MOST_GAPS = 200;

/** Completeness, to be looked at: a bar, a calendar, the ledger of a day, the gaps. */
export function coverageSection(state: PageState, actions: PageActions): TemplateResult {
  const market = shownMarket(state);
  return html`<section class="coverage" aria-labelledby="coverage-heading">
    <h2 id="coverage-heading">Coverage</h2>
    ${coverageBar(state, actions)} ${market === undefined ? nothing : historyProgress(market)}
    <div class="days">
      <div class="days-main">
        <div class="days-head">
          <h3>Days</h3>
          ${key()}
          <button
            class="tool"
            aria-expanded=${state.isDayTableShown ? 'true' : 'false'}
            @click=${actions.toggleDayTable}
            title="The days as a table"
          >
            ${ICONS.table}<span>Table</span>
          </button>
        </div>
        ${calendar(state, actions)}
      </div>
      ${dayLedger(state, actions)}
    </div>
    ${state.isDayTableShown ? dayTable(state) : nothing} ${gapTable(state, actions)}
  </section>`;
}

function key(): TemplateResult {
  return html`<ul class="key" aria-label="Key of the days">
    <li>
      <i class="day-swatch tone-1"></i><i class="day-swatch tone-2"></i
      ><i class="day-swatch tone-3"></i><i class="day-swatch tone-4"></i>sealed, quiet to busy
    </li>
    <li><i class="day-swatch is-unsealed"></i>not sealed</li>
    <li><i class="day-swatch is-waiting"></i>waiting</li>
    <li><i class="day-swatch is-gap"></i>gap</li>
    <li><i class="day-swatch is-disputed"></i>disputed</li>
    <li><i class="day-swatch is-before"></i>before</li>
  </ul>`;
}

function gapTable({ gaps }: PageState, actions: PageActions): TemplateResult {
  if (gaps === undefined) return html``;
  if (gaps.length === 0) {
    return html`<h3>Gaps</h3>
      <p class="empty">None: no minute is known to be lost.</p>`;
  }
  return html`${guard([gaps], () => gapRows(gaps, actions))}`;
}

function gapRows(gaps: readonly GapRow[], { goTo }: PageActions): TemplateResult {
  const rows = [...gaps].sort((a, b) => Date.parse(b.from) - Date.parse(a.from));
  const left = rows.length - MOST_GAPS;
  return html`<h3>Gaps</h3>
    <div class="table-frame is-plain" tabindex="0" role="region" aria-label="Gaps">
      <table>
        <caption class="unseen">
          Gaps, newest first
        </caption>
        <thead>
          <tr>
            <th scope="col">From, UTC</th>
            <th scope="col">To</th>
            <th scope="col" class="number">Length</th>
            <th scope="col">Reason</th>
            <th scope="col">Observed</th>
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, MOST_GAPS).map((gap) => gapRow(gap, goTo))}
        </tbody>
      </table>
    </div>
    ${left > 0 ? html`<p class="empty">${countOf(left, 'older gap')} left out.</p>` : nothing}`;
}

function gapRow(
  { from, to, reason, observedAt }: GapRow,
  goTo: PageActions['goTo'],
): TemplateResult {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return html`<tr>
    <th scope="row">
      <button class="link" @click=${() => goTo((fromMs + toMs) / 2)}>${apiMinuteText(from)}</button>
    </th>
    <td>${endText(fromMs, toMs)}</td>
    <td class="number">${durationText(toMs - fromMs)}</td>
    <td class="text"><i class="swatch is-gap"></i>${reason}</td>
    <td>${apiMinuteText(observedAt)}</td>
  </tr>`;
}

/** The days of the chosen day's year, or of the newest one. */
function dayTable({ days = [], view }: PageState): TemplateResult {
  const year =
    view.dayMs === undefined ? (days[0]?.day.slice(0, 4) ?? '') : dayText(view.dayMs).slice(0, 4);
  return html`${guard([days, year], () =>
    dayRows(
      year,
      days.filter(({ day }) => day.startsWith(year)),
    ),
  )}`;
}

function dayRows(year: string, rows: readonly DayRow[]): TemplateResult {
  const numbers = ['With a trade', 'Without', 'Gap', 'Rejected', 'Corrected', 'Suspect', 'Audits'];
  return html`<div class="table-frame" tabindex="0" role="region" aria-label="Days of ${year}">
    <table>
      <caption>
        Days of ${year}, newest first
      </caption>
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col">State</th>
          ${numbers.map((name) => html`<th scope="col" class="number">${name}</th>`)}
          <th scope="col">Sealed</th>
          <th scope="col">Asked for next</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(dayRow)}
      </tbody>
    </table>
  </div>`;
}

function dayRow(row: DayRow): TemplateResult {
  const { minutes, absent, gap, rejected, corrected, suspects, audits } = row;
  return html`<tr>
    <th scope="row">${row.day}</th>
    <td>${DAY_STATES[row.state]}</td>
    ${[minutes, absent, gap, rejected, corrected, suspects.length, audits].map(
      (count) => html`<td class="number">${count?.toLocaleString('en-US') ?? '–'}</td>`,
    )}
    <td>${apiMinuteText(row.sealedAt)}</td>
    <td>${apiMinuteText(row.dueAt)}</td>
  </tr>`;
}
