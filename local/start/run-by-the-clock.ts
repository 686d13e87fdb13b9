import type { ChosenSettings } from '../emulator/local-environment';
import { dayText } from '../../cli/utc-time';
import { startLocalRun } from '../run/local-run';
import { type LocalExchange, openExchange } from '../run/run-exchange';
import { describedLiar, lyingOptions } from './lying-exchange';
import { localRunOptions, type StartCommand, whileItRuns } from './start-command';
import type { StartRequest } from './start-request';

/** Follows the exchange by the clock until the run is to end; rejects with the reason of its end. */
export async function runByTheClock(command: StartCommand): Promise<never> {
  const { request } = command;
  const run = await startLocalRun({
    ...localRunOptions(command),
    exchange: (stagePairs) => openedExchange(request, stagePairs),
    settings: (exchange) => settingsByTheClock(request, exchange),
  });
  return whileItRuns(command, run, (display) => {
    run.pipeline.startSchedule();
    return display.untilStopped(Date.now);
  });
}

async function openedExchange(
  { exchange, pairs, lies }: StartRequest,
  ofStage: readonly string[],
): Promise<LocalExchange> {
  const opened = await openExchange(exchange, { ofStage, asked: pairs }, lyingOptions(lies));
  return describedLiar(opened, lies);
}

function settingsByTheClock(request: StartRequest, exchange: LocalExchange): ChosenSettings {
  const pairs = request.pairs ?? exchange.pairs;
  return {
    HISTORY_START: dayText(request.historyStartMs),
    ...(pairs === undefined ? {} : { exchanges: { 'gate-io': { pairs } } }),
  };
}
