import { html, type TemplateResult } from 'lit-html';
import { chartSection } from '../chart/chart-section';
import { coverageSection } from '../coverage/coverage-section';
import { marketHeading } from '../markets/market-heading';
import { marketList } from '../markets/market-list';
import { banner, foot, head } from './head';
import { type PageActions, type PageState, shownMarket } from './page-state';
import { runSection } from './run-section';

/** The whole page. */
export function page(state: PageState, actions: PageActions, noticePath: string): TemplateResult {
  return html`<a class="skip" href="#chart">To the chart</a>
    ${head(state, actions)} ${banner(state.outage)}
    <div class="frame">
      ${marketList(state, actions)}
      <main>${content(state, actions)}</main>
    </div>
    ${foot(noticePath)}`;
}

function content(state: PageState, actions: PageActions): TemplateResult {
  const market = shownMarket(state);
  if (market === undefined) return html`<p class="nothing">${nothingText(state)}</p>`;
  return html`${marketHeading(market)} ${chartSection(state, actions)}
  ${coverageSection(state, actions)} ${runSection(state.run)}`;
}

function nothingText({ markets, outage, view }: PageState): string {
  if (markets === undefined)
    return outage === undefined ? 'Asking the API…' : 'Nothing to show yet.';
  if (markets.markets.length === 0)
    return 'No market is stored yet. The first one shows here as it comes.';
  return `There is no market ${view.market ?? ''}. Choose one of the list.`;
}
