import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { addressOf, timeText } from '../answers/query-client';
import { ICONS } from '../page/icons';
import { type PageActions, type PageState, shownMarket } from '../page/page-state';
import { minuteText, readTime } from '../page/times';
import { CHART_INTERVALS } from './chart-interval';
import { candleTable } from './candle-table';
import { chartSentence, legend } from './legend';
import { newestRange } from './seen';

/** Candles that one answer of the API holds at most. */
const MOST_CSV = 5_000;

/** The chart with its tools, its legend and its key. */
export function chartSection(state: PageState, actions: PageActions): TemplateResult {
  const { isTableShown } = state;
  return html`<section class="chart" aria-labelledby="chart-heading">
    <h2 id="chart-heading" class="unseen">Chart</h2>
    ${tools(state, actions)} ${legend(state)}
    <div
      id="chart"
      class="plot-frame"
      role="img"
      tabindex="0"
      aria-label=${chartSentence(state)}
      @keydown=${actions.onChartKey}
    >
      <div class="plot" aria-hidden="true"></div>
    </div>
    <p class="unseen" aria-live="polite">${state.announcement}</p>
    ${key()} ${isTableShown ? candleTable(state) : nothing}
  </section>`;
}

function tools(state: PageState, actions: PageActions): TemplateResult {
  return html`<div class="tools">
    <div class="segments" role="group" aria-label="Interval">
      ${CHART_INTERVALS.map(
        (interval) =>
          html`<button
            aria-pressed=${state.view.interval === interval ? 'true' : 'false'}
            @click=${() => actions.chooseInterval(interval)}
          >
            ${interval}
          </button>`,
      )}
    </div>
    <form class="go-to" @submit=${(event: SubmitEvent) => goTo(event, actions)}>
      <label class="unseen" for="go-to">Go to a time, UTC</label>
      <input
        id="go-to"
        name="time"
        autocomplete="off"
        spellcheck="false"
        placeholder="Go to 2026-01-15 07:00"
        @input=${(event: InputEvent) => (event.target as HTMLInputElement).setCustomValidity('')}
      />
    </form>
    <div class="tool-group">${gapButtons(state, actions)}</div>
    <div class="tool-group tools-end">
      <button class="tool" @click=${actions.goToNewest} title="To the newest candle (End)">
        ${ICONS.newest}<span>Newest</span>
      </button>
      <button
        class="tool"
        aria-expanded=${state.isTableShown ? 'true' : 'false'}
        @click=${actions.toggleTable}
        title="What the chart shows, as a table"
      >
        ${ICONS.table}<span>Table</span>
      </button>
      <button class="tool" @click=${actions.savePicture} title="Save the chart as a picture">
        ${ICONS.picture}<span>Picture</span>
      </button>
      ${csvLink(state)}
    </div>
  </div>`;
}

function gapButtons({ coverage }: PageState, { goToGap }: PageActions): TemplateResult {
  const count = coverage?.stretches.filter(({ state }) => state === 'gap').length ?? 0;
  return html`<button
      class="tool"
      ?disabled=${count === 0}
      @click=${() => goToGap('previous')}
      title="Previous gap ([)"
    >
      ${ICONS.previous}<span class="unseen">Previous gap</span>
    </button>
    <span class="tool-label" aria-hidden="true"
      >${coverage !== undefined && count === 0 ? 'no gaps' : 'gap'}</span
    >
    <button
      class="tool"
      ?disabled=${count === 0}
      @click=${() => goToGap('next')}
      title="Next gap (])"
    >
      ${ICONS.next}<span class="unseen">Next gap</span>
    </button>`;
}

function csvLink(state: PageState): TemplateResult | typeof nothing {
  const range = newestRange(state, MOST_CSV);
  const market = shownMarket(state)?.market;
  if (range === undefined || market === undefined) return nothing;
  const address = addressOf('/v1/candles', {
    ...{ market, interval: state.view.interval, format: 'csv', limit: String(MOST_CSV) },
    ...{ from: timeText(range.fromMs), to: timeText(range.toMs) },
  });
  const count = MOST_CSV.toLocaleString('en-US');
  const [what, name] = range.isAll
    ? ['What the chart shows', 'CSV']
    : [`The newest ${count} candles of what the chart shows`, `CSV, newest ${count}`];
  return html`<a class="tool" href=${address} title="${what}, from the API, as CSV"
    ><span>${name}</span></a
  >`;
}

function goTo(event: SubmitEvent, actions: PageActions): void {
  event.preventDefault();
  const input = (event.target as HTMLFormElement).elements.namedItem('time') as HTMLInputElement;
  const timeMs = readTime(input.value);
  if (timeMs === undefined) {
    input.setCustomValidity('Write a time in UTC, such as 2026-01-15 07:00, 2026-01-15 or 2026-01');
    input.reportValidity();
    return;
  }
  input.value = minuteText(timeMs);
  actions.goTo(timeMs);
}

function key(): TemplateResult {
  return html`${guard(
    [],
    () =>
      html`<ul class="key" aria-label="Key of the chart">
        <li><i class="swatch is-up"></i>up</li>
        <li><i class="swatch is-down"></i>down</li>
        <li><i class="swatch is-gap"></i>gap</li>
        <li><i class="swatch is-unsealed"></i>stored, not sealed yet</li>
        <li><i class="swatch is-behind"></i>not stored</li>
        <li><i class="swatch is-disputed"></i>disputed day</li>
      </ul>`,
  )}`;
}
