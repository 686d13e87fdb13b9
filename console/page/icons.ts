import { svg, type SVGTemplateResult, type TemplateResult, html } from 'lit-html';

function icon(paths: SVGTemplateResult): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${paths}</svg>`;
}

/** The mark: a hollow and a filled candle on a stream. */
export const MARK = html`<svg class="mark" viewBox="0 0 28 28" aria-hidden="true">
  <path class="mark-stream" d="M2 21c5-9 9 3 13-5s7-7 11-10" />
  <path class="mark-up" d="M9 5v3.5M9 17.5V23M6 8.5h6v9H6z" />
  <path class="mark-down" d="M19 4v4M19 18v5" />
  <rect class="mark-body" x="16" y="8" width="6" height="10" />
</svg>`;

export const ICONS = {
  auto: icon(
    svg`<circle cx="8" cy="8" r="5.5" /><path class="solid" d="M8 2.5a5.5 5.5 0 0 1 0 11z" />`,
  ),
  light: icon(
    svg`<circle cx="8" cy="8" r="3" /><path d="M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3.05 3.05l1.1 1.1M11.85 11.85l1.1 1.1M3.05 12.95l1.1-1.1M11.85 4.15l1.1-1.1" />`,
  ),
  dark: icon(svg`<path d="M13.2 9.7A5.6 5.6 0 0 1 6.3 2.8a5.6 5.6 0 1 0 6.9 6.9z" />`),
  previous: icon(svg`<path d="M9.5 3.5 5 8l4.5 4.5" />`),
  next: icon(svg`<path d="M6.5 3.5 11 8l-4.5 4.5" />`),
  newest: icon(svg`<path d="M3 3.5 7.5 8 3 12.5M12.5 3v10" />`),
  table: icon(svg`<path d="M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 3.5v9" />`),
  picture: icon(svg`<path d="M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11" />`),
  close: icon(svg`<path d="m4 4 8 8M12 4l-8 8" />`),
  search: icon(svg`<circle cx="7" cy="7" r="4.2" /><path d="m10.2 10.2 3.3 3.3" />`),
} as const;
