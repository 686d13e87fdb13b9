import { isPattern } from '../../lambdas/shared/domain/followed/pair-patterns';
import { dayText } from '../../cli/utc-time';
import { exchangeSettings, type RunSettings, startLocalRun } from '../run/local-run';
import { type FollowedPairs, type LocalExchange, openExchange } from '../run/run-exchange';
import { askedPairs, assertFollowed } from './asked-pairs';
import { describedLiar, liesOf } from './lying-exchange';
import { localRunOptions, type StartCommand, whileItRuns } from './start-command';
import { lieText, type StartRequest } from './start-request';

/** Follows the exchange by the clock until the run is to end; rejects with the reason of its end. */
export async function runByTheClock(command: StartCommand): Promise<never> {
  const { request } = command;
  const run = await startLocalRun({
    ...localRunOptions(command),
    exchanges: request.exchanges && exchangeSettings(request.stage, request.exchanges),
    exchange: (followed) => openedExchange(request, followed),
    settings: (exchange, followed) => settingsByTheClock(request, exchange, followed),
  });
  return whileItRuns(command, run, (display) => {
    run.pipeline.startSchedule();
    return display.untilStopped(Date.now);
  });
}

async function openedExchange(
  { exchange, pairs: asked, lies }: StartRequest,
  followed: readonly FollowedPairs[],
): Promise<LocalExchange> {
  assertFollowed('--pairs', asked, followed);
  assertFollowed('--lies', lies?.lies.map(lieText), followed);
  const wanted = followed.map((one) => ({ ...one, asked: askedPairs(asked, one.exchange) }));
  const opened = await openExchange(exchange, wanted, { faultsOf: (name) => liesOf(lies, name) });
  return describedLiar(opened, lies);
}

function settingsByTheClock(
  request: StartRequest,
  { pairs: own }: LocalExchange,
  followed: readonly FollowedPairs[],
): RunSettings {
  const chosen = followed.map(({ exchange, pairs }) => {
    const ofExchange = pairs.some(isPattern) ? pairs : (own ?? pairs);
    return [exchange, askedPairs(request.pairs, exchange) ?? ofExchange] as const;
  });
  return {
    HISTORY_START: dayText(request.historyStartMs),
    pairs: Object.fromEntries(chosen),
  };
}
