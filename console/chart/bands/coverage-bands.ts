import type { StretchRow } from '../../answers/answers';
import type { Band, BandKind } from './bands';
import { type CandleWindow, indexAt, openAt } from '../candle-window';
import { stretchesIn } from '../seen';

const KINDS: Readonly<Record<StretchRow['state'], BandKind | undefined>> = {
  gap: 'gap',
  disputed: 'disputed',
  unsealed: 'unsealed',
  live: 'unsealed',
  behind: 'behind',
  missing: 'missing',
  before: 'before',
  complete: undefined,
};

const LABELS: Readonly<Record<BandKind, string>> = {
  gap: 'gap',
  disputed: 'disputed',
  unsealed: 'not sealed yet',
  behind: 'not asked for yet',
  missing: 'history to come',
  before: 'not listed yet',
};

/**
 * The bands of a window of candles. What is a part of a candle's time only
 * marks the whole candle: a gap of minutes is seen in days too. A candle that
 * is asked for in part is not marked as behind: it is an open one.
 */
export function coverageBands(window: CandleWindow, stretches: readonly StretchRow[]): Band[] {
  const range = {
    fromMs: openAt(window, 0),
    toMs: openAt(window, window.toSlot - window.fromSlot),
  };
  const bands: Band[] = [];
  for (const stretch of stretchesIn(stretches, range)) {
    const band = bandOf(window, stretch);
    if (band === undefined || band.fromIndex >= band.toIndex) continue;
    const last = bands.at(-1);
    if (last !== undefined && isContinued(last, band)) {
      bands[bands.length - 1] = { ...last, toIndex: band.toIndex };
    } else bands.push(goesOn(bands, band) ? { ...band, label: '' } : band);
  }
  return bands;
}

/** Whether a band follows its like without a hole. */
function isContinued(last: Band, { kind, label, fromIndex }: Band): boolean {
  const saysTheSame = last.label === label || last.label === '';
  return last.kind === kind && saysTheSame && fromIndex <= last.toIndex;
}

/** Whether a band is that which the gap before it interrupts. */
function goesOn(bands: readonly Band[], band: Band): boolean {
  const [interrupted, gap] = bands.slice(-2);
  return gap?.kind === 'gap' && interrupted?.kind === band.kind && band.kind !== 'gap';
}

function bandOf(window: CandleWindow, stretch: StretchRow): Band | undefined {
  const kind = KINDS[stretch.state];
  if (kind === undefined) return undefined;
  const fromMs = Date.parse(stretch.from);
  return {
    kind,
    fromIndex: kind === 'behind' ? indexAt(window, fromMs - 1) + 1 : indexAt(window, fromMs),
    toIndex: indexAt(window, Date.parse(stretch.to) - 1) + 1,
    label: kind === 'gap' ? (stretch.reason ?? LABELS.gap) : LABELS[kind],
  };
}
