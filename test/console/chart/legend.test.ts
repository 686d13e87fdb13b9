import type { CoverageAnswer, StretchRow } from '../../../console/answers/answers';
import { emptyWindow, rangeBeside, withCandles } from '../../../console/chart/candle-window';
import { candleSentence, chartSentence } from '../../../console/chart/legend';
import type { PageState } from '../../../console/page/page-state';
import { marketRow, pageState } from '../page-states';

const NOW = '2026-11-26T09:41:30Z';

function stretch(state: StretchRow['state'], from: string, to: string): StretchRow {
  return { state, from: `2026-11-${from}:00Z`, to: `2026-11-${to}:00Z` };
}

const COVERAGE: CoverageAnswer = {
  ...{ market: 'gate-io:BTC_USDT', covered: '100' },
  ...{ from: '2026-11-16T00:00:00Z', to: '2026-11-26T09:00:00Z' },
  stretches: [
    stretch('before', '16T00:00', '17T00:00'),
    stretch('complete', '17T00:00', '23T00:00'),
    stretch('missing', '23T00:00', '25T00:00'),
    stretch('complete', '25T00:00', '26T00:00'),
    stretch('live', '26T00:00', '26T08:58'),
    stretch('behind', '26T08:58', '26T09:00'),
  ],
};

/** A chart of minutes without a candle; coverage was read 41 minutes ago. */
function stateOf(fields: Partial<PageState> = {}): PageState {
  const start = emptyWindow('1m', Date.parse('2026-11-26T09:00:00Z'));
  return pageState({
    markets: { now: NOW, stage: 'dev', markets: [marketRow({ seenTo: '2026-11-26T09:30:00Z' })] },
    nowMs: Date.parse(NOW),
    coverage: COVERAGE,
    window: withCandles(start, rangeBeside(start, 42), []),
    visible: { from: 0, to: 41 },
    ...fields,
  });
}

function said(time: string, fields: Partial<PageState> = {}): string {
  const sentence = candleSentence(stateOf(fields), Date.parse(`2026-11-${time}:00Z`));
  return sentence.slice(sentence.indexOf(': ') + 2);
}

it.each([
  ['25T12:00', 'no trade'],
  ['26T08:59', 'no trade so far; the day is not sealed yet'],
  ['26T09:29', 'no trade so far; the day is not sealed yet'],
  ['26T09:30', 'not asked for yet'],
  ['26T09:41', 'not asked for yet'],
  ['24T12:00', 'history that is still to come'],
  ['15T12:00', 'not known yet'],
])('says of a minute without a candle what is known: %s, %s', (time, text) => {
  expect(said(time)).toBe(text);
});

it('says that it is not known if coverage could not be read', () => {
  expect(said('25T12:00', { coverage: undefined })).toBe('not known yet');
  expect(chartSentence(stateOf({ coverage: undefined }))).toContain('gaps not known yet');
  expect(chartSentence(stateOf())).toContain('no gap.');
});

it('says of a longer candle what is known the least of', () => {
  const view = { ...pageState().view, interval: '1w' } as const;
  expect(said('16T00:00', { view })).toBe('no trade');
  expect(said('23T00:00', { view })).toBe('history that is still to come');
});
