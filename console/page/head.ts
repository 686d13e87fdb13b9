import { html, nothing, type TemplateResult } from 'lit-html';
import { ICONS, MARK } from './icons';
import type { Outage, PageActions, PageState } from './page-state';
import type { Theme } from './theme';
import { clockText, dayText, roughDurationText } from './times';

const THEME_NAMES: Readonly<Record<Theme, string>> = {
  auto: 'as the system',
  light: 'light',
  dark: 'dark',
};

/** The bar on top: stage, time in UTC, age of what is shown, light or dark. */
export function head(state: PageState, { switchTheme }: PageActions): TemplateResult {
  const { markets, nowMs, theme } = state;
  return html`<header class="head">
    <a class="brand" href="/" aria-label="Candlestream">${MARK}<span>Candlestream</span></a>
    ${markets === undefined ? nothing : html`<span class="stage">${markets.stage}</span>`}
    <div class="head-end">
      ${nowMs === undefined ? nothing : clock(state, nowMs)}
      <button
        class="icon-button"
        @click=${switchTheme}
        aria-label="Colours: ${THEME_NAMES[theme]}. Change them"
        title="Colours: ${THEME_NAMES[theme]}"
      >
        ${ICONS[theme]}
      </button>
    </div>
  </header>`;
}

function clock({ ageMs, outage }: PageState, nowMs: number): TemplateResult {
  const age = ageMs < 1_000 ? 'just now' : `${roughDurationText(ageMs)} ago`;
  return html`<span class="age ${outage === undefined ? '' : 'is-stale'}">
      <i class="pulse" aria-hidden="true"></i><span class="age-words">read </span>${age}
    </span>
    <span class="clock"
      ><span class="clock-day">${dayText(nowMs)}</span> <b>${clockText(nowMs)}</b> UTC</span
    >`;
}

/** Says that the API does not answer. What is shown stays. */
export function banner(outage: Outage | undefined): TemplateResult | typeof nothing {
  if (outage === undefined) return nothing;
  return html`<div class="banner" role="alert">
    <b>The API does not answer</b> since ${clockText(outage.sinceMs)} UTC: ${outage.reason}. What is
    shown is from before; it is asked again every 5 s.
  </div>`;
}

/** Licences, and where to read on. */
export function foot(noticePath: string): TemplateResult {
  return html`<footer class="foot">
    <p>
      All times are UTC. Every digit is as it is stored. The page asks for what is new every five
      seconds while it is in sight.
    </p>
    <p class="keys">
      <span><kbd>/</kbd> filter</span>
      <span><kbd>c</kbd> chart</span>
      <span><kbd>←</kbd><kbd>→</kbd> candle</span>
      <span><kbd>+</kbd><kbd>−</kbd> zoom</span>
      <span><kbd>[</kbd><kbd>]</kbd> gap</span>
      <span><kbd>Home</kbd><kbd>End</kbd> first, newest</span>
    </p>
    <p>
      Charts: TradingView Lightweight Charts™, Copyright © 2026
      <a href="https://www.tradingview.com/" rel="noreferrer">TradingView, Inc.</a>
      · <a href=${noticePath}>Notices</a> · <a href="/openapi.json">OpenAPI</a>
    </p>
  </footer>`;
}
