import * as listings from './listing-checks';
import * as pages from './page-checks';
import * as refusals from './refusal-checks';
import * as rows from './row-checks';
import type { Check } from '../subject';

/** All that an adapter has to show, by the sentence that says it. */
export const CHECKS = {
  'exactly the minutes that were asked for come out, over the seams of pages': pages.hasNoSeams,
  'candles are in the order of time, each once': pages.isInOrder,
  'times in another unit, or within a minute, are refused': pages.takesNoOtherUnit,
  'a documented row is read value by value': rows.readsTheDocumentedRow,
  'every digit is kept': rows.keepsDigits,
  'prices that are JSON numbers are refused': rows.refusesNumbers,
  'a minute without a trade is no candle': rows.leavesQuietMinutesOut,
  'a row with trades and no volume is refused': rows.refusesTradesWithoutVolume,
  'rows of one minute that differ are refused': rows.refusesContradictoryRows,
  'the open candle never comes out': rows.leavesTheOpenCandleOut,
  'a date ahead of this clock closes no candle': rows.believesNoDateAhead,
  'the closed candle comes out': rows.givesTheClosedCandle,
  'rows of other minutes are no answer': pages.refusesOtherMinutes,
  'rows of earlier minutes are no answer': pages.refusesEarlierMinutes,
  'minutes of days ago come out': pages.reachesBack,
  'a quiet market is believed': pages.believesSilence,
  'an empty page before a full one is asked for again': pages.asksAgainForAnEmptyPage,
  'the rest of a page that is cut is asked for': pages.asksForTheRestOfACutPage,
  'an unknown pair is told from all else': pages.tellsAnUnknownPair,
  'errors are told apart, and only passing ones repeated': refusals.tellsErrorsApart,
  'Retry-After is obeyed to the second': refusals.obeysRetryAfter,
  'a limit is obeyed whose body does not come whole': refusals.obeysTheHeadOfALimit,
  'a Retry-After that is over is none': refusals.believesNoRetryAfterThatIsOver,
  'a ban silences its host, and no other': refusals.staysSilentInABan,
  'a ban is obeyed without its body, or an end to come': refusals.obeysEveryBan,
  'a refused region silences its host': refusals.staysSilentInARefusedRegion,
  'no window of the exchange has more requests than allowed': refusals.keepsToItsWindow,
  'the newest answer counts': pages.givesTheNewestAnswer,
  'pairs have the names that users write': listings.readsListings,
  'the listing of another pair is none': listings.takesNoOtherListing,
  'a listing is doubted that has anything before it': listings.doubtsListings,
  'an odd entry of a listing costs nothing else': listings.readsOddListings,
} as const satisfies Readonly<Record<string, Check>>;

/** The sentence of a check. */
export type CheckName = keyof typeof CHECKS;
