import { DAY_MS, floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { AnswerFault, ExchangeFaults, ShownRange } from './answer-fault';
import type { ExchangeCandle } from './candles/exchange-candle';
import { hash32, randomNumbers } from './candles/random-numbers';
import { BAD_ROWS, badRow, uncorrected } from './candles/wrong-candles';

/** Lies that an answer tells as a whole. */
const ANSWER_LIES = [
  'stale',
  'cut',
  'empty',
  'null',
  'html',
  'redirect',
  'endless-body',
  'more-columns',
  'zero-rows',
] as const satisfies readonly AnswerFault[];

/** Lies of the archive about a month as a whole, and what its answer is instead. */
const ARCHIVE_LIES = {
  'missing-month': 'not-found',
  'cut-month': 'cut',
  'empty-month': 'empty',
} as const satisfies Record<string, AnswerFault>;
type ArchiveLie = keyof typeof ARCHIVE_LIES;
const ARCHIVE_LIE_NAMES = [
  'missing-month',
  'cut-month',
  'empty-month',
] as const satisfies ArchiveLie[];

/** Lies of the archive about when a month comes, and about single rows of it. */
const MONTH_LIE_NAMES = ['late-month', 'bad-month-rows'] as const;

/** Lies about the listing of all pairs, and what its answer is instead. */
const LISTING_LIES = {
  'empty-listing': 'empty',
  'html-listing': 'html',
} as const satisfies Record<string, AnswerFault>;
const LISTING_LIE_NAMES = [
  'empty-listing',
  'html-listing',
] as const satisfies (keyof typeof LISTING_LIES)[];

/** The lies that can be chosen: of whole answers, of single minutes, of the archive and of listings. */
export const LIES = [
  ...ANSWER_LIES,
  'late',
  'bad-rows',
  'corrected',
  'withdrawn',
  ...ARCHIVE_LIE_NAMES,
  ...MONTH_LIE_NAMES,
  ...LISTING_LIE_NAMES,
] as const;
export type Lie = (typeof LIES)[number];

/** Whether a lie is told by an exchange's archive alone. */
export function isOfArchive(lie: Lie): boolean {
  return [...ARCHIVE_LIE_NAMES, ...MONTH_LIE_NAMES].some((name) => name === lie);
}

/** Options of an exchange that lies at random. */
export interface RandomLiesOptions {
  readonly lies: readonly Lie[];
  /** The share of answers, of minutes, and of spells of ten minutes that lie: 0 to 1. */
  readonly rate: number;
  /** The same seed tells the same lies. */
  readonly seed: number;
}

/** The endpoints of candles, as the APIs of exchanges name them. */
const CANDLE_ENDPOINTS: ReadonlySet<string> = new Set([
  'candlesticks',
  'klines',
  'candles',
  'history-candles',
]);
/** The endpoints of listings, of one pair or of all. */
const LISTING_ENDPOINTS: ReadonlySet<string> = new Set([
  'currency_pairs',
  'exchangeInfo',
  'instruments',
  'products',
]);
/** For so long candles are published late, or not. */
const LATE_SPELL_MS = 10 * MINUTE_MS;
const LEAST_DELAY_MS = 3 * MINUTE_MS;
const DELAY_SPAN_MS = 4 * MINUTE_MS;
/** A row is bad, or not yet corrected, for so long at most: hours are looked at again within two. */
const LONGEST_WRONG_MS = 100 * MINUTE_MS;
/** A candle that is withdrawn has been there for this long. */
const WITHDRAWN_AFTER_MS = 30 * MINUTE_MS;
/** A month comes so much later than others, at most. */
const LONGEST_MONTH_DELAY_MS = 5 * DAY_MS;
const HASH_VALUES = 0x1_0000_0000;

/**
 * Lies by the seed alone: an answer's in the order of the answers; a minute's by
 * its time, so that it is the same lie in each answer.
 */
export class RandomLies implements ExchangeFaults {
  readonly #options: RandomLiesOptions;
  readonly #answerLies: readonly AnswerFault[];
  readonly #archiveFaults: readonly AnswerFault[];
  readonly #listingFaults: readonly AnswerFault[];
  readonly #random: () => number;

  constructor(options: RandomLiesOptions) {
    this.#options = options;
    this.#answerLies = ANSWER_LIES.filter((lie) => options.lies.includes(lie));
    this.#archiveFaults = faultsOf(ARCHIVE_LIE_NAMES, ARCHIVE_LIES, options.lies);
    this.#listingFaults = faultsOf(LISTING_LIE_NAMES, LISTING_LIES, options.lies);
    this.#random = randomNumbers(options.seed);
  }

  takeAnswer(pair: string | undefined, endpoint: string): AnswerFault | undefined {
    const faults = this.#faultsOf(pair, endpoint);
    if (faults.length === 0 || this.#random() >= this.#options.rate) return undefined;
    return faults[Math.floor(this.#random() * faults.length)];
  }

  visible(
    pair: string,
    candles: readonly ExchangeCandle[],
    { nowMs }: ShownRange,
  ): readonly ExchangeCandle[] {
    const delayMs = this.#delayMs(nowMs);
    return candles.flatMap((candle) => {
      const sinceCloseMs = nowMs - candle.openTimeMs - MINUTE_MS;
      if (delayMs > 0 && sinceCloseMs < delayMs) return [];
      const shown = this.#shown(pair, candle, sinceCloseMs);
      return shown === undefined ? [] : [shown];
    });
  }

  /** A bad row of the archive stays bad. */
  archived(
    pair: string,
    candles: readonly ExchangeCandle[],
    range: ShownRange,
  ): readonly ExchangeCandle[] {
    return this.visible(pair, candles, range).map((candle) => {
      const minute = candle.openTimeMs / MINUTE_MS;
      const isBad = this.#tells('bad-month-rows', pair, minute);
      return isBad ? badRow(candle, this.#badRow(pair, minute)) : candle;
    });
  }

  monthDelayMs(pair: string, monthMs: number): number {
    const day = monthMs / DAY_MS;
    if (!this.#tells('late-month', pair, day)) return 0;
    return this.#chance(`month delay ${pair}`, day) * LONGEST_MONTH_DELAY_MS;
  }

  #faultsOf(pair: string | undefined, endpoint: string): readonly AnswerFault[] {
    if (pair === undefined && LISTING_ENDPOINTS.has(endpoint)) return this.#listingFaults;
    if (endpoint === 'archive') return this.#archiveFaults;
    return CANDLE_ENDPOINTS.has(endpoint) ? this.#answerLies : [];
  }

  #delayMs(nowMs: number): number {
    const spell = floorTo(nowMs, LATE_SPELL_MS) / LATE_SPELL_MS;
    if (!this.#tells('late', '', spell)) return 0;
    return LEAST_DELAY_MS + Math.floor(this.#chance('delay', spell) * DELAY_SPAN_MS);
  }

  /** A minute at some time after its close; undefined if it is withdrawn. */
  #shown(pair: string, candle: ExchangeCandle, sinceCloseMs: number): ExchangeCandle | undefined {
    const minute = candle.openTimeMs / MINUTE_MS;
    const wrongForMs = this.#chance(`wrong ${pair}`, minute) * LONGEST_WRONG_MS;
    if (this.#tells('withdrawn', pair, minute) && sinceCloseMs >= WITHDRAWN_AFTER_MS) {
      return undefined;
    }
    if (sinceCloseMs >= wrongForMs) return candle;
    if (this.#tells('bad-rows', pair, minute)) return badRow(candle, this.#badRow(pair, minute));
    return this.#tells('corrected', pair, minute) ? uncorrected(candle) : candle;
  }

  #badRow(pair: string, minute: number) {
    const index = Math.floor(this.#chance(`bad row ${pair}`, minute) * BAD_ROWS.length);
    return BAD_ROWS[index] ?? 'zero-price';
  }

  #tells(lie: Lie, pair: string, time: number): boolean {
    const { lies, rate } = this.#options;
    return lies.includes(lie) && this.#chance(`${lie} ${pair}`, time) < rate;
  }

  /** A number of `[0, 1)` that follows from the seed, a name and a time. */
  #chance(name: string, time: number): number {
    return hash32(name, this.#options.seed, time) / HASH_VALUES;
  }
}

/** The faults of those of the lies that are told. */
function faultsOf<Name extends Lie>(
  names: readonly Name[],
  faults: Readonly<Record<Name, AnswerFault>>,
  told: readonly Lie[],
): readonly AnswerFault[] {
  return names.filter((name) => told.includes(name)).map((name) => faults[name]);
}
