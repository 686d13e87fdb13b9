import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { CoverageAnswer, StretchRow, StretchState } from '../answers/answers';
import type { TimeRange } from '../answers/query-client';
import { seenRange } from '../chart/seen';
import type { PageActions, PageState } from '../page/page-state';
import { dayText, durationText, minuteText } from '../page/times';

const STATE_NAMES: Readonly<Record<StretchState, string>> = {
  before: 'not listed yet',
  missing: 'history to come',
  unsealed: 'not sealed yet',
  complete: 'sealed',
  disputed: 'disputed',
  gap: 'gap',
  live: 'live',
  behind: 'behind',
};

/** All of a market's time as one bar; a click moves the chart there. */
export function coverageBar(state: PageState, actions: PageActions): TemplateResult {
  const { coverage } = state;
  if (coverage === undefined) return html`<div class="coverage-bar is-empty"></div>`;
  return html`<svg
    class="coverage-bar"
    role="img"
    aria-label=${sentence(coverage)}
    @click=${(event: MouseEvent) => actions.goTo(timeAt(event, coverage))}
  >
    ${guard([coverage], () => stretches(coverage))} ${sight(coverage, seenRange(state))}
  </svg>`;
}

function stretches(coverage: CoverageAnswer): SVGTemplateResult {
  // Gaps come last: the thinnest must be seen on top of all that surrounds it.
  const inOrder = [...coverage.stretches].sort((a, b) => rank(a) - rank(b));
  return svg`${inOrder.map((stretch) => stretchRect(stretch, coverage))}
    ${marks(coverage)}`;
}

function rank({ state }: StretchRow): number {
  return state === 'gap' ? 2 : state === 'disputed' ? 1 : 0;
}

function stretchRect(stretch: StretchRow, coverage: CoverageAnswer): SVGTemplateResult {
  const from = percentAt(Date.parse(stretch.from), coverage);
  const width = percentAt(Date.parse(stretch.to), coverage) - from;
  return svg`<rect class="stretch is-${stretch.state}" x="${from}%" y="0" width="${width}%" height="28">
    <title>${title(stretch)}</title>
  </rect>`;
}

function title({ state, from, to, reason }: StretchRow): string {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const why = reason == null ? '' : `: ${reason}`;
  return `${STATE_NAMES[state]}${why}\n${minuteText(fromMs)} to ${minuteText(toMs)}, ${durationText(toMs - fromMs)}`;
}

/** Starts of years or, in a shorter time, of months, that leave room for their names. */
function marks({ from, to }: CoverageAnswer): SVGTemplateResult[] {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const starts = monthStarts(fromMs, toMs);
  const years = starts.filter((startMs) => new Date(startMs).getUTCMonth() === 0);
  const isLong = starts.length > 30;
  const chosen = isLong
    ? years
    : starts.filter((_, index) => index % Math.ceil(starts.length / 6) === 0);
  return chosen
    .map((startMs) => ({ at: ((startMs - fromMs) / (toMs - fromMs)) * 100, startMs }))
    .filter(({ at }) => at < 94)
    .map(
      ({ at, startMs }) => svg`<line class="mark-line" x1="${at}%" x2="${at}%" y1="28" y2="33" />
      <text class="mark-text" x="${at}%" y="44">${isLong ? dayText(startMs).slice(0, 4) : dayText(startMs).slice(0, 7)}</text>`,
    );
}

function monthStarts(fromMs: number, toMs: number): number[] {
  const first = new Date(fromMs);
  const starts: number[] = [];
  for (let month = first.getUTCMonth(); ; month++) {
    const startMs = Date.UTC(first.getUTCFullYear(), month, 1);
    if (startMs >= toMs) return starts;
    if (startMs >= fromMs) starts.push(startMs);
  }
}

/** The range that the chart has in sight. */
function sight(
  coverage: CoverageAnswer,
  range: TimeRange | undefined,
): SVGTemplateResult | typeof nothing {
  if (range === undefined) return nothing;
  const from = Math.max(0, percentAt(range.fromMs, coverage));
  const width = Math.min(100, percentAt(range.toMs, coverage)) - from;
  if (width <= 0) return nothing;
  return svg`<rect class="sight" x="${from}%" y="-1" width="${width}%" height="30" />`;
}

function percentAt(timeMs: number, { from, to }: CoverageAnswer): number {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return ((timeMs - fromMs) / Math.max(1, toMs - fromMs)) * 100;
}

function timeAt(event: MouseEvent, { from, to }: CoverageAnswer): number {
  const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return fromMs + ((event.clientX - left) / width) * (toMs - fromMs);
}

function sentence({ from, to, stretches: all, covered }: CoverageAnswer): string {
  const gaps = all.filter(({ state }) => state === 'gap').length;
  const share =
    covered === null ? 'nothing sealed yet' : `covered ${covered.replace(/\s*%$/, '')} %`;
  return `Coverage from ${dayText(Date.parse(from))} to ${dayText(Date.parse(to))}: ${share}, ${gaps} gaps. The tables below have all of it.`;
}
