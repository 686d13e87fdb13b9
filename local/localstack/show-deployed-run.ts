import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { failureText } from '../../cli/failure-text';
import type { PipelineTemplate } from '../emulator/template/pipeline-template';
import { localDataCenter } from '../engines/engine-answers';
import { keyspaceOf, stopAll } from '../run/local-run';
import { removeRunDescription, writeRunDescription } from '../run/run-description';
import { warningHooks } from '../watch/run-warnings';
import { StatusDisplay } from '../watch/status-display';
import { type LocalstackCommand, oncePerMinute } from './command';
import type { Compose } from '../containers/compose';
import { deployedFunctions } from './deployment/deployed-functions';
import type { ExchangeService } from './exchange/exchange-service';
import { endpointOf } from '../containers/compose-project';
import { DeployedRun } from './deployed-run';

/** What was deployed, and by which template the records are handed on. */
export interface Deployed {
  readonly compose: Compose;
  readonly exchange: ExchangeService;
  readonly template: PipelineTemplate;
}

/**
 * Hands the records on and shows how all of it stands, until it is asked to stop.
 *
 * @throws the signal's reason; ContainerFailedError where a container ends
 */
export async function showDeployedRun(
  command: LocalstackCommand,
  deployed: Deployed,
): Promise<never> {
  const { shown, signal } = command;
  const deployedRun = await startDeployedRun(command, deployed);
  const ending = new AbortController();
  try {
    return await showUntilEnd(
      command,
      deployed,
      deployedRun,
      AbortSignal.any([signal, ending.signal]),
    );
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    shown.close();
    ending.abort(new Error('the run has ended'));
    await stopAll([
      () => deployedRun.stop(),
      () => removeRunDescription(command.project.dataDir),
    ]).catch((also: unknown) => shown.note(`warning: ${failureText(also)}`));
    throw reason;
  }
}

function startDeployedRun(
  { project, shown, signal }: LocalstackCommand,
  { exchange, template }: Deployed,
): Promise<DeployedRun> {
  const warn = oncePerMinute((line) => {
    // What a run that ends leaves undone is no news.
    if (!signal.aborted) shown.note(line);
  });
  return DeployedRun.start({
    ...{ project, template, pairs: exchange.pairs },
    findFunctions: () => deployedFunctions(project),
    exchange: exchange.description.replace(/^exchange: /, ''),
    hooks: warningHooks(warn),
  });
}

async function showUntilEnd(
  { project, shown }: LocalstackCommand,
  { compose, exchange, template }: Deployed,
  deployedRun: DeployedRun,
  ended: AbortSignal,
): Promise<never> {
  await writeRunDescription(project.dataDir, {
    pid: process.pid,
    kafka: endpointOf(project, 'kafka'),
    cassandra: endpointOf(project, 'cassandra'),
    localDataCenter,
    keyspace: keyspaceOf(template),
    exchange: exchange.description,
    startedAt: new Date().toISOString(),
  });
  const rate = rateText(template.rule.rateMs);
  shown.note(`the rule fires every ${rate}; Ctrl-C ends the table and leaves the containers`);
  const watched = new StatusDisplay(deployedRun.watch, shown, ended).untilStopped(Date.now);
  return Promise.race([watched, containerFailure(compose, exchange, ended)]);
}

function rateText(rateMs: number): string {
  return rateMs === MINUTE_MS ? 'minute' : `${rateMs / MINUTE_MS} minutes`;
}

async function containerFailure(
  compose: Compose,
  { inContainer }: ExchangeService,
  signal: AbortSignal,
): Promise<never> {
  const services = ['localstack', 'kafka', 'cassandra', ...(inContainer ? ['exchange'] : [])];
  throw await compose.failure(services, signal);
}
