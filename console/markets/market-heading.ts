import type { nothing } from 'lit-html';
import { html, type TemplateResult } from 'lit-html';
import type { MarketRow } from '../answers/answers';
import {
  apiMinuteText,
  dayText,
  durationText,
  MINUTE_MS,
  roughDurationText,
  SECOND_MS,
} from '../page/times';
import { countOf, pairText } from '../page/wording';
import { coveredText } from './condition';

/** The market that is shown: its name, what is to be said of it, its figures. */
export function marketHeading(row: MarketRow): TemplateResult {
  const covered = coveredText(row);
  return html`<section class="market-heading" aria-labelledby="market-name">
    <div class="title">
      <p class="eyebrow">${row.exchange}</p>
      <h1 id="market-name">${pairText(row.pair)}</h1>
      <p class="verdict">${verdict(row)}</p>
    </div>
    <div class="quote">
      <p class="close">${row.close ?? '–'}</p>
      <p class="close-time">
        ${row.closeTime === null ? 'no candle yet' : `close of ${apiMinuteText(row.closeTime)}`}
      </p>
    </div>
    <dl class="facts">
      ${fact('Behind', behind(row), row.endedAt === null ? `seen to ${apiMinuteText(row.seenTo)}` : `ended ${apiMinuteText(row.endedAt)}`)}
      ${fact('Covered', covered === null ? '–' : html`${covered}<small> %</small>`, 'of the sealed minutes')}
      ${fact('Sealed to', row.sealedTo === null ? '–' : dayText(Date.parse(row.sealedTo)), `settled to ${apiMinuteText(row.settledTo)}`)}
      ${fact('Gaps', row.gapCount.toLocaleString('en-US'), row.gapCount === 0 ? 'no minute is lost' : `${durationText(row.missingMinutes * MINUTE_MS)} lost`)}
      ${fact('Disputed', row.disputedDays.toLocaleString('en-US'), 'days whose audits differ')}
    </dl>
  </section>`;
}

function fact(
  name: string,
  value: string | TemplateResult,
  note: string | typeof nothing,
): TemplateResult {
  return html`<div class="fact">
    <dt>${name}</dt>
    <dd class="fact-value">${value}</dd>
    <dd class="fact-note">${note}</dd>
  </div>`;
}

function behind({ behindSeconds, endedAt }: MarketRow): string {
  if (endedAt !== null || behindSeconds === null) return '–';
  return roughDurationText(behindSeconds * SECOND_MS);
}

/** One sentence. */
function verdict(row: MarketRow): string {
  const since = dayText(Date.parse(beginOf(row) ?? '1970-01-01T00:00:00Z'));
  const covered = coveredText(row);
  if (covered === null) return `Nothing is sealed yet of what is wanted since ${since}.`;
  const left =
    row.historyDaysLeft > 0
      ? ` ${countOf(row.historyDaysLeft, 'day')} of history are still to come.`
      : '';
  if (row.gapCount === 0) return `Every sealed minute since ${since} is accounted for.${left}`;
  const lost = durationText(row.missingMinutes * MINUTE_MS);
  return `Accounted for since ${since}, but for ${countOf(row.gapCount, 'gap')} of ${lost}.${left}`;
}

/** The first time that the market can have candles: the later of what is wanted and of its listing. */
export function beginOf({ historyStart, listedSince }: MarketRow): string | null {
  if (historyStart === null || listedSince === null) return historyStart ?? listedSince;
  return Date.parse(listedSince) > Date.parse(historyStart) ? listedSince : historyStart;
}
