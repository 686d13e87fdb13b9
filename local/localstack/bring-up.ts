import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS, floorTo } from '../../lambdas/shared/domain/interval';
import { localstack } from '../../lib/stages/localstack';
import { createTables } from '../emulator/create-tables';
import { createTopics } from '../emulator/create-topics';
import { localKafka } from '../emulator/kafka-client';
import { type PipelineTemplate, readPipelineTemplate } from '../emulator/pipeline-template';
import { readAssembly } from '../emulator/template';
import { localDataCenter } from '../engines/engine-answers';
import { acquireLock, type HeldLock, LockedError } from '../engines/lock-file';
import { keyspaceOf } from '../local-stack';
import { removeRunningStack, writeRunningStack } from '../running-stack';
import { warningHooks } from '../stack-warnings';
import { synthesize } from '../synthesize';
import { Watched } from '../watched';
import { composeOf, type LocalstackCommand, notTooOften, step } from './command';
import type { Compose } from './compose';
import { bootstrap, deploy, isBootstrapped } from './deploy';
import { deployedFunctions } from './deployed-functions';
import type { UpRequest } from './localstack-request';
import { type MarketService, marketService } from './market-service';
import { endpointOf } from './place';
import { RunningStack } from './run-stack';

/** The file in a place's folder that holds the pid of the run that hands records on. */
export const RUN_LOCK = 'run.lock';

/** Brings everything up, deploys what has changed, and shows it until it is asked to stop. */
export async function bringUp(request: UpRequest, command: LocalstackCommand): Promise<void> {
  const compose = composeOf(command);
  await compose.check();
  await mkdir(command.place.folder, { recursive: true });
  const market = await chosenMarket(request, command);
  const [, template] = await together(
    startContainers(request, command, compose, market),
    synthesizedTemplate(request, command, market),
  );
  await together(makeTopicsAndTables(command, template), bootstrapWhereMissing(command));
  await step(command, 'deployed', () => deploy(deployment(command)));
  const lock = await lockOf(command);
  if (lock === undefined) return;
  try {
    await runUntilStopped(command, compose, market, template);
  } finally {
    await lock.release();
  }
}

async function chosenMarket(
  { market: choice, marketTimeMs: timeMs, pairs }: UpRequest,
  { place, shown }: LocalstackCommand,
): Promise<MarketService> {
  const pairsOfStage = localstack.pairs;
  const market = await marketService({ place, choice, pairs, pairsOfStage, timeMs });
  shown.note(market.description);
  return market;
}

async function startContainers(
  { ui }: UpRequest,
  command: LocalstackCommand,
  compose: Compose,
  market: MarketService,
): Promise<void> {
  const profiles = [...(market.inContainer ? ['market'] : []), ...(ui ? ['ui'] : [])];
  await compose.pullMissing(profiles);
  if (!market.inContainer) await compose.remove('market');
  await step(command, 'containers up', () => compose.up(profiles, market.environment));
}

/**
 * Both stages: what is deployed is `localstack`; topics, tables and event
 * sources are those of `dev`, as LocalStack has none of the three.
 */
async function synthesizedTemplate(
  request: UpRequest,
  command: LocalstackCommand,
  market: MarketService,
): Promise<PipelineTemplate> {
  const folder = assemblyOf(command);
  const settings = { localstack: settingsOf(request, market, Date.now()) };
  await step(command, 'stage localstack synthesized', () =>
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
  { apiUrl, pairs }: MarketService,
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
  const { place, shown } = command;
  const log = (said: string): void => shown.note(`warning: ${said}`);
  const kafka = localKafka(endpointOf(place, 'kafka'), 'candlestream-localstack', log);
  await step(command, 'topics and tables of stage dev there', () =>
    together(
      createTopics(kafka, template.topics),
      createTables(endpointOf(place, 'cassandra'), template),
    ),
  );
}

async function bootstrapWhereMissing(command: LocalstackCommand): Promise<void> {
  if (await isBootstrapped(command.place)) return;
  await step(command, 'bootstrapped', () => bootstrap(deployment(command)));
}

function deployment(command: LocalstackCommand) {
  const { place, run, signal } = command;
  return { place, run, signal, assembly: assemblyOf(command) };
}

function assemblyOf({ place }: LocalstackCommand): string {
  return join(place.folder, 'cdk.out');
}

/** Undefined where another run hands the records on already: it goes on with what was deployed. */
async function lockOf({ place, shown }: LocalstackCommand): Promise<HeldLock | undefined> {
  try {
    return await acquireLock(join(place.folder, RUN_LOCK));
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    shown.note(`process ${error.pid} hands the records on, now to what was just deployed`);
    return undefined;
  }
}

async function runUntilStopped(
  command: LocalstackCommand,
  compose: Compose,
  market: MarketService,
  template: PipelineTemplate,
): Promise<void> {
  const { place, shown, signal } = command;
  const stack = await RunningStack.start({
    ...{ place, template, pairs: market.pairs },
    findFunctions: () => deployedFunctions(place),
    market: market.description.replace(/^market: /, ''),
    hooks: warningHooks(
      notTooOften((line) => {
        // What a run that ends leaves undone is no news.
        if (!signal.aborted) shown.note(line);
      }),
    ),
  });
  const ending = new AbortController();
  const ended = AbortSignal.any([signal, ending.signal]);
  try {
    await writeRunningStack(place.dataDir, descriptionOf(command, market, template));
    shown.note('the rule fires every minute; Ctrl-C ends the table and leaves the containers');
    const watched = new Watched(stack.watch, shown, ended).untilStopped(Date.now);
    await Promise.race([watched, failureOf(compose, market, ended)]);
  } finally {
    shown.close();
    ending.abort(new Error('the run has ended'));
    await removeRunningStack(place.dataDir);
    await stack.stop();
  }
}

async function failureOf(
  compose: Compose,
  { inContainer }: MarketService,
  signal: AbortSignal,
): Promise<never> {
  const services = ['localstack', 'kafka', 'cassandra', ...(inContainer ? ['market'] : [])];
  throw await compose.failure(services, signal);
}

function descriptionOf(
  { place }: LocalstackCommand,
  { description: market }: MarketService,
  template: PipelineTemplate,
) {
  return {
    pid: process.pid,
    kafka: endpointOf(place, 'kafka'),
    cassandra: endpointOf(place, 'cassandra'),
    localDataCenter,
    keyspace: keyspaceOf(template),
    market,
    startedAt: new Date().toISOString(),
  };
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
