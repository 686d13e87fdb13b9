import type { ExchangeName } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { BINANCE_ANSWERS } from '../../lambdas/shared/adapters/exchanges/conformance/answers/binance-answers';
import { COINBASE_ANSWERS } from '../../lambdas/shared/adapters/exchanges/conformance/answers/coinbase-answers';
import type { ExchangeAnswers } from '../../lambdas/shared/adapters/exchanges/conformance/answers/exchange-answers';
import { GATE_IO_ANSWERS } from '../../lambdas/shared/adapters/exchanges/conformance/answers/gate-io-answers';
import { OKX_ANSWERS } from '../../lambdas/shared/adapters/exchanges/conformance/answers/okx-answers';

/*
 * Answers of exchanges, and the rows that they are to be stored as: written by hand from the
 * answers, sums and windows too.
 */

/** Rows that have the same values, by their intervals and open times. */
export interface WrittenRows {
  /** Open, high, low, close, base volume, quote volume, and the number of minutes. */
  readonly values: string;
  readonly closed: readonly string[];
  readonly open: readonly string[];
}

/** Two answers of an exchange on the day of the row that its documents show. */
export interface DocumentedDay {
  readonly answers: ExchangeAnswers;
  /** Open time of the documented row. */
  readonly openTime: string;
  /** If a request for candles asks for that minute. */
  readonly isAskedFor: (query: URLSearchParams) => boolean;
  /** The rows of the documented answer, a minute after the open time. */
  readonly rows: readonly WrittenRows[];
  /**
   * The body four minutes after the open time: the documented row, a minute without a trade if the
   * exchange has rows of such, one with more digits than a float has, and one that is still open.
   */
  readonly laterBody: string;
  /** The rows once that is stored too. */
  readonly laterRows: readonly WrittenRows[];
}

const GATE_IO: DocumentedDay = {
  answers: GATE_IO_ANSWERS,
  openTime: '2024-06-01T13:00:00Z',
  isAskedFor: (query) =>
    Number(query.get('from')) <= 1717246800 && Number(query.get('to')) >= 1717246800,
  rows: [
    {
      values: '67715.1 67839.9 67715 67772.5 17.07790000 1157762.86821200 of 1',
      closed: ['1m 2024-06-01T13:00'],
      open: [
        '5m 2024-06-01T13:00',
        '15m 2024-06-01T13:00',
        '1h 2024-06-01T13:00',
        '4h 2024-06-01T12:00',
        '1d 2024-06-01T00:00',
      ],
    },
  ],
  laterBody: `[
    ["1717246800","1157762.86821200","67772.5","67839.9","67715","67715.1","17.07790000","true"],
    ["1717246860","0","67772.5","67772.5","67772.5","67772.5","0","true"],
    ["1717246920","8370.493827160493827154","67801","67900.123456789012345678","67700.05","67772.6","0.123456789012345678","true"],
    ["1717246980","69000","68000","70000","60000","67801","1","false"]
  ]`,
  laterRows: [
    {
      values: '67715.1 67839.9 67715 67772.5 17.07790000 1157762.86821200 of 1',
      closed: ['1m 2024-06-01T13:00'],
      open: [],
    },
    {
      values:
        '67772.6 67900.123456789012345678 67700.05 67801 0.123456789012345678 8370.493827160493827154 of 1',
      closed: ['1m 2024-06-01T13:02'],
      open: [],
    },
    {
      values:
        '67715.1 67900.123456789012345678 67700.05 67801 17.201356789012345678 1166133.362039160493827154 of 2',
      closed: [],
      open: [
        '5m 2024-06-01T13:00',
        '15m 2024-06-01T13:00',
        '1h 2024-06-01T13:00',
        '4h 2024-06-01T12:00',
        '1d 2024-06-01T00:00',
      ],
    },
  ],
};

const BINANCE: DocumentedDay = {
  answers: BINANCE_ANSWERS,
  openTime: '2017-07-03T00:00:00Z',
  isAskedFor: (query) =>
    Number(query.get('startTime')) <= 1499040000000 &&
    Number(query.get('endTime')) >= 1499040000000,
  rows: [
    {
      values: '0.01634790 0.80000000 0.01575800 0.01577100 148976.11427815 2434.19055334 of 1',
      closed: ['1m 2017-07-03T00:00'],
      open: [
        '5m 2017-07-03T00:00',
        '15m 2017-07-03T00:00',
        '1h 2017-07-03T00:00',
        '4h 2017-07-03T00:00',
        '1d 2017-07-03T00:00',
      ],
    },
  ],
  laterBody: `[
    [1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",1499040059999,"2434.19055334",308,"1756.87402397","28.46694368","0"],
    [1499040060000,"0.01577100","0.01577100","0.01577100","0.01577100","0.00000000",1499040119999,"0.00000000",0,"0.00000000","0.00000000","0"],
    [1499040120000,"0.01577200","0.01580000","0.01570001","0.01579999","98765432109876.54321098",1499040179999,"1560493827213.57913243",12,"500.00000000","7.89999500","0"],
    [1499040180000,"0.01579999","0.90000000","0.01000000","0.01600000","77.00000000",1499040239999,"1.23200000",3,"70.00000000","1.12000000","0"]
  ]`,
  laterRows: [
    {
      values: '0.01634790 0.80000000 0.01575800 0.01577100 148976.11427815 2434.19055334 of 1',
      closed: ['1m 2017-07-03T00:00'],
      open: [],
    },
    {
      values:
        '0.01577200 0.01580000 0.01570001 0.01579999 98765432109876.54321098 1560493827213.57913243 of 1',
      closed: ['1m 2017-07-03T00:02'],
      open: [],
    },
    {
      values:
        '0.01634790 0.80000000 0.01570001 0.01579999 98765432258852.65748913 1560493829647.76968577 of 2',
      closed: [],
      open: [
        '5m 2017-07-03T00:00',
        '15m 2017-07-03T00:00',
        '1h 2017-07-03T00:00',
        '4h 2017-07-03T00:00',
        '1d 2017-07-03T00:00',
      ],
    },
  ],
};

const OKX: DocumentedDay = {
  answers: OKX_ANSWERS,
  openTime: '2020-08-10T02:26:00Z',
  isAskedFor: (query) =>
    Number(query.get('before')) < 1597026360000 && Number(query.get('after')) > 1597026360000,
  rows: [
    {
      values: '3.721 3.743 3.677 3.708 8422410 31240823.11111111 of 1',
      closed: ['1m 2020-08-10T02:26'],
      open: [
        '5m 2020-08-10T02:25',
        '15m 2020-08-10T02:15',
        '1h 2020-08-10T02:00',
        '4h 2020-08-10T00:00',
        '1d 2020-08-10T00:00',
      ],
    },
  ],
  laterBody: `{"code":"0","msg":"","data":[
    ["1597026540000","3.71","9","1","3.8","5","19","19","0"],
    ["1597026480000","3.709","3.7500000000000000001","3.6","3.71","10.123456789012345678","37.5","37.558024687235802465","1"],
    ["1597026420000","3.708","3.708","3.708","3.708","0","0","0","1"],
    ["1597026360000","3.721","3.743","3.677","3.708","8422410","22698348.04828491","31240823.11111111","1"]
  ]}`,
  laterRows: [
    {
      values: '3.721 3.743 3.677 3.708 8422410 31240823.11111111 of 1',
      closed: ['1m 2020-08-10T02:26'],
      open: [],
    },
    {
      values:
        '3.709 3.7500000000000000001 3.6 3.71 10.123456789012345678 37.558024687235802465 of 1',
      closed: ['1m 2020-08-10T02:28'],
      open: [],
    },
    {
      values:
        '3.721 3.7500000000000000001 3.6 3.71 8422420.123456789012345678 31240860.669135797235802465 of 2',
      closed: ['5m 2020-08-10T02:25', '15m 2020-08-10T02:15'],
      open: ['1h 2020-08-10T02:00', '4h 2020-08-10T00:00', '1d 2020-08-10T00:00'],
    },
  ],
};

/** The documented minute is the last one of its five; one without a trade has no row. */
const COINBASE: DocumentedDay = {
  answers: COINBASE_ANSWERS,
  openTime: '2021-12-14T18:54:00Z',
  isAskedFor: (query) =>
    Number(query.get('start')) <= 1639508040 && Number(query.get('end')) >= 1639508040,
  rows: [
    {
      values: '140.51 142.21 140.21 141.21 56437345 null of 1',
      closed: ['1m 2021-12-14T18:54', '5m 2021-12-14T18:50'],
      open: [
        '15m 2021-12-14T18:45',
        '1h 2021-12-14T18:00',
        '4h 2021-12-14T16:00',
        '1d 2021-12-14T00:00',
      ],
    },
  ],
  laterBody: `{"candles":[
    {"start":"1639508220","low":"1","high":"999","open":"149.5","close":"2","volume":"3"},
    {"start":"1639508160","low":"139.999999999999999999","high":"150","open":"141.3","close":"149.5","volume":"0.000000000000000001"},
    {"start":"1639508040","low":"140.21","high":"142.21","open":"140.51","close":"141.21","volume":"56437345"}
  ]}`,
  laterRows: [
    {
      values: '140.51 142.21 140.21 141.21 56437345 null of 1',
      closed: ['1m 2021-12-14T18:54', '5m 2021-12-14T18:50'],
      open: [],
    },
    {
      values: '141.3 150 139.999999999999999999 149.5 0.000000000000000001 null of 1',
      closed: ['1m 2021-12-14T18:56'],
      open: ['5m 2021-12-14T18:55'],
    },
    {
      values: '140.51 150 139.999999999999999999 149.5 56437345.000000000000000001 null of 2',
      closed: [],
      open: [
        '15m 2021-12-14T18:45',
        '1h 2021-12-14T18:00',
        '4h 2021-12-14T16:00',
        '1d 2021-12-14T00:00',
      ],
    },
  ],
};

/** A day of each exchange. */
export const DOCUMENTED_DAYS: Readonly<Record<ExchangeName, DocumentedDay>> = {
  'gate-io': GATE_IO,
  binance: BINANCE,
  okx: OKX,
  coinbase: COINBASE,
};
