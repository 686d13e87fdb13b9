import * as v from 'valibot';
import { exchangesJson, followedExchanges } from '../../lambdas/shared/adapters/followed-exchanges';
import { pairsByName } from '../../lambdas/shared/domain/followed/pair-patterns';
import type { Market } from '../../lambdas/shared/domain/market';
import {
  archiveUrl,
  type ExchangeSetting,
  retentionMinutes,
} from '../../lib/stages/settings/exchange-settings';
import { localEnvironment } from '../emulator/local-environment';
import type { PipelineOptions } from '../emulator/start-pipeline';
import type { FollowedByRun, FollowedExchange } from './run-description';
import type { FollowedPairs } from './run-exchange';

/** What a local run follows: as its reconcile function is told. */
export function followedByRun(options: PipelineOptions): FollowedByRun {
  const { reconcile } = options.template.functions;
  const environment: Readonly<Record<string, string | undefined>> = {
    ...reconcile.environment,
    ...localEnvironment(reconcile, { ...options, mskUrl: '' }, options.chosen),
  };
  return {
    exchanges: followedExchangesOf(environment, reconcile.bundleFolder),
    historyStart: environment['HISTORY_START'] ?? '',
  };
}

/** The exchanges that the environment of a function names, with the pairs beside its code. */
function followedExchangesOf(
  environment: Readonly<Record<string, string | undefined>>,
  bundleFolder: string,
): FollowedExchange[] {
  const named = v.parse(exchangesJson, environment['EXCHANGES']);
  const exchanges = [...followedExchanges(named, bundleFolder)];
  return exchanges.map(([exchange, { pairs, retentionMinutes, url, archiveUrl = null }]) => ({
    exchange,
    pairs: [...pairs],
    retentionMinutes,
    url,
    archiveUrl,
  }));
}

/** An exchange as a stage follows it. */
export function followedExchangeOf(exchange: ExchangeSetting): FollowedExchange {
  return {
    exchange: exchange.kind,
    pairs: exchange.pairs,
    retentionMinutes: retentionMinutes(exchange),
    url: exchange.url,
    archiveUrl: archiveUrl(exchange) ?? null,
  };
}

/** The markets that are followed by their names. */
export function marketsOf({
  exchanges,
}: {
  readonly exchanges: readonly FollowedPairs[];
}): Market[] {
  return exchanges.flatMap(({ exchange, pairs }) =>
    pairsByName(pairs).map((pair) => ({ exchange, pair })),
  );
}
