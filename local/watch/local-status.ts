import { FUNCTION_NAMES } from '../emulator/template/pipeline-template';
import type { LocalExchange } from '../run/run-exchange';
import type { LocalRun } from '../run/local-run';
import type { WantedHistory } from './history-progress';
import type { InvocationCounts } from './invocation-counts';
import { StatusReader } from './status-reader';

/**
 * Reads the status of a local run.
 *
 * @param history undefined if the run asks for no history
 */
export function localStatusReader(
  { exchange, followed, session, pipeline, throttling }: LocalRun<LocalExchange>,
  counts: InvocationCounts,
  history: WantedHistory | undefined,
): StatusReader {
  return new StatusReader({
    exchange: exchange.description.replace(/^exchange: /, ''),
    followed: followed.exchanges,
    session,
    history,
    targets: pipeline.eventSources.map(({ mapping }) => mapping.target),
    lag: () => pipeline.lag(),
    throttledRequests: () => throttling?.throttledRequests ?? null,
    recordCount: (topic) => pipeline.recordCount(topic),
    functions: () =>
      Promise.resolve(
        FUNCTION_NAMES.map((name) => ({
          name,
          ...counts.of(name),
          restarts: Math.max(0, pipeline.functions[name].starts - 1),
        })),
      ),
  });
}
