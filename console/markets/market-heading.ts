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
import { coveredText, LIVE_SECONDS } from './condition';

/** The market that is shown: its name, what is to be said of it, its figures. */
export function marketHeading(row: MarketRow): TemplateResult {
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
    ${facts(row)}
  </section>`;
}

function facts(row: MarketRow): TemplateResult {
  const { endedAt, seenTo, sealedTo, settledTo, gapCount, disputedDays } = row;
  const covered = coveredText(row);
  const seen =
    endedAt === null ? `seen to ${apiMinuteText(seenTo)}` : `ended ${apiMinuteText(endedAt)}`;
  const lost = gapCount === 0 ? 'no minute is lost' : `${lostText(row)} lost`;
  return html`<dl class="facts">
    ${fact('Behind', behind(row), seen)}
    ${fact('Covered', covered === null ? '–' : html`${covered}<small> %</small>`, 'of the sealed minutes')}
    ${fact('Sealed to', sealedTo === null ? '–' : dayText(Date.parse(sealedTo)), `settled to ${apiMinuteText(settledTo)}`)}
    ${fact('Gaps', gapCount.toLocaleString('en-US'), lost)}
    ${fact('Disputed', disputedDays.toLocaleString('en-US'), 'days whose audits differ')}
  </dl>`;
}

function fact(name: string, value: string | TemplateResult, note: string): TemplateResult {
  return html`<div class="fact">
    <dt>${name}</dt>
    <dd class="fact-value">${value}</dd>
    <dd class="fact-note">${note}</dd>
  </div>`;
}

function behind({ behindSeconds, endedAt, problem }: MarketRow): string {
  if (endedAt !== null || problem !== null) return '–';
  return behindSeconds < LIVE_SECONDS ? 'live' : roughDurationText(behindSeconds * SECOND_MS);
}

/** One sentence. */
function verdict(row: MarketRow): string {
  const { gapCount, historyDaysLeft, problem } = row;
  if (problem !== null) return problem;
  const since = dayText(beginOf(row));
  if (coveredText(row) === null) return `Nothing is sealed yet of what is wanted since ${since}.`;
  const left =
    historyDaysLeft > 0 ? ` ${countOf(historyDaysLeft, 'day')} of history are still to come.` : '';
  if (gapCount === 0) return `Every sealed minute since ${since} is accounted for.${left}`;
  return `Accounted for since ${since}, but for ${countOf(gapCount, 'gap')} of ${lostText(row)}.${left}`;
}

function lostText({ gapMinutes }: MarketRow): string {
  return durationText(gapMinutes * MINUTE_MS);
}

/** The first time that the market can have candles: the later of what is wanted and of its listing. */
export function beginOf({ historyStart, listedSince }: MarketRow): number {
  return Math.max(Date.parse(historyStart), listedSince === null ? 0 : Date.parse(listedSince));
}
