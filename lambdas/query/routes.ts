import type * as v from 'valibot';
import type { Answer } from './http/answer';
import { type ParameterSchema, readParameters } from './http/parameters';
import type { QueryContext } from './ports';
import { answerCandles, CandlesAnswer, CandlesParameters } from './v1/candles';
import { answerCoverage, CoverageAnswer, CoverageParameters } from './v1/coverage';
import { answerDays, DaysAnswer, DaysParameters } from './v1/days';
import { answerGaps, GapsAnswer, GapsParameters } from './v1/gaps';
import { createMarkets, MarketsAnswer, MarketsParameters } from './v1/markets';
import { answerConfig, ConfigAnswer, ConfigParameters } from './udf/config';
import { answerHistory, HistoryAnswer, HistoryParameters } from './udf/history';
import { answerSearch, SearchAnswer, SearchParameters } from './udf/search';
import { answerSymbols, SymbolsAnswer, SymbolsParameters } from './udf/symbols';
import { answerTime, TimeParameters } from './udf/time';

/** Forms in which errors are told. */
export type ErrorForm = 'problem' | 'udf';

/** An address of the API. */
export interface Route {
  readonly path: string;
  readonly summary: string;
  readonly parameters: ParameterSchema;
  /** Schema of its JSON; undefined if it answers plain text. */
  readonly json: v.GenericSchema | undefined;
  /** Whether it also answers CSV. */
  readonly hasCsv: boolean;
  readonly errors: ErrorForm;
  /** Whether it names a market, and so may not find it. */
  readonly hasMarket: boolean;
  /**
   * The answer to a query string.
   *
   * @throws Problem if the parameters are invalid, or there is no answer to them
   */
  answer(query: string, context: QueryContext): Promise<Answer>;
}

interface RouteDefinition<T extends ParameterSchema> extends Pick<Route, 'path' | 'summary'> {
  readonly parameters: T;
  readonly json?: v.GenericSchema;
  readonly hasCsv?: boolean;
  readonly answer: (parameters: v.InferOutput<T>, context: QueryContext) => Promise<Answer>;
}

function route<T extends ParameterSchema>(definition: RouteDefinition<T>): Route {
  const { path, summary, parameters, json, hasCsv = false, answer } = definition;
  return {
    ...{ path, summary, parameters, json, hasCsv },
    errors: path.startsWith('/udf/') ? 'udf' : 'problem',
    hasMarket: 'market' in parameters.entries || 'symbol' in parameters.entries,
    answer: async (query, context) => answer(readParameters(parameters, query), context),
  };
}

/** All routes but those of files. Each process has its own, with what it remembers. */
export function createRoutes(): readonly Route[] {
  return [
    route({
      path: '/v1/markets',
      summary: 'The markets that are followed, worst first',
      parameters: MarketsParameters,
      json: MarketsAnswer,
      answer: createMarkets(),
    }),
    route({
      path: '/v1/candles',
      summary: 'Candles of a market, in pages',
      parameters: CandlesParameters,
      json: CandlesAnswer,
      hasCsv: true,
      answer: answerCandles,
    }),
    route({
      path: '/v1/coverage',
      summary: "The stretches of a market's time, each in one state",
      parameters: CoverageParameters,
      json: CoverageAnswer,
      answer: answerCoverage,
    }),
    route({
      path: '/v1/gaps',
      summary: 'The gaps of a market, oldest first',
      parameters: GapsParameters,
      json: GapsAnswer,
      answer: answerGaps,
    }),
    route({
      path: '/v1/days',
      summary: 'The ledger of a market: its past days, newest first',
      parameters: DaysParameters,
      json: DaysAnswer,
      answer: answerDays,
    }),
    route({
      path: '/udf/config',
      summary: 'UDF: what this data feed can do',
      parameters: ConfigParameters,
      json: ConfigAnswer,
      answer: answerConfig,
    }),
    route({
      path: '/udf/time',
      summary: 'UDF: the time, in seconds',
      parameters: TimeParameters,
      answer: answerTime,
    }),
    route({
      path: '/udf/search',
      summary: 'UDF: symbols that have a text in them',
      parameters: SearchParameters,
      json: SearchAnswer,
      answer: answerSearch,
    }),
    route({
      path: '/udf/symbols',
      summary: 'UDF: the description of a symbol',
      parameters: SymbolsParameters,
      json: SymbolsAnswer,
      answer: answerSymbols,
    }),
    route({
      path: '/udf/history',
      summary: 'UDF: bars of a symbol',
      parameters: HistoryParameters,
      json: HistoryAnswer,
      answer: answerHistory,
    }),
  ];
}
