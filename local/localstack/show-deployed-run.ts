import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { failureText } from '../../cli/failure-text';
import { type PipelineTemplate, SCHEDULED_FUNCTIONS } from '../emulator/template/pipeline-template';
import { LOCAL_DATA_CENTER } from '../engines/engine-answers';
import { followedExchangeOf } from '../run/followed-by-run';
import { keyspaceOf, stopAll } from '../run/local-run';
import {
  type FollowedByRun,
  removeRunDescription,
  writeRunDescription,
} from '../run/run-description';
import { wantedHistoryOf } from '../watch/history-progress';
import { apiText } from '../watch/run-api';
import { warningHooks } from '../watch/run-warnings';
import { StatusDisplay } from '../watch/status-display';
import { type LocalstackCommand, oncePerMinute } from './command';
import type { Compose } from '../containers/compose';
import { deployedFunctions } from './deployment/deployed-functions';
import { type ExchangeService, urlFromHere } from './exchange/exchange-service';
import type { StageConfig } from '../../lib/stages/stage-config';
import type { LocalstackProject } from './localstack-project';
import { endpointOf } from '../containers/compose-project';
import { DeployedRun } from './deployed-run';

/** A deployment into LocalStack, with the containers around it. */
export interface Deployment {
  readonly compose: Compose;
  readonly exchange: ExchangeService;
  /** Holds the topics, tables and event source mappings. */
  readonly template: PipelineTemplate;
  /** The settings of what is deployed. */
  readonly stage: StageConfig;
}

/**
 * Runs the event sources beside a deployment and shows its status, until the
 * command is asked to stop.
 *
 * @throws the signal's reason; ContainerFailedError if a container ends
 */
export async function showDeployedRun(
  command: LocalstackCommand,
  deployment: Deployment,
): Promise<never> {
  const { shown, signal } = command;
  const deployedRun = await startDeployedRun(command, deployment);
  const ending = new AbortController();
  try {
    await describeRun(command, deployment, deployedRun.apiUrl);
    if (deployedRun.apiUrl !== undefined) shown.note(apiText({ url: deployedRun.apiUrl }));
    const ended = AbortSignal.any([signal, ending.signal]);
    shown.note(`${ratesText(deployment)}; Ctrl-C ends the table and leaves the containers`);
    return await Promise.race([
      new StatusDisplay(deployedRun.status, shown, ended).untilStopped(Date.now),
      containerFailure(deployment, ended),
    ]);
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
  { exchange, template, stage }: Deployment,
): Promise<DeployedRun> {
  const warn = oncePerMinute((line) => {
    // Problems of a run that is ending are expected.
    if (!signal.aborted) shown.note(line);
  });
  const followed = followedByDeployment(project, stage);
  return DeployedRun.start({
    project,
    template,
    followed: followed.exchanges,
    history: wantedHistoryOf(followed),
    findFunctions: () => deployedFunctions(project),
    exchange: exchange.description.replace(/^exchange: /, ''),
    hooks: warningHooks(warn),
  });
}

function describeRun(
  { project }: LocalstackCommand,
  { exchange, template, stage }: Deployment,
  apiUrl: string | undefined,
): Promise<void> {
  return writeRunDescription(project.dataDir, {
    pid: process.pid,
    kafka: endpointOf(project, 'kafka'),
    cassandra: endpointOf(project, 'cassandra'),
    localDataCenter: LOCAL_DATA_CENTER,
    keyspace: keyspaceOf(template),
    exchange: exchange.description,
    api: apiUrl ?? null,
    startedAt: new Date().toISOString(),
    followed: followedByDeployment(project, stage),
  });
}

/** What a deployment follows, at the addresses as this machine reaches them. */
function followedByDeployment(
  project: LocalstackProject,
  { exchanges, historyStart }: StageConfig,
): FollowedByRun {
  return {
    exchanges: exchanges.map(followedExchangeOf).map((followed) => ({
      ...followed,
      url: urlFromHere(project, followed.url),
      archiveUrl: followed.archiveUrl && urlFromHere(project, followed.archiveUrl),
    })),
    historyStart,
  };
}

function ratesText({ template }: Deployment): string {
  const rates = SCHEDULED_FUNCTIONS.map(
    (name) => `${name} every ${rateText(template.rules[name][0].rateMs)}`,
  );
  return `the rules fire ${rates.join(', ')}`;
}

function rateText(rateMs: number): string {
  return rateMs === MINUTE_MS ? 'minute' : `${rateMs / MINUTE_MS} minutes`;
}

async function containerFailure(
  { compose, exchange }: Deployment,
  signal: AbortSignal,
): Promise<never> {
  const optional = exchange.inContainer ? ['exchange'] : [];
  const services = ['localstack', 'kafka', 'cassandra', ...optional];
  throw await compose.failure(services, signal);
}
