import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { failureText } from '../command-end';
import type { PipelineTemplate } from '../emulator/pipeline-template';
import { localDataCenter } from '../engines/engine-answers';
import { keyspaceOf, stopAll } from '../local-stack';
import { removeRunningStack, writeRunningStack } from '../running-stack';
import { warningHooks } from '../stack-warnings';
import { Watched } from '../watched';
import { type LocalstackCommand, notTooOften } from './command';
import type { Compose } from './compose';
import { deployedFunctions } from './deployed-functions';
import type { MarketService } from './market-service';
import { endpointOf } from './place';
import { RunningStack } from './run-stack';

/** What was deployed, and by which template the records are handed on. */
export interface Deployed {
  readonly compose: Compose;
  readonly market: MarketService;
  readonly template: PipelineTemplate;
}

/**
 * Hands the records on and shows how all of it stands, until it is asked to stop.
 *
 * @throws the signal's reason; ContainerFailedError where a container ends
 */
export async function handOn(command: LocalstackCommand, deployed: Deployed): Promise<never> {
  const { shown, signal } = command;
  const stack = await startStack(command, deployed);
  const ending = new AbortController();
  try {
    return await showUntilEnd(command, deployed, stack, AbortSignal.any([signal, ending.signal]));
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    shown.close();
    ending.abort(new Error('the run has ended'));
    await stopAll([() => stack.stop(), () => removeRunningStack(command.place.dataDir)]).catch(
      (also: unknown) => shown.note(`warning: ${failureText(also)}`),
    );
    throw reason;
  }
}

function startStack(
  { place, shown, signal }: LocalstackCommand,
  { market, template }: Deployed,
): Promise<RunningStack> {
  const warn = notTooOften((line) => {
    // What a run that ends leaves undone is no news.
    if (!signal.aborted) shown.note(line);
  });
  return RunningStack.start({
    ...{ place, template, pairs: market.pairs },
    findFunctions: () => deployedFunctions(place),
    market: market.description.replace(/^market: /, ''),
    hooks: warningHooks(warn),
  });
}

async function showUntilEnd(
  { place, shown }: LocalstackCommand,
  { compose, market, template }: Deployed,
  stack: RunningStack,
  ended: AbortSignal,
): Promise<never> {
  await writeRunningStack(place.dataDir, {
    pid: process.pid,
    kafka: endpointOf(place, 'kafka'),
    cassandra: endpointOf(place, 'cassandra'),
    localDataCenter,
    keyspace: keyspaceOf(template),
    market: market.description,
    startedAt: new Date().toISOString(),
  });
  const rate = rateText(template.rule.rateMs);
  shown.note(`the rule fires every ${rate}; Ctrl-C ends the table and leaves the containers`);
  const watched = new Watched(stack.watch, shown, ended).untilStopped(Date.now);
  return Promise.race([watched, containerFailure(compose, market, ended)]);
}

function rateText(rateMs: number): string {
  return rateMs === MINUTE_MS ? 'minute' : `${rateMs / MINUTE_MS} minutes`;
}

async function containerFailure(
  compose: Compose,
  { inContainer }: MarketService,
  signal: AbortSignal,
): Promise<never> {
  const services = ['localstack', 'kafka', 'cassandra', ...(inContainer ? ['market'] : [])];
  throw await compose.failure(services, signal);
}
