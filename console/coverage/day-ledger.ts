import { html, nothing, svg, type TemplateResult } from 'lit-html';
import type { DayRow } from '../answers/answers';
import { ICONS } from '../page/icons';
import type { PageActions, PageState } from '../page/page-state';
import { apiMinuteText, DAY_MS, dayText, HOUR_MS } from '../page/times';
import { DAY_STATES } from './day-sentence';

const MINUTES_A_DAY = 1_440;
const SOURCES: Readonly<Record<string, string>> = {
  api: 'the exchange’s API',
  archive: 'the exchange’s archive',
};

/** The ledger of the day that is chosen: what its audits found, and when it is requested again. */
export function dayLedger(state: PageState, actions: PageActions): TemplateResult {
  const { dayMs } = state.view;
  if (dayMs === undefined) {
    return html`<aside class="ledger is-empty" aria-label="Ledger of a day">
      <p>
        Choose a day to read its ledger: what its audits found, where its minutes came from, and
        when it is requested again.
      </p>
    </aside>`;
  }
  const row = state.days?.find(({ day }) => day === dayText(dayMs));
  return html`<aside class="ledger" aria-labelledby="ledger-heading">
    <header>
      <h3 id="ledger-heading">${dayText(dayMs)}</h3>
      <button
        class="icon-button"
        aria-label="Close the ledger"
        @click=${() => actions.chooseDay(undefined)}
      >
        ${ICONS.close}
      </button>
    </header>
    ${
      row === undefined
        ? html`<p class="empty">The ledger has no such day.</p>`
        : content(row, dayMs, actions)
    }
  </aside>`;
}

function content(row: DayRow, dayMs: number, actions: PageActions): TemplateResult {
  return html`<p class="day-state is-${row.state}">
      <i class="day-swatch"></i>${DAY_STATES[row.state]}
    </p>
    ${minuteBar(row)}
    <dl class="receipt">
      ${entry('With a trade', figure(row.minutes))} ${entry('Without a trade', figure(row.absent))}
      ${row.gap === 0 ? nothing : entry('Gap', figure(row.gap))}
      ${entry('Rejected rows', figure(row.rejected))}
      ${entry('Corrected by audits', figure(row.corrected))}
      ${entry('Suspect', figure(row.suspects.length))} ${entry('Audits stored', figure(row.audits))}
      ${entry('Source', row.source === null ? '–' : (SOURCES[row.source] ?? row.source))}
      ${entry('Asked', apiMinuteText(row.askedAt))} ${entry('Sealed', apiMinuteText(row.sealedAt))}
      ${row.dueAt === null ? nothing : entry('Asked for next', apiMinuteText(row.dueAt))}
    </dl>
    ${row.refusal === null ? nothing : html`<p class="refusal">${row.refusal}</p>`}
    <button class="wide-button" @click=${() => actions.goTo(dayMs + 12 * HOUR_MS)}>
      Show it in the chart
    </button>
    <div class="beside">
      <button @click=${() => actions.chooseDay(dayMs - DAY_MS)}>
        ${ICONS.previous}${dayText(dayMs - DAY_MS).slice(5)}
      </button>
      <button @click=${() => actions.chooseDay(dayMs + DAY_MS)}>
        ${dayText(dayMs + DAY_MS).slice(5)}${ICONS.next}
      </button>
    </div>`;
}

function entry(name: string, value: string): TemplateResult {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function figure(count: number | null): string {
  return count === null ? '–' : count.toLocaleString('en-US');
}

/** The minutes of the day as parts of a bar: with a trade, without, and neither. */
function minuteBar({ minutes, absent }: DayRow): TemplateResult {
  const traded = minutes ?? 0;
  const known = traded + (absent ?? 0);
  const label = `${traded} minutes with a trade, ${absent ?? 0} without, ${MINUTES_A_DAY - known} unknown`;
  return html`<svg
    class="minute-bar"
    viewBox="0 0 ${MINUTES_A_DAY} 1"
    preserveAspectRatio="none"
    role="img"
    aria-label=${label}
  >
    <rect class="unknown" width=${MINUTES_A_DAY} height="1" />
    ${svg`<rect class="absent" width=${known} height="1" /><rect class="traded" width=${traded} height="1" />`}
  </svg>`;
}
