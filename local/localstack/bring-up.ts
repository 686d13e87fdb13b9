import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { localstack } from '../../lib/stages/localstack';
import { StopAsked } from '../../cli/command-end';
import { askedPairs, assertFollowed } from '../start/asked-pairs';
import { historyStart } from '../start/start-arguments';
import { createTables } from '../emulator/create-tables';
import { createTopics } from '../emulator/kafka/create-topics';
import { localKafka } from '../emulator/kafka/kafka-client';
import {
  type PipelineTemplate,
  readPipelineTemplate,
} from '../emulator/template/pipeline-template';
import { readAssembly } from '../emulator/template/assembly';
import { followedExchangeOf } from '../run/followed-by-run';
import { exchangeSettings, withoutWindows } from '../run/local-run';
import { type HeldLock, LockedError } from '../../cli/processes/lock-file';
import { synthesize } from '../../cli/synthesize';
import { dayText } from '../../cli/utc-time';
import { composeFor, type LocalstackCommand, timed } from './command';
import { bootstrap, deploy, isBootstrapped } from './deployment/deploy';
import { type Deployment, showDeployedRun } from './show-deployed-run';
import type { UpRequest } from './localstack-request';
import {
  chooseExchanges,
  type ChosenExchanges,
  type ExchangeService,
  exchangeService,
} from './exchange/exchange-service';
import { DEPLOY_LOCK, RUN_LOCK, takeLock } from './other-run';
import { assertNothingReplaced } from './replaced-run';
import { endpointOf } from '../containers/compose-project';
import { startContainers } from './start-containers';
import { type StageSettings, stageSettings } from './deployment/stage-settings';

/** Another run is bringing the same containers up or down. */
export class RunInProgressError extends Error {
  override readonly name = 'RunInProgressError';
}

const DOWN = '"npm run localstack -- --down"';
/** The message of a run that is stopped, by how far it has come. */
const STOPPED = {
  nothing: 'stopped: this run has started nothing',
  containers: `stopped before everything was deployed: the containers go on until ${DOWN}`,
  rule: `stopped: new records wait in Kafka; the containers and the rule go on until ${DOWN}`,
} as const;
type Reached = keyof typeof STOPPED;

/** A request whose arguments are checked: everything is known that is to be deployed. */
interface CheckedRequest {
  readonly exchange: ExchangeService;
  readonly settings: StageSettings;
  /** Starts Kafka UI too. */
  readonly ui: boolean;
  readonly replace: boolean;
}

/**
 * Brings everything up, deploys what has changed, and shows it until it is
 * asked to stop.
 *
 * @throws UsageError before anything is started, if an argument is invalid
 * @throws RunInProgressError, RunReplacedError if another run is in the way
 */
export async function bringUp(request: UpRequest, command: LocalstackCommand): Promise<void> {
  let reached: Reached = 'nothing';
  try {
    const checked = await checkedRequest(request, command, Date.now());
    const deployed = await deployLocked(checked, command, (now) => (reached = now));
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

async function checkedRequest(
  request: UpRequest,
  { project, shown }: LocalstackCommand,
  nowMs: number,
): Promise<CheckedRequest> {
  const { exchangeTimeMs: timeMs, ui, replace } = request;
  const startMs = historyStart(request.historyStartMs, nowMs, timeMs);
  const historyStartDay = dayText(startMs);
  // Before any exchange is looked at: settings that are invalid are refused, and it is known which are followed.
  const { localstack: asked } = settingsOf(request, historyStartDay);
  assertFollowed('--pairs', request.pairs, asked.exchanges.map(followedExchangeOf));
  const names = asked.exchanges.map(({ kind }) => kind);
  const chosen = await chooseExchanges(request.exchange, names);
  const settings = settingsOf(request, historyStartDay, chosen);
  const followed = settings.localstack.exchanges.map(followedExchangeOf);
  const exchange = exchangeService(chosen, { project, followed, timeMs });
  shown.note(exchange.description);
  return { exchange, settings, ui, replace };
}

function settingsOf(
  { exchanges, pairs, settings }: UpRequest,
  historyStartDay: string,
  chosen?: ChosenExchanges,
): StageSettings {
  return stageSettings(
    { historyStart: historyStartDay, ...settings },
    {
      exchanges: exchanges && exchangeSettings(localstack.name, exchanges),
      pairsOf: (name) => askedPairs(pairs, name) ?? chosen?.recorded?.pairs,
      addresses: chosen?.addresses,
    },
  );
}

/** @returns what was deployed, with the lock to show it; undefined if another run shows it */
async function deployLocked(
  request: CheckedRequest,
  command: LocalstackCommand,
  onReached: (reached: Reached) => void,
): Promise<(Deployment & { readonly lock: HeldLock }) | undefined> {
  await composeFor(command).check();
  await mkdir(command.project.folder, { recursive: true });
  const deployLock = await takeDeployLock(command);
  try {
    const deployed = await bringUpAndDeploy(request, command, onReached);
    const lock = await takeRunLock(command);
    return lock && { ...deployed, lock };
  } finally {
    await deployLock.release();
  }
}

async function bringUpAndDeploy(
  { exchange, settings, ui, replace }: CheckedRequest,
  command: LocalstackCommand,
  onReached: (reached: Reached) => void,
): Promise<Deployment> {
  if (!replace) await assertNothingReplaced(command, settings.localstack);
  const compose = composeFor(command);
  const onBegun = (): void => onReached('containers');
  const [, template] = await together(
    startContainers(command, { compose, exchange, ui, onBegun }),
    synthesizedTemplate(command, settings),
  );
  await together(createTopicsAndTables(command, template), bootstrapIfMissing(command));
  await timed(command, 'deployed', () => deploy(deployOptions(command)));
  onReached('rule');
  return { compose, exchange, template, stage: settings.localstack };
}

/**
 * Synthesizes two stages: `localstack` is deployed; topics, tables and event
 * sources are those of `dev`, as LocalStack has no provider for any of them. The
 * batching windows of `dev` save money, which nothing here costs: they are left out.
 */
async function synthesizedTemplate(
  command: LocalstackCommand,
  { byStage: settings }: StageSettings,
): Promise<PipelineTemplate> {
  const folder = assemblyFolder(command);
  await timed(command, 'stage localstack synthesized', () =>
    synthesize('localstack,dev', folder, command.signal, {
      settings,
      // Nothing of dev is deployed: it needs no bundles.
      'aws:cdk:bundling-stacks': ['Candlestream-localstack-Pipeline'],
    }),
  );
  const includeStack = ({ id }: { readonly id: string }) => id.startsWith('Candlestream-dev-');
  return withoutWindows(readPipelineTemplate(readAssembly(folder, { includeStack })));
}

async function createTopicsAndTables(
  command: LocalstackCommand,
  template: PipelineTemplate,
): Promise<void> {
  const { project, shown } = command;
  const log = (said: string): void => shown.note(`warning: ${said}`);
  const kafka = localKafka(endpointOf(project, 'kafka'), 'candlestream-localstack', log);
  const remedy = 'forget the data with "npm run localstack -- --down --volumes" first';
  await timed(command, 'topics and tables of stage dev created', () =>
    together(
      createTopics(kafka, template.topics, remedy),
      createTables(endpointOf(project, 'cassandra'), template),
    ),
  );
}

async function bootstrapIfMissing(command: LocalstackCommand): Promise<void> {
  if (await isBootstrapped(command.project)) return;
  await timed(command, 'bootstrapped', () => bootstrap(deployOptions(command)));
}

function deployOptions(command: LocalstackCommand) {
  const { project, run, signal } = command;
  return { project, run, signal, assembly: assemblyFolder(command) };
}

function assemblyFolder({ project }: LocalstackCommand): string {
  return join(project.folder, 'cdk.out');
}

/** @throws RunInProgressError if another run holds it */
async function takeDeployLock({ project, run }: LocalstackCommand): Promise<HeldLock> {
  try {
    return await takeLock(join(project.folder, DEPLOY_LOCK), run);
  } catch (cause) {
    if (!(cause instanceof LockedError)) throw cause;
    throw new RunInProgressError(
      `Process ${cause.pid} is bringing the containers up or down: wait for it, or end it with ${DOWN}`,
      { cause },
    );
  }
}

/** Undefined if another run shows its table: it goes on with what was deployed. */
async function takeRunLock({
  project,
  run,
  shown,
}: LocalstackCommand): Promise<HeldLock | undefined> {
  try {
    return await takeLock(join(project.folder, RUN_LOCK), run);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    shown.note(`process ${error.pid} shows its table and now invokes what was just deployed`);
    return undefined;
  }
}

/** Waits for both; if one fails, throws the first failure once both have ended. */
async function together<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  try {
    return await Promise.all([first, second]);
  } catch (error) {
    await Promise.allSettled([first, second]);
    throw error;
  }
}
