import {
  daysToAsk,
  hasDueDays,
  type MarketLedger,
} from '../../../../../lambdas/shared/domain/ledger/due-days';
import { DAY_MS, MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import {
  daysIn,
  type LedgerDay,
  MOST_UNDER_WAY,
  mostUnderWay,
} from '../../../../../lambdas/shared/domain/ledger/ledger';
import { askOf, ledgerDayOf, sealedDay } from '../../../../fakes/ledger/ledger-days';

const NOW = Date.UTC(2026, 5, 15, 12);
const TERMS = { nowMs: NOW, retentionMs: 9_900 * MINUTE_MS };
const YESTERDAY = Date.UTC(2026, 5, 14);

function ledgerOf(pair: string, days: readonly LedgerDay[]): MarketLedger {
  return { market: { exchange: 'gate-io', pair }, days };
}

/** Days that nobody has asked for, newest first. */
function unasked(fromMs: number, toMs: number): LedgerDay[] {
  return daysIn(fromMs, toMs)
    .reverse()
    .map((dayMs) => ledgerDayOf({ dayMs }));
}

function asksOf(ledgers: readonly MarketLedger[], terms = TERMS) {
  return daysToAsk(ledgers, terms).map(({ market, source, days }) => [
    market.pair,
    source,
    days.map(({ dayMs }) => new Date(dayMs).toISOString().slice(0, 10)).join(' '),
  ]);
}

test('the newest days come first, round the markets', () => {
  const days = unasked(YESTERDAY - DAY_MS, YESTERDAY + DAY_MS);

  expect(asksOf([ledgerOf('A', days), ledgerOf('B', days)])).toEqual([
    ['A', 'api', '2026-06-14'],
    ['B', 'api', '2026-06-14'],
    ['A', 'api', '2026-06-13'],
    ['B', 'api', '2026-06-13'],
  ]);
});

test('a market that is far behind keeps no newer day of another waiting', () => {
  const behind = ledgerOf('A', unasked(YESTERDAY - 3 * DAY_MS, YESTERDAY));
  const near = ledgerOf('B', unasked(YESTERDAY, YESTERDAY + DAY_MS));

  const asks = daysToAsk([behind, near], { ...TERMS, mostUnderWay: 1 });

  expect(asks.map(({ market }) => market.pair)).toEqual(['B']);
});

test('a day that was asked for in a firing is not asked for again in it', () => {
  const ledger = ledgerOf('A', unasked(YESTERDAY - DAY_MS, YESTERDAY + DAY_MS));
  const [first, second] = [YESTERDAY, YESTERDAY - DAY_MS];
  const after = (...daysMs: number[]) => ({
    ...TERMS,
    asked: new Map([['gate-io:A', new Set(daysMs)]]),
  });

  expect(asksOf([ledger], after(first))).toEqual([['A', 'api', '2026-06-13']]);
  expect(hasDueDays([ledger], after(first))).toBe(true);
  expect(hasDueDays([ledger], after(first, second))).toBe(false);
});

test('days that are sealed, or not due yet, are left out', () => {
  const notYet = ledgerDayOf({ dayMs: YESTERDAY });
  const early = { ...TERMS, nowMs: YESTERDAY + DAY_MS + 3 * 60 * MINUTE_MS - 1 };

  expect(asksOf([ledgerOf('A', [sealedDay(YESTERDAY)])])).toEqual([]);
  expect(asksOf([ledgerOf('A', [notYet])], early)).toEqual([]);
});

test('the days of one month of the archive are asked for together, those of a month that is not over wait', () => {
  const days = unasked(Date.UTC(2026, 3, 29), Date.UTC(2026, 5, 15));

  const asks = asksOf([ledgerOf('A', days)]);

  expect(asks.map(([, source]) => source)).toEqual([
    ...Array<string>(6).fill('api'),
    'archive',
    'archive',
  ]);
  expect(asks[6]?.[2]?.split(' ')).toHaveLength(31);
  expect(asks[7]?.[2]).toBe('2026-04-29 2026-04-30');
});

test('no more days are under way than may be, and no month is asked for in parts', () => {
  const days = unasked(Date.UTC(2026, 1, 1), Date.UTC(2026, 5, 1));

  const asks = daysToAsk([ledgerOf('A', days)], TERMS);

  expect(asks.map((ask) => ask.days.length)).toEqual([31, 30]);
});

test('the market with the fewest days under way has the first turn, and waits for room', () => {
  const ask = askOf({ askedAtMs: NOW });
  const may = unasked(Date.UTC(2026, 4, 1), Date.UTC(2026, 5, 1));
  const asked = may.map((day) => ({ ...day, ask }));
  const march = unasked(Date.UTC(2026, 2, 31), Date.UTC(2026, 3, 1));
  const april = unasked(Date.UTC(2026, 3, 1), Date.UTC(2026, 4, 1));

  const ledgers = [ledgerOf('A', [...asked, ...march]), ledgerOf('B', [...april, ...march])];

  expect(daysToAsk(ledgers, TERMS).map(({ market }) => market.pair)).toEqual(['B', 'A', 'B']);
  const full = [ledgerOf('C', asked), ...ledgers];
  expect(daysToAsk(full, TERMS)).toEqual([]);
});

test('a market that waits for room does not keep days under way from being asked for again', () => {
  // Noted as asked for, and nothing came of it: only another ask brings them on.
  const ask = askOf({ askedAtMs: NOW - DAY_MS });
  const may = unasked(Date.UTC(2026, 4, 1), Date.UTC(2026, 5, 1));
  const april = unasked(Date.UTC(2026, 3, 1), Date.UTC(2026, 4, 1));
  const lost = [...may.slice(1), ...april].map((day) => ({ ...day, ask }));

  const ledgers = [ledgerOf('A', [...may.slice(0, 1), ...lost]), ledgerOf('B', may)];

  expect(asksOf(ledgers).map(([pair, , days]) => [pair, days?.split(' ').length])).toEqual([
    ['A', 30],
    ['A', 30],
  ]);
});

test('while as many as may be are under way, only those of them that are due again are asked for', () => {
  const asked = (dayMs: number, hoursAgo: number) =>
    ledgerDayOf({ dayMs, ask: askOf({ askedAtMs: NOW - hoursAgo * 60 * MINUTE_MS }) });
  const underWay = daysIn(Date.UTC(2026, 2, 1), Date.UTC(2026, 4, 31)).slice(0, MOST_UNDER_WAY);
  const days = [
    ...unasked(YESTERDAY, YESTERDAY + DAY_MS),
    ...underWay.map((dayMs, index) => asked(dayMs, index === 3 ? 1 : 0.5)).reverse(),
  ];

  expect(asksOf([ledgerOf('A', days)])).toEqual([['A', 'archive', '2026-03-04']]);
});

test('days under way again do not take room from others', () => {
  const again = ledgerDayOf({ dayMs: YESTERDAY, ask: askOf({ askedAtMs: NOW - DAY_MS }) });
  const days = [again, ...unasked(Date.UTC(2026, 1, 1), Date.UTC(2026, 5, 1))];

  const asks = daysToAsk([ledgerOf('A', days)], TERMS);

  expect(asks.map((ask) => ask.days.length)).toEqual([1, 31, 30]);
});

test.each([
  [1, true, 64],
  [2, true, 32],
  [4, true, 31],
  [4, false, 16],
])(
  '%d exchanges share the days that may be under way: with an archive %s, %d',
  (exchanges, hasArchive, most) => {
    expect(mostUnderWay(exchanges, hasArchive)).toBe(most);
  },
);

test('no more days than the part of an exchange are asked for, and a month of its archive fits', () => {
  const recent = unasked(YESTERDAY - 5 * DAY_MS, YESTERDAY + DAY_MS);
  const months = unasked(Date.UTC(2025, 0, 1), Date.UTC(2025, 2, 1));
  const countOf = (days: readonly LedgerDay[], most: number) =>
    daysToAsk([ledgerOf('A', days)], { ...TERMS, mostUnderWay: most }).map(
      (ask) => ask.days.length,
    );

  expect(countOf(recent, 4)).toEqual([1, 1, 1, 1]);
  expect(countOf(months, mostUnderWay(4, true))).toEqual([28]);
  expect(countOf(months.slice(28), mostUnderWay(4, true))).toEqual([31]);
});
