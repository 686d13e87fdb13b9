import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS, floorTo } from '../../lambdas/shared/domain/interval';
import { localstack } from '../../lib/stages/localstack';
import { StopAsked } from '../../cli/command-end';
import { createTables } from '../emulator/create-tables';
import { createTopics } from '../emulator/kafka/create-topics';
import { localKafka } from '../emulator/kafka/kafka-client';
import {
  type PipelineTemplate,
  readPipelineTemplate,
} from '../emulator/template/pipeline-template';
import { readAssembly } from '../emulator/template/template';
import { type HeldLock, LockedError } from '../../cli/lock-file';
import { synthesize } from '../../cli/synthesize';
import { composeFor, type LocalstackCommand, timed } from './command';
import type { Compose } from '../containers/compose';
import { bootstrap, deploy, isBootstrapped } from './deployment/deploy';
import { type Deployed, showDeployedRun } from './show-deployed-run';
import type { UpRequest } from './localstack-request';
import { type ExchangeService, exchangeService } from './exchange/exchange-service';
import { DEPLOY_LOCK, RUN_LOCK, takeLock } from './other-run';
import { endpointOf } from '../containers/compose-project';
import { startContainers } from './start-containers';
import { stageSettings } from './deployment/stage-settings';

/** Another run brings the same containers up or down just now. */
export class RunInProgressError extends Error {
  override readonly name = 'RunInProgressError';
}

const DOWN = '"npm run localstack -- --down"';
/** How far a run has come, and what is said where it is stopped there. */
const STOPPED = {
  nothing: 'stopped: this run has started nothing',
  containers: `stopped before all was deployed: the containers go on until ${DOWN}`,
  rule: `stopped: no records are handed on; the containers and the rule go on until ${DOWN}`,
} as const;
type Reached = keyof typeof STOPPED;

/** Brings everything up, deploys what has changed, and shows it until it is asked to stop. */
export async function bringUp(request: UpRequest, command: LocalstackCommand): Promise<void> {
  let reached: Reached = 'nothing';
  try {
    const deployed = await deployAlone(request, command, (now) => (reached = now));
    if (deployed === undefined) return;
    await showDeployedRun(command, deployed).finally(() => deployed.lock.release());
  } catch (error) {
    const { shown, signal } = command;
    if (!signal.aborted) throw error;
    // What failed after the abort failed because of it.
    if (signal.reason instanceof StopAsked) shown.note(STOPPED[reached]);
    throw signal.reason;
  }
}

/** @returns what is to be handed on to, with the lock for it; undefined where another run does it */
async function deployAlone(
  request: UpRequest,
  command: LocalstackCommand,
  onReached: (reached: Reached) => void,
): Promise<(Deployed & { readonly lock: HeldLock }) | undefined> {
  const compose = composeFor(command);
  await compose.check();
  await mkdir(command.project.folder, { recursive: true });
  const deploying = await deployLock(command);
  try {
    const deployed = await bringUpAndDeploy(request, command, compose, onReached);
    const lock = await runLock(command);
    return lock && { ...deployed, lock };
  } finally {
    await deploying.release();
  }
}

async function bringUpAndDeploy(
  request: UpRequest,
  command: LocalstackCommand,
  compose: Compose,
  onReached: (reached: Reached) => void,
): Promise<Deployed> {
  const exchange = await chosenExchange(request, command);
  const settings = stageSettings(settingsOf(request, exchange, Date.now()));
  const onBegun = (): void => onReached('containers');
  const [, template] = await together(
    startContainers(command, { compose, exchange, ui: request.ui, onBegun }),
    synthesizedTemplate(command, settings),
  );
  await together(makeTopicsAndTables(command, template), bootstrapWhereMissing(command));
  await timed(command, 'deployed', () => deploy(deployment(command)));
  onReached('rule');
  return { compose, exchange, template };
}

async function chosenExchange(
  { exchange: choice, exchangeTimeMs: timeMs, pairs }: UpRequest,
  { project, shown }: LocalstackCommand,
): Promise<ExchangeService> {
  const pairsOfStage = localstack.pairs;
  const exchange = await exchangeService({ project, choice, pairs, pairsOfStage, timeMs });
  shown.note(exchange.description);
  return exchange;
}

/**
 * Both stages: what is deployed is `localstack`; topics, tables and event
 * sources are those of `dev`, as LocalStack has none of the three.
 */
async function synthesizedTemplate(
  command: LocalstackCommand,
  settings: ReturnType<typeof stageSettings>,
): Promise<PipelineTemplate> {
  const folder = assemblyOf(command);
  await timed(command, 'stage localstack synthesized', () =>
    synthesize('localstack,dev', folder, command.signal, {
      settings,
      // Nothing of dev is deployed: it needs no bundles.
      'aws:cdk:bundling-stacks': ['Candlestream-localstack-Pipeline'],
    }),
  );
  const includeStack = ({ id }: { readonly id: string }) => id.startsWith('Candlestream-dev-');
  return readPipelineTemplate(readAssembly(folder, { includeStack }));
}

function settingsOf(
  { historyStartMs, settings }: UpRequest,
  { apiUrl, pairs }: ExchangeService,
  nowMs: number,
): Record<string, unknown> {
  const startMs = historyStartMs ?? floorTo(nowMs, DAY_MS) - DAY_MS;
  const historyStart = new Date(startMs).toISOString().replace('.000Z', 'Z');
  return { pairs, historyStart, gateIoUrl: apiUrl, ...settings };
}

async function makeTopicsAndTables(
  command: LocalstackCommand,
  template: PipelineTemplate,
): Promise<void> {
  const { project, shown } = command;
  const log = (said: string): void => shown.note(`warning: ${said}`);
  const kafka = localKafka(endpointOf(project, 'kafka'), 'candlestream-localstack', log);
  const remedy = 'forget the data with "npm run localstack -- --down --volumes" first';
  await timed(command, 'topics and tables of stage dev there', () =>
    together(
      createTopics(kafka, template.topics, remedy),
      createTables(endpointOf(project, 'cassandra'), template),
    ),
  );
}

async function bootstrapWhereMissing(command: LocalstackCommand): Promise<void> {
  if (await isBootstrapped(command.project)) return;
  await timed(command, 'bootstrapped', () => bootstrap(deployment(command)));
}

function deployment(command: LocalstackCommand) {
  const { project, run, signal } = command;
  return { project, run, signal, assembly: assemblyOf(command) };
}

function assemblyOf({ project }: LocalstackCommand): string {
  return join(project.folder, 'cdk.out');
}

/** @throws RunInProgressError where another run holds it */
async function deployLock({ project, run }: LocalstackCommand): Promise<HeldLock> {
  try {
    return await takeLock(join(project.folder, DEPLOY_LOCK), run);
  } catch (cause) {
    if (!(cause instanceof LockedError)) throw cause;
    throw new RunInProgressError(
      `Process ${cause.pid} brings the containers up or down just now: wait for it, or end it with ${DOWN}`,
      { cause },
    );
  }
}

/** Undefined where another run hands the records on already: it goes on with what was deployed. */
async function runLock({ project, run, shown }: LocalstackCommand): Promise<HeldLock | undefined> {
  try {
    return await takeLock(join(project.folder, RUN_LOCK), run);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    shown.note(`process ${error.pid} hands the records on, now to what was just deployed`);
    return undefined;
  }
}

/** Both at once; of two failures, the first one, once both have ended. */
async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  try {
    return await Promise.all([first, second]);
  } catch (error) {
    await Promise.allSettled([first, second]);
    throw error;
  }
}
