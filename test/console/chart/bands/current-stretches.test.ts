import type { CoverageAnswer } from '../../../../console/answers/answers';
import { currentStretches, type LiveEnd } from '../../../../console/chart/bands/current-stretches';

const COVERAGE: CoverageAnswer = {
  ...{ market: 'gate-io:BTC_USDT', covered: null },
  ...{ from: '2026-11-26T00:00:00Z', to: '2026-11-26T09:00:00Z' },
  stretches: [
    { state: 'live', from: '2026-11-26T00:00:00Z', to: '2026-11-26T03:30:00Z' },
    { state: 'gap', from: '2026-11-26T03:30:00Z', to: '2026-11-26T03:40:00Z', reason: 'lost' },
    { state: 'live', from: '2026-11-26T03:40:00Z', to: '2026-11-26T08:00:00Z' },
    { state: 'behind', from: '2026-11-26T08:00:00Z', to: '2026-11-26T09:00:00Z' },
  ],
};
const KNOWN = ['live 00:00 03:30', 'gap 03:30 03:40', 'live 03:40 08:00'];

function texts(seenTo: string | null, end: Partial<LiveEnd> = {}): string[] {
  const market = { seenTo: seenTo && `2026-11-26T${seenTo}:00Z`, endedAt: null, ...end };
  const stretches = currentStretches(COVERAGE, market, Date.parse('2026-11-26T09:45:00Z'));
  return stretches.map(
    ({ state, from, to }) => `${state} ${from.slice(11, 16)} ${to.slice(11, 16)}`,
  );
}

it('moves the live end on with the market, and has what is behind up to now', () => {
  expect(texts('08:00')).toEqual([...KNOWN, 'behind 08:00 09:00', 'behind 09:00 09:45']);
  expect(texts('08:30')).toEqual([
    ...KNOWN,
    ...['live 08:00 08:30', 'behind 08:30 09:00', 'behind 09:00 09:45'],
  ]);
  expect(texts('09:30')).toEqual([
    ...KNOWN,
    ...['live 08:00 09:00', 'live 09:00 09:30', 'behind 09:30 09:45'],
  ]);
});

it('has nothing live of a market that was not asked for yet', () => {
  expect(texts(null)).toEqual([...KNOWN, 'behind 08:00 09:00', 'behind 09:00 09:45']);
});

it('goes no further than the end of a market', () => {
  const ended = { endedAt: '2026-11-26T09:00:00Z' };
  expect(texts('09:30', ended)).toEqual([...KNOWN, 'live 08:00 09:00']);
});

it('has none before coverage was read', () => {
  expect(currentStretches(undefined, { seenTo: null, endedAt: null }, 0)).toEqual([]);
});
