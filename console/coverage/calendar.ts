import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { DayRow } from '../answers/answers';
import type { PageActions, PageState } from '../page/page-state';
import { DAY_MS, dayText } from '../page/times';
import { daySentence } from './day-sentence';

/** In pixels: a day's square with the space beside it, and without. */
const PITCH = 12;
const SIDE = 10;
const TOP = 16;
const WEEKS_A_HALF = 27;
/** A year can begin in a 54th week, which is drawn beyond the width. */
const WEEKS_A_YEAR = 53;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The hatching of days with a gap, as the chart has it. */
const HATCH = html`<svg class="unseen" aria-hidden="true">
  <pattern
    id="day-hatch"
    width="3.5"
    height="3.5"
    patternUnits="userSpaceOnUse"
    patternTransform="rotate(45)"
  >
    <rect class="hatch-line" width="1.6" height="3.5" />
  </pattern>
</svg>`;

/** All days, a year a row, newest year first. A click or the arrow keys open the ledger of a day. */
export function calendar(state: PageState, actions: PageActions): TemplateResult {
  const { days = [], view } = state;
  const [newest, oldest] = [days[0], days.at(-1)];
  const chosen = days.find(({ day }) => startOf(day) === view.dayMs) ?? newest;
  if (newest === undefined || oldest === undefined || chosen === undefined) {
    return html`<p class="empty">Loading days…</p>`;
  }
  return html`<div
    class="calendar"
    role="slider"
    tabindex="0"
    aria-label="Day"
    aria-valuemin=${startOf(oldest.day) / DAY_MS}
    aria-valuemax=${startOf(newest.day) / DAY_MS}
    aria-valuenow=${startOf(chosen.day) / DAY_MS}
    aria-valuetext=${daySentence(chosen)}
    @keydown=${(event: KeyboardEvent) => move(event, days, { chosen, actions })}
    @click=${(event: MouseEvent) => choose(event, actions)}
  >
    ${HATCH}
    ${guard([days, view.dayMs], () => yearsOf(days).map((rows) => yearRow(rows, view.dayMs)))}
  </div>`;
}

/** The days of each year, in the order that they are in. */
function yearsOf(days: readonly DayRow[]): Year[] {
  const years = new Set(days.map(({ day }) => day.slice(0, 4)));
  return [...years].map((year) => ({
    year: Number(year),
    rows: days.filter(({ day }) => day.startsWith(year)),
  }));
}

interface Year {
  readonly year: number;
  readonly rows: readonly DayRow[];
}

function yearRow(shown: Year, chosenMs: number | undefined): TemplateResult {
  return html`<div class="year">
    <h4>${shown.year}</h4>
    <div class="halves">
      ${[0, WEEKS_A_HALF].map((firstWeek) => half(shown, firstWeek, chosenMs))}
    </div>
  </div>`;
}

function half({ year, rows }: Year, firstWeek: number, chosenMs?: number): TemplateResult {
  const inHalf = rows.filter(({ day }) => isBetween(weekOf(startOf(day)), firstWeek));
  const width = (firstWeek === 0 ? WEEKS_A_HALF : WEEKS_A_YEAR - WEEKS_A_HALF) * PITCH;
  return html`<svg class="half" width=${width} height=${TOP + 7 * PITCH} aria-hidden="true">
    ${MONTHS.map((name, month) => monthName(name, weekOf(Date.UTC(year, month, 1)), firstWeek))}
    ${inHalf.map((row) => dayCell(row, firstWeek, startOf(row.day) === chosenMs))}
  </svg>`;
}

function isBetween(week: number, firstWeek: number): boolean {
  return week >= firstWeek && week < firstWeek + WEEKS_A_HALF;
}

function monthName(name: string, week: number, firstWeek: number): SVGTemplateResult | undefined {
  if (!isBetween(week, firstWeek)) return undefined;
  return svg`<text class="month" x=${(week - firstWeek) * PITCH} y="9">${name}</text>`;
}

function dayCell(row: DayRow, firstWeek: number, isChosen: boolean): SVGTemplateResult {
  const startMs = startOf(row.day);
  const x = (weekOf(startMs) - firstWeek) * PITCH;
  const y = TOP + weekdayOf(startMs) * PITCH;
  const names = `day is-${row.state} ${toneOf(row)} ${isChosen ? 'is-chosen' : ''}`;
  return svg`<rect class=${names} x=${x + 0.5} y=${y + 0.5} width=${SIDE} height=${SIDE} rx="1.5" data-day=${row.day}>
    <title>${daySentence(row)}</title>
  </rect>`;
}

/** A quiet day is as complete as a busy one: how much was traded is a tone only. */
function toneOf({ state, minutes }: DayRow): string {
  if (state !== 'sealed') return '';
  const share = (minutes ?? 0) / 1_440;
  return `tone-${share > 0.9 ? 4 : share > 0.6 ? 3 : share > 0.3 ? 2 : 1}`;
}

/** Monday is 0. */
function weekdayOf(timeMs: number): number {
  return (new Date(timeMs).getUTCDay() + 6) % 7;
}

/** The column in its year: weeks start on Mondays. */
function weekOf(timeMs: number): number {
  const firstMs = Date.UTC(new Date(timeMs).getUTCFullYear(), 0, 1);
  return Math.floor(((timeMs - firstMs) / DAY_MS + weekdayOf(firstMs)) / 7);
}

function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  ArrowLeft: -7,
  ArrowRight: 7,
  PageUp: -28,
  PageDown: 28,
};

interface Move {
  readonly chosen: DayRow;
  readonly actions: PageActions;
}

function move(event: KeyboardEvent, days: readonly DayRow[], { chosen, actions }: Move): void {
  const ends: Readonly<Record<string, DayRow | undefined>> = { Home: days.at(-1), End: days[0] };
  const step = STEPS[event.key];
  const wanted =
    step === undefined
      ? ends[event.key]
      : days.find(({ day }) => day === dayText(startOf(chosen.day) + step * DAY_MS));
  if (wanted === undefined) return;
  event.preventDefault();
  actions.chooseDay(startOf(wanted.day));
}

function choose(event: MouseEvent, { chooseDay }: PageActions): void {
  const day = (event.target as Element).getAttribute('data-day');
  if (day !== null) chooseDay(startOf(day));
}
