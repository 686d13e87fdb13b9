import * as v from 'valibot';
import { BINANCE } from '../../../../../../lambdas/shared/adapters/exchanges/descriptions/binance';
import { COINBASE } from '../../../../../../lambdas/shared/adapters/exchanges/descriptions/coinbase';
import type {
  CandlesDescription,
  ExchangeDescription,
  ExchangeRow,
} from '../../../../../../lambdas/shared/adapters/exchanges/descriptions/description';
import { DESCRIPTIONS } from '../../../../../../lambdas/shared/adapters/exchanges/descriptions/descriptions';
import { GATE_IO } from '../../../../../../lambdas/shared/adapters/exchanges/descriptions/gate-io';
import { OKX } from '../../../../../../lambdas/shared/adapters/exchanges/descriptions/okx';
import { describedExchange } from '../../../../../../lambdas/shared/adapters/exchanges/exchange';
import { ExchangeError } from '../../../../../../lambdas/shared/adapters/exchanges/http/exchange-error';
import { EXCHANGE_FACTS } from '../../../../../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { Candle } from '../../../../../../lambdas/shared/domain/candle';
import { MINUTE_MS } from '../../../../../../lambdas/shared/domain/interval';
import type {
  CandlesQuery,
  Exchange,
  ExchangeAnswer,
  Listings,
} from '../../../../../../lambdas/shared/domain/ports';
import type { CheckName } from './checks/checks';
import type { Adapter } from './subject';

/** A fault that an adapter might have, and the check that is to notice it. */
export interface Trap {
  readonly fault: string;
  readonly exchange: ExchangeDescription['exchange'];
  readonly noticedBy: CheckName;
  readonly adapter: Adapter;
}

interface Fault {
  readonly fault: string;
  readonly noticedBy: CheckName;
}

/** An adapter whose description is wrong. */
function described(wrong: ExchangeDescription, fault: Fault): Trap {
  const adapter: Adapter = (options) => describedExchange(wrong, options);
  return { ...fault, exchange: wrong.exchange, adapter };
}

function withCandles(
  right: ExchangeDescription,
  changes: Partial<CandlesDescription>,
): ExchangeDescription {
  return { ...right, candles: { ...right.candles, ...changes } };
}

/** A description that asks for another path than it should. */
function asking(right: ExchangeDescription, change: (path: string) => string): ExchangeDescription {
  const request: CandlesDescription['request'] = (page, nowMs) => {
    const { path, ...rest } = right.candles.request(page, nowMs);
    return { path: change(path), ...rest };
  };
  return withCandles(right, { request });
}

/** A description that moves a number of the query. */
function moving(right: ExchangeDescription, name: string, by: number): ExchangeDescription {
  const parameter = new RegExp(`\\b${name}=(\\d+)`);
  return asking(right, (path) =>
    path.replace(parameter, (_, value) => `${name}=${Number(value) + by}`),
  );
}

/** A description that makes something else of its rows. */
function reading(
  right: ExchangeDescription,
  change: (row: ExchangeRow) => Partial<ExchangeRow>,
): ExchangeDescription {
  const row = v.pipe(
    right.candles.row,
    v.transform((read) => ({ ...read, ...change(read) })),
  );
  return withCandles(right, { row });
}

/** An adapter that does something else with what its exchange answers. */
function wrapped(
  right: ExchangeDescription,
  candles: (exchange: Exchange, query: CandlesQuery) => Promise<ExchangeAnswer>,
  fault: Fault,
): Trap {
  const adapter: Adapter = (options) => {
    const exchange = describedExchange(right, options);
    return withCandlesOf(exchange, (query) => candles(exchange, query));
  };
  return { ...fault, exchange: right.exchange, adapter };
}

function withCandlesOf(
  exchange: Exchange & Listings,
  candles: Exchange['candles'],
): Exchange & Listings {
  return { ...exchange, candles };
}

const SEAMS = 'exactly the minutes that were asked for come out, over the seams of pages';
const UNIT = 'times in another unit, or within a minute, are refused';
const ROW = 'a documented row is read value by value';
const OPEN = 'the open candle never comes out';
const ERRORS = 'errors are told apart, and only passing ones repeated';
const WINDOW = 'no window of the exchange has more requests than allowed';

const SEAM_TRAPS: readonly Trap[] = [
  described(moving(GATE_IO, 'to', 60), {
    fault: 'an inclusive end is taken as exclusive',
    noticedBy: SEAMS,
  }),
  described(moving(BINANCE, 'endTime', -MINUTE_MS), {
    fault: 'the last minute of each page is lost',
    noticedBy: SEAMS,
  }),
  described(
    asking(BINANCE, (path) => path.replace('limit=1000', 'limit=100')),
    { fault: 'fewer rows are asked for than a page has', noticedBy: SEAMS },
  ),
  described(moving(OKX, 'before', 1), {
    fault: 'an exclusive cursor is taken as inclusive',
    noticedBy: SEAMS,
  }),
  described(
    asking(OKX, (path) => path.replace(/before=(\d+)&after=(\d+)/, 'before=$2&after=$1')),
    { fault: 'a reversed cursor is taken as a range', noticedBy: SEAMS },
  ),
  described(
    withCandles(
      asking(OKX, (path) => path.replace('limit=300', 'limit=100')),
      { isWholeFromItsEnd: false },
    ),
    { fault: 'a page is cut at its start, since the newest rows come first', noticedBy: SEAMS },
  ),
  described(withCandles(COINBASE, { isNewestFirst: false }), {
    fault: 'a page is believed that is cut at its start',
    noticedBy: 'the rest of a page that is cut is asked for',
  }),
  described(moving(COINBASE, 'end', -120), {
    fault: 'an inclusive end is moved too far',
    noticedBy: SEAMS,
  }),
  described(withCandles(COINBASE, { mayComeToo: () => false }), {
    fault: 'rows before the start count as wrong',
    noticedBy: SEAMS,
  }),
];

const TIME_TRAPS: readonly Trap[] = [
  wrapped(
    OKX,
    async (exchange, query) => {
      const answer = await exchange.candles(query);
      return { ...answer, candles: answer.candles.toReversed() };
    },
    {
      fault: 'candles come as the exchange sends them, newest first',
      noticedBy: 'candles are in the order of time, each once',
    },
  ),
  described(
    reading(BINANCE, ({ openTimeMs }) => ({
      openTimeMs: openTimeMs > 1e14 ? Math.floor(openTimeMs / 1_000) : openTimeMs,
    })),
    { fault: 'the unit of time is guessed', noticedBy: UNIT },
  ),
  described(
    reading(GATE_IO, ({ openTimeMs }) => ({ openTimeMs: openTimeMs - (openTimeMs % MINUTE_MS) })),
    { fault: 'a time within a minute is rounded', noticedBy: UNIT },
  ),
];

function throughFloat(text: string): string {
  return String(Number(text));
}

const textOrNumber = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform((value) => String(value)),
);
const secondsOf = v.pipe(
  v.string(),
  v.transform((text) => Number(text) * 1_000),
);
/** Rows of Coinbase, numbers taken for texts. */
const lenientRow = v.pipe(
  v.object({
    start: secondsOf,
    low: textOrNumber,
    high: textOrNumber,
    open: textOrNumber,
    close: textOrNumber,
    volume: textOrNumber,
  }),
  v.transform(({ start, volume, ...prices }) => ({
    openTimeMs: start,
    baseVolume: volume,
    quoteVolume: null,
    ...prices,
  })),
);

const ROW_TRAPS: readonly Trap[] = [
  ...[GATE_IO, BINANCE, OKX, COINBASE].map((right) =>
    described(
      reading(right, ({ baseVolume }) => ({ baseVolume: throughFloat(baseVolume) })),
      { fault: 'a volume passes through a float', noticedBy: 'every digit is kept' },
    ),
  ),
  described(withCandles(COINBASE, { row: lenientRow }), {
    fault: 'a JSON number is written as a text again',
    noticedBy: 'prices that are JSON numbers are refused',
  }),
  ...[GATE_IO, BINANCE, OKX, COINBASE].map((right) =>
    described(
      reading(right, ({ open, close }) => ({ open: close, close: open })),
      { fault: 'open and close are swapped', noticedBy: ROW },
    ),
  ),
  ...[GATE_IO, BINANCE, OKX].map((right) =>
    described(
      reading(right, ({ baseVolume, quoteVolume }) => ({
        baseVolume: quoteVolume ?? '',
        quoteVolume: baseVolume,
      })),
      { fault: 'base and quote volume are swapped', noticedBy: ROW },
    ),
  ),
  described(
    reading(COINBASE, () => ({ quoteVolume: '0' })),
    { fault: 'a quote volume that is unknown is zero', noticedBy: ROW },
  ),
  described(
    reading(COINBASE, ({ close }) => ({ quoteVolume: close })),
    { fault: 'a quote volume that is unknown is made up', noticedBy: ROW },
  ),
  wrapped(BINANCE, filled, {
    fault: 'a minute without a trade is filled with the last close',
    noticedBy: 'a minute without a trade is no candle',
  }),
  described(
    reading(BINANCE, ({ baseVolume }) => ({ tradeCount: Number(baseVolume) === 0 ? 0 : 1 })),
    {
      fault: 'a row with trades and no volume is dropped',
      noticedBy: 'a row with trades and no volume is refused',
    },
  ),
];

async function filled(exchange: Exchange, query: CandlesQuery): Promise<ExchangeAnswer> {
  const answer = await exchange.candles(query);
  const byTime = new Map(answer.candles.map((candle) => [candle.openTimeMs, candle]));
  const candles: Candle[] = [];
  for (let timeMs = query.fromMs; timeMs < query.toMs; timeMs += MINUTE_MS) {
    const candle = byTime.get(timeMs) ?? candles.at(-1);
    if (candle !== undefined) candles.push({ ...candle, openTimeMs: timeMs });
  }
  return { ...answer, candles };
}

/** An adapter that takes the last row of each minute. */
function lastRowWins(right: ExchangeDescription): Trap {
  const fault = {
    fault: 'the last row of a minute wins',
    noticedBy: 'rows of one minute that differ are refused',
  } as const;
  const rows = v.pipe(
    right.candles.rows,
    v.transform((all) => [
      ...new Map(
        all.map((row, index) => {
          const time = v.safeParse(right.candles.rowTime, row);
          return [time.success ? time.output : index, row] as const;
        }),
      ).values(),
    ]),
  );
  return described(withCandles(right, { rows }), fault);
}

const CONTRADICTION_TRAPS: readonly Trap[] = [GATE_IO, BINANCE, OKX, COINBASE].map(lastRowWins);

const OPEN_TRAPS: readonly Trap[] = [
  ...[GATE_IO, BINANCE, OKX, COINBASE].map((right) =>
    described(
      reading(right, () => ({ isClosed: true })),
      { fault: 'every row is taken as closed', noticedBy: OPEN },
    ),
  ),
  ...[BINANCE, COINBASE].map((right) =>
    described(
      reading(right, ({ openTimeMs }) => ({ isClosed: openTimeMs + MINUTE_MS <= Date.now() })),
      { fault: "a minute is over by this machine's clock", noticedBy: OPEN },
    ),
  ),
  ...[BINANCE, COINBASE].map((right) =>
    hearing(right, settingTheClock, {
      fault: "any date of the exchange's is believed",
      noticedBy: 'a date ahead of this clock closes no candle',
    }),
  ),
  ...[BINANCE, COINBASE].map((right) =>
    described(withCandles(right, { isClosedByClock: false }), {
      fault: 'a tick of the full minute comes too early',
      noticedBy: 'the closed candle comes out',
    }),
  ),
  ...[GATE_IO, BINANCE, OKX, COINBASE].map((right) =>
    described(
      reading(right, () => ({ isClosed: false })),
      { fault: 'no row is taken as closed', noticedBy: 'the closed candle comes out' },
    ),
  ),
];

const SILENCE_TRAPS: readonly Trap[] = [
  ...[GATE_IO, BINANCE, OKX, COINBASE].flatMap((right) =>
    (['rows of other minutes are no answer', 'rows of earlier minutes are no answer'] as const).map(
      (noticedBy) =>
        wrapped(right, silentIfMalformed, {
          fault: 'rows of other minutes pass for silence',
          noticedBy,
        }),
    ),
  ),
  described(
    asking(OKX, (path) => path.replace('history-candles', 'candles')),
    {
      fault: 'old minutes are asked of an endpoint that is silent about them',
      noticedBy: 'minutes of days ago come out',
    },
  ),
  ...[GATE_IO, BINANCE, OKX, COINBASE].map((right) =>
    wrapped(right, pageByPage(EXCHANGE_FACTS[right.exchange].pageMinutes * MINUTE_MS), {
      fault: 'an empty page is believed',
      noticedBy: 'an empty page before a full one is asked for again',
    }),
  ),
  ...[GATE_IO, BINANCE, OKX, COINBASE].map((right) =>
    described(
      { ...right, failures: {} },
      {
        fault: 'an unknown pair is one error among others',
        noticedBy: 'an unknown pair is told from all else',
      },
    ),
  ),
];

async function silentIfMalformed(exchange: Exchange, query: CandlesQuery): Promise<ExchangeAnswer> {
  try {
    return await exchange.candles(query);
  } catch (cause) {
    if (cause instanceof ExchangeError && cause.failure === 'Malformed') {
      return { candles: [], rejected: [] };
    }
    throw cause;
  }
}

/** Asks for each page by itself: so none is known to have a later one. */
function pageByPage(pageMs: number) {
  return async (exchange: Exchange, query: CandlesQuery): Promise<ExchangeAnswer> => {
    const candles: Candle[] = [];
    for (let fromMs = query.fromMs; fromMs < query.toMs; fromMs += pageMs) {
      const toMs = Math.min(query.toMs, fromMs + pageMs);
      candles.push(...(await exchange.candles({ ...query, fromMs, toMs })).candles);
    }
    return { candles, rejected: [] };
  };
}

const REFUSAL_TRAPS: readonly Trap[] = [
  described(
    { ...OKX, error: v.never() },
    { fault: 'an error inside a 200 is not read', noticedBy: ERRORS },
  ),
  described(
    { ...OKX, failures: { ...OKX.failures, '50011': 'Refused' } },
    { fault: 'a limit is not repeated', noticedBy: ERRORS },
  ),
  described(
    { ...BINANCE, bareFailures: {} },
    { fault: 'a firewall is one refusal among others', noticedBy: ERRORS },
  ),
  described(
    { ...BINANCE, bareFailures: { 403: 'RateLimited' } },
    { fault: 'a firewall is asked again', noticedBy: ERRORS },
  ),
  described(
    { ...BINANCE, failures: { '-1121': 'UnknownPair', '-1008': 'ServerError' } },
    { fault: 'a region is one refusal among others', noticedBy: ERRORS },
  ),
  described(
    { ...COINBASE, bareFailures: { 404: 'UnknownPair' } },
    { fault: 'a page that is not there ends a market', noticedBy: ERRORS },
  ),
  ...[GATE_IO, OKX, COINBASE].map((right) =>
    described(
      { ...right, bareFailures: {} },
      { fault: 'a firewall is one refusal among others', noticedBy: ERRORS },
    ),
  ),
  ...[GATE_IO, BINANCE, OKX, COINBASE].flatMap(forgetful),
  ...[GATE_IO, BINANCE, OKX, COINBASE].flatMap((right) =>
    (
      [
        'a limit is obeyed whose body does not come whole',
        'a ban is obeyed without its body, or an end to come',
      ] as const
    ).map((noticedBy) =>
      hearing(right, withItsBody, { fault: 'a head is not heard before its body', noticedBy }),
    ),
  ),
  ...[OKX, COINBASE].map((right) =>
    described(
      { ...right, windowMs: 10_000 },
      { fault: 'requests are counted in a longer window', noticedBy: WINDOW },
    ),
  ),
  ...[GATE_IO, BINANCE, OKX, COINBASE].flatMap((right) => [
    hearing(right, withoutRetryAfter, {
      fault: 'Retry-After is not heard',
      noticedBy: 'Retry-After is obeyed to the second',
    }),
    hearing(right, withoutLimit, {
      fault: 'a limit without an end holds nothing back',
      noticedBy: 'a Retry-After that is over is none',
    }),
  ]),
];

/** An adapter with a new client for each query: none knows what the others were told. */
function forgetful({ exchange }: ExchangeDescription): Trap[] {
  const right = DESCRIPTIONS[exchange];
  const adapter: Adapter = (options) =>
    withCandlesOf(describedExchange(right, options), (query) =>
      describedExchange(right, options).candles(query),
    );
  return [
    {
      fault: 'a ban is forgotten',
      noticedBy: 'a ban silences its host, and no other',
      exchange,
      adapter,
    },
    {
      fault: 'a refused region is forgotten',
      noticedBy: 'a refused region silences its host',
      exchange,
      adapter,
    },
  ];
}

/** An adapter that hears something else than was answered. */
function hearing(
  right: ExchangeDescription,
  change: (response: Response) => Promise<Response>,
  fault: Fault,
): Trap {
  return wrapped(
    right,
    async (exchange, query) => {
      const heard = globalThis.fetch;
      globalThis.fetch = async (...request) => change(await heard(...request));
      try {
        return await exchange.candles(query);
      } finally {
        globalThis.fetch = heard;
      }
    },
    fault,
  );
}

function settingTheClock(response: Response): Promise<Response> {
  jest.setSystemTime(Date.parse(response.headers.get('date') ?? ''));
  return Promise.resolve(response);
}

function withoutRetryAfter({ body, status, headers }: Response): Promise<Response> {
  const kept = new Headers(headers);
  kept.delete('retry-after');
  return Promise.resolve(new Response(body, { status, headers: kept }));
}

function withoutLimit(response: Response): Promise<Response> {
  if (response.status !== 429) return Promise.resolve(response);
  return Promise.resolve(new Response('busy', { status: 503 }));
}

async function withItsBody(response: Response): Promise<Response> {
  const { status, headers } = response;
  return new Response(await response.arrayBuffer(), { status, headers });
}

const CHANGE_TRAPS: readonly Trap[] = [
  ...[GATE_IO, BINANCE, OKX, COINBASE].map((right) => {
    const known = new Map<string, Promise<ExchangeAnswer>>();
    return wrapped(
      right,
      (exchange, query) => {
        const key = JSON.stringify(query);
        const answer = known.get(key) ?? exchange.candles(query);
        known.set(key, answer);
        return answer;
      },
      { fault: 'an answer is remembered', noticedBy: 'the newest answer counts' },
    );
  }),
  described(
    asking(BINANCE, (path) => path.replace('BTCUSDT', 'BTC_USDT')),
    { fault: 'a pair is asked for by the name that users write', noticedBy: ROW },
  ),
  ...[GATE_IO, OKX, COINBASE].map((right) =>
    described(
      {
        ...right,
        listings: {
          ...right.listings,
          since: v.pipe(
            right.listings.since,
            v.transform((told) => told && { sinceMs: told.sinceMs }),
          ),
        },
      },
      {
        fault: 'the listing of another pair is believed',
        noticedBy: 'the listing of another pair is none',
      },
    ),
  ),
  ...[GATE_IO, BINANCE, OKX, COINBASE].map((right) =>
    described(
      {
        ...right,
        listings: {
          ...right.listings,
          all: v.pipe(right.listings.all, v.array(right.listings.listed)),
        },
      },
      {
        fault: 'an odd entry costs the listing',
        noticedBy: 'an odd entry of a listing costs nothing else',
      },
    ),
  ),
  described(
    { ...BINANCE, listings: { ...BINANCE.listings, before: undefined } },
    {
      fault: 'the newest candle passes for the first one',
      noticedBy: 'a listing is doubted that has anything before it',
    },
  ),
  described(
    {
      ...OKX,
      listings: {
        ...OKX.listings,
        listed: v.pipe(
          OKX.listings.listed,
          v.transform((one) => one && { ...one, pair: one.pair.replace('_', '-') }),
        ),
      },
    },
    {
      fault: 'pairs are listed by the names of the exchange',
      noticedBy: 'pairs have the names that users write',
    },
  ),
];

/** Adapters with a fault each. */
export const TRAPS: readonly Trap[] = [
  ...SEAM_TRAPS,
  ...TIME_TRAPS,
  ...ROW_TRAPS,
  ...CONTRADICTION_TRAPS,
  ...OPEN_TRAPS,
  ...SILENCE_TRAPS,
  ...REFUSAL_TRAPS,
  ...CHANGE_TRAPS,
];
