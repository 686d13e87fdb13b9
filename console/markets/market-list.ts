import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { MarketRow } from '../answers/answers';
import { queryOf } from '../page/address';
import { ICONS } from '../page/icons';
import type { PageActions, PageState } from '../page/page-state';
import { pairText } from '../page/wording';
import { behindText, conditionOf, isBehind } from './condition';

/** All markets, worst first as the API gives them, with a filter. */
export function marketList(state: PageState, actions: PageActions): TemplateResult {
  const { markets, filter, view } = state;
  const all = markets?.markets ?? [];
  const found = all.filter(({ market }) => market.toLowerCase().includes(filter.toLowerCase()));
  return html`<nav class="rail" aria-label="Markets">
    <div class="rail-inner">
      <div class="rail-head">
        <h2>Markets</h2>
        <span class="count">${countText(found.length, all.length)}</span>
      </div>
      <label class="filter">
        ${ICONS.search}<span class="unseen">Filter markets</span>
        <input
          id="filter"
          type="search"
          placeholder="Filter"
          autocomplete="off"
          spellcheck="false"
          .value=${filter}
          @input=${(event: InputEvent) => actions.setFilter((event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => enterList(event, found[0], actions)}
        />
      </label>
      ${guard([markets, filter, view], () => list(found, state, actions))}
      ${
        markets !== undefined && found.length === 0
          ? html`<p class="empty">No market has “${filter}” in its name.</p>`
          : nothing
      }
    </div>
  </nav>`;
}

function list(
  found: readonly MarketRow[],
  { view }: PageState,
  actions: PageActions,
): TemplateResult {
  return html`<ul class="markets" @keydown=${moveFocus}>
    ${found.map(
      (row) =>
        html`<li>
          <a
            class="market"
            href=${queryOf({ ...view, market: row.market, atMs: undefined, dayMs: undefined })}
            aria-current=${row.market === view.market ? 'true' : 'false'}
            @click=${(event: MouseEvent) => choose(event, row, actions)}
          >
            ${entry(row)}
          </a>
        </li>`,
    )}
  </ul>`;
}

function entry(row: MarketRow): TemplateResult {
  const { kind, text } = conditionOf(row);
  return html`<span class="market-name">
      <i class="dot is-${kind}" aria-hidden="true"></i>${pairText(row.pair)}
    </span>
    <span class="market-close">${row.close ?? '–'}</span>
    <span class="market-condition">${text}</span>
    <span class="market-behind ${isBehind(row) ? 'is-bad' : ''}">${behindText(row)}</span>`;
}

function countText(found: number, all: number): string {
  return found === all ? String(all) : `${found} of ${all}`;
}

/** A click with a modifier opens the address as any other. */
function choose(event: MouseEvent, { market }: MarketRow, { chooseMarket }: PageActions): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  chooseMarket(market);
}

function enterList(
  event: KeyboardEvent,
  first: MarketRow | undefined,
  { chooseMarket, setFilter }: PageActions,
): void {
  if (event.key === 'Enter' && first !== undefined) chooseMarket(first.market);
  if (event.key === 'Escape') setFilter('');
  if (event.key === 'ArrowDown') {
    event.preventDefault();
    document.querySelector<HTMLElement>('.market')?.focus();
  }
}

function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const links = [...document.querySelectorAll<HTMLElement>('.market')];
  const next = links[links.findIndex((link) => link === document.activeElement) + step];
  (next ?? document.querySelector<HTMLElement>('#filter'))?.focus();
}

/** Scrolls the list, not the page, to the market that is shown. */
export function showCurrentMarket(): void {
  const current = document.querySelector<HTMLElement>('.market[aria-current=true]');
  if (current === null) return;
  const { offsetLeft, offsetTop, offsetHeight } = current;
  current.closest('.markets')?.scrollTo(offsetLeft, offsetTop - offsetHeight);
}
