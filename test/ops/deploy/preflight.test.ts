import { App, CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StageConfig } from '../../../lib/stages/stage-config';
import { dev } from '../../../lib/stages/dev';
import { OperationError } from '../../../ops/operation-error';
import { type AccountLookUp, LookUpDeniedError } from '../../../ops/aws/account-look-up';
import { LEAST_BOOTSTRAP_VERSION } from '../../../ops/deploy/bootstrap';
import {
  LEAST_NODE_VERSION,
  NotReadyError,
  preflight,
  preflightOffline,
  type PreflightSurroundings,
} from '../../../ops/deploy/preflight';
import type { StageRequest, Verb } from '../../../ops/deploy/stage-request';
import { synthesizedTemplates } from '../../../ops/stages/stage-resources';
import { PAIRS_METADATA_KEY } from '../../../lib/stages/followed-pairs';
import { gateIoOf } from '../../fakes/stages';
import { SCHEMA_METADATA_KEY } from '../../../lib/kafka/schema-metadata';
import type { DeployedStack, DeployedTemplate } from '../../../ops/aws/region-look-up';
import { region } from '../aws/fake-region';

const TEMPLATES = synthesizedTemplates(dev);
const STAGE: StageConfig = { ...dev, alarmEmail: 'on-call@example.com' };
const IDENTITY = { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ops' };

const request = (verb: Verb = 'deploy', profile?: string): StageRequest => ({
  verb,
  profile,
  stage: 'dev',
  region: undefined,
  settings: undefined,
  cdkFlags: [],
});

function account(changes: Partial<AccountLookUp> = {}): AccountLookUp {
  return {
    region: () => Promise.resolve('eu-central-1'),
    identity: () => Promise.resolve(IDENTITY),
    bootstrapVersion: (region) => {
      if (region !== 'eu-central-1') throw new Error(`unexpected region ${region}`);
      return Promise.resolve(LEAST_BOOTSTRAP_VERSION);
    },
    inRegion: () => region(),
    ...changes,
  };
}

/** An account with one stack. */
function accountWith(stackName: string, deployed: DeployedStack): AccountLookUp {
  const stack = (name: string) => Promise.resolve(name === stackName ? deployed : undefined);
  return account({ inRegion: () => region({ stack }) });
}

function surroundings(changes: Partial<PreflightSurroundings> = {}): PreflightSurroundings {
  return {
    findStage: (name) => {
      if (name !== 'dev') throw new Error(`unexpected stage ${name}`);
      return Promise.resolve(STAGE);
    },
    lookUp: account(),
    synthesize: () => TEMPLATES,
    nodeVersion: '20.19.0',
    clock: () => Date.UTC(2026, 10, 23),
    ...changes,
  };
}

const stageWith = (
  settings: Partial<Pick<StageConfig, 'historyStart' | 'terminationProtection'>> & {
    readonly removalPolicy?: RemovalPolicy;
  },
) => surroundings({ findStage: () => Promise.resolve({ ...STAGE, ...settings } as StageConfig) });

const refused = (why: string) => Promise.reject(new OperationError(why));

test('where nothing is missing, it says where it will be', async () => {
  expect(await preflight(request(), surroundings())).toEqual({
    stage: STAGE,
    region: 'eu-central-1',
    identity: IDENTITY,
    templates: TEMPLATES,
    notes: [],
  });
});

test.each<[Verb, number]>([
  ['deploy', 1],
  ['diff', 0],
  ['destroy', 0],
])('%s synthesizes the stage %d times', async (verb, times) => {
  const synthesized: string[] = [];
  const synthesize = (stage: StageConfig) => {
    synthesized.push(stage.name);
    return TEMPLATES;
  };
  const { templates } = await preflight(request(verb), surroundings({ synthesize }));
  expect(synthesized).toHaveLength(times);
  expect(templates).toBe(times === 0 ? undefined : TEMPLATES);
});

test('all that is missing is told in one message, in the same order always', async () => {
  const nothing = surroundings({
    findStage: () => refused('There is no stage "dev"'),
    nodeVersion: '18.20.1',
    lookUp: account({
      region: () => Promise.resolve(undefined),
      identity: () => refused('No AWS credentials were found'),
      bootstrapVersion: () => Promise.reject(new Error('asked for nowhere')),
    }),
  });
  await expect(preflight(request(), nothing)).rejects.toThrow(
    new NotReadyError(request(), [
      'Node.js 18.20.1 is too old: install Node.js 20.19 or later',
      'There is no stage "dev"',
      'No region is set: set AWS_REGION, or give --region, such as --region eu-central-1',
      'No AWS credentials were found',
    ]),
  );
});

test.each([
  ['20.18.9', false],
  ['20.19.0', true],
  ['22.0.0', true],
  ['19.25.0', false],
])('Node.js %s: is it new enough? %s', async (nodeVersion, enough) => {
  const checked = preflightOffline(request('synth'), surroundings({ nodeVersion }));
  if (enough) await expect(checked).resolves.toBeUndefined();
  else await expect(checked).rejects.toThrow(`Node.js ${nodeVersion} is too old`);
});

test('the least Node.js is that of package.json', () => {
  const file = join(__dirname, '../../../package.json');
  const { engines } = JSON.parse(readFileSync(file, 'utf8')) as { engines: { node: string } };
  expect(engines.node).toBe(`>=${LEAST_NODE_VERSION.join('.')}`);
});

test('the least bootstrap version is that of the synthesized stacks', () => {
  const app = new App();
  new CfnResource(new Stack(app, 'Any'), 'Topic', { type: 'AWS::SNS::Topic' });
  const artifact = app.synth().getStackByName('Any');
  expect(artifact.requiresBootstrapStackVersion).toBe(LEAST_BOOTSTRAP_VERSION);
});

test('an account that is not bootstrapped is told how to', async () => {
  const lookUp = account({ bootstrapVersion: () => Promise.resolve(undefined) });
  await expect(preflight(request('diff', 'ops'), surroundings({ lookUp }))).rejects.toThrow(
    'is not bootstrapped for the CDK in eu-central-1: run npx cdk bootstrap aws://123456789012/eu-central-1 --profile ops',
  );
});

test.each([5, Number.NaN])('the bootstrap version %d is too old', async (version) => {
  const lookUp = account({ bootstrapVersion: () => Promise.resolve(version) });
  await expect(preflight(request(), surroundings({ lookUp }))).rejects.toThrow(
    `has version ${version}, but ${LEAST_BOOTSTRAP_VERSION} is needed: run npx cdk bootstrap`,
  );
});

test('who may not read the bootstrap version goes on, and is told', async () => {
  const lookUp = account({
    bootstrapVersion: () => Promise.reject(new LookUpDeniedError('SSM says no')),
  });
  const { notes } = await preflight(request(), surroundings({ lookUp }));
  expect(notes).toEqual(['cdk will check whether the account is bootstrapped: SSM says no']);
});

test('a bootstrap version that cannot be asked for is a problem', async () => {
  const lookUp = account({ bootstrapVersion: () => refused('the request to SSM failed') });
  await expect(preflight(request(), surroundings({ lookUp }))).rejects.toThrow(
    'begin:\n- the request to SSM failed',
  );
});

test.each([
  ['findStage', { findStage: () => Promise.reject(new TypeError('mistake')) }],
  ['identity', { lookUp: account({ identity: () => Promise.reject(new TypeError('mistake')) }) }],
  [
    'bootstrapVersion',
    { lookUp: account({ bootstrapVersion: () => Promise.reject(new TypeError('mistake')) }) },
  ],
])('a mistake in %s is not told as a problem of the user', async (_, changes) => {
  await expect(preflight(request(), surroundings(changes))).rejects.toThrow(TypeError);
});

test('a protected stage is not destroyed, but deployed', async () => {
  const isProtected = stageWith({ terminationProtection: true });
  await expect(preflight(request('destroy'), isProtected)).rejects.toThrow(
    'set terminationProtection to false in lib/stages/dev.ts',
  );
  await expect(preflight(request('deploy'), isProtected)).resolves.toMatchObject({ notes: [] });
});

test.each([
  [
    RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    'The tables, the schema registry and the logs are kept, under their names, and still cost money; the brokers are deleted, with all records in flight and all dead letters.',
  ],
  [
    RemovalPolicy.DESTROY,
    'All data is deleted with the stacks: brokers, topics, tables with their candles, logs.',
  ],
])('before a stage is destroyed, what %s leaves is told', async (removalPolicy, note) => {
  const stage = stageWith({ removalPolicy, terminationProtection: false });
  const { notes } = await preflight(request('destroy'), stage);
  expect(notes).toEqual([note]);
});

test('without AWS, only the stage and Node.js are looked at', async () => {
  const findStage = () => refused('There is no stage "dev"');
  await expect(preflightOffline(request('synth'), surroundings({ findStage }))).rejects.toThrow(
    'synth of the stage dev cannot begin:\n- There is no stage "dev"',
  );
});

test('without an address, a deployment says that nobody is notified', async () => {
  const unwatched = surroundings({ findStage: () => Promise.resolve(dev) });
  const { notes } = await preflight(request('deploy'), unwatched);
  expect(notes).toEqual([
    'Nobody is notified of the alarms of the stage dev: set alarmEmail in lib/stages/dev.ts',
  ]);
  await expect(preflight(request('diff'), unwatched)).resolves.toMatchObject({ notes: [] });
  const required = surroundings({
    findStage: () => Promise.resolve({ ...dev, alarmEmailRequired: true }),
  });
  await expect(preflight(request('deploy'), required)).rejects.toThrow(
    'cannot begin:\n- Nobody is notified of the alarms of the stage dev',
  );
});

test('what is checked has the settings that the deployment is given', async () => {
  const settings = '{"dev":{"alarmEmail":"on-call@example.com"}}';
  const asked: unknown[] = [];
  const findStage = (...args: unknown[]) => {
    asked.push(args);
    return Promise.resolve(STAGE);
  };
  await preflight({ ...request(), settings }, surroundings({ findStage }));
  expect(asked).toEqual([['dev', settings]]);
});

test('a history that would start after today is a problem of a deployment alone', async () => {
  const stage = stageWith({ historyStart: '2026-11-24' });
  await expect(preflight(request('deploy'), stage)).rejects.toThrow(
    'historyStart is 2026-11-24, after today (2026-11-23, UTC): give an earlier day in lib/stages/dev.ts',
  );
  await expect(preflight(request('diff'), stage)).resolves.toMatchObject({ notes: [] });
  const today = stageWith({ historyStart: '2026-11-23' });
  await expect(preflight(request('deploy'), today)).resolves.toMatchObject({ notes: [] });
});

const fullRegion = account({
  inRegion: (name) => {
    if (name !== 'eu-central-1') throw new Error(`unexpected region ${name}`);
    return region({ vpcs: () => Promise.resolve({ used: 5, quota: 5 }) });
  },
});

test('a deployment that the region has no room for is refused before it begins', async () => {
  const full = surroundings({ lookUp: fullRegion });
  await expect(preflight(request('deploy'), full)).rejects.toThrow(
    /begin:\n- The stage needs 1 more VPCs in eu-central-1/,
  );
});

test('destroy asks nothing about the region', async () => {
  const inRegion = (): never => {
    throw new Error('the region was asked');
  };
  const elsewhere = surroundings({ lookUp: account({ inRegion }) });
  await expect(preflight(request('destroy'), elsewhere)).resolves.toMatchObject({ stage: STAGE });
});

test.each(['deploy', 'diff'] as const)(
  'a caller who may not see the stacks runs %s all the same, and reads a note',
  async (verb) => {
    const denied = () => Promise.reject(new LookUpDeniedError('CloudFormation says no'));
    const lookUp = account({ inRegion: () => region({ stack: denied }) });
    const { notes } = await preflight(request(verb), surroundings({ lookUp }));
    expect(notes).toEqual(['not checked: the region (CloudFormation says no)']);
  },
);

test.each(['deploy', 'diff'] as const)('%s says which pairs change', async (verb) => {
  const { pairs } = gateIoOf(STAGE);
  const Metadata = { [PAIRS_METADATA_KEY]: { 'gate-io': [...pairs.slice(1), 'GONE_USDT'] } };
  const template = { Resources: { Fetch: { Type: 'AWS::Lambda::Function', Metadata } } };
  const pipeline = { id: 'arn:pipeline', status: 'UPDATE_COMPLETE', template };
  const lookUp = accountWith('Candlestream-dev-Pipeline', pipeline);
  const { notes } = await preflight(request(verb), surroundings({ lookUp }));
  expect(notes).toEqual([
    `pairs of gate-io: follows ${String(pairs[0])}; no longer follows GONE_USDT`,
  ]);
});

test('a region that does not answer is a problem', async () => {
  const lookUp = account({ inRegion: () => region({ zones: () => refused('EC2 failed') }) });
  await expect(preflight(request(), surroundings({ lookUp }))).rejects.toThrow('- EC2 failed');
});

/** A region whose data stack has topics of twelve partitions, and records of a later schema. */
function regionWithLaterStack(status: string) {
  const topics = TEMPLATES.resources.filter(({ type }) => type === 'AWS::MSK::Topic');
  const partitions = topics.map(({ logicalId, type, properties }) => [
    logicalId,
    { Type: type, Properties: { ...(properties as object), PartitionCount: 12 } },
  ]);
  const template = {
    Metadata: { [SCHEMA_METADATA_KEY]: { 'candles.rolled': { read: 9, written: 9 } } },
    Resources: Object.fromEntries(partitions) as DeployedTemplate['Resources'],
  };
  return accountWith('Candlestream-dev-Data', { id: 'arn:data', status, template });
}

test('a deployment that would take back what cannot go back is refused before it begins', async () => {
  const lookUp = regionWithLaterStack('UPDATE_COMPLETE');
  const refusedDeployment = preflight(request('deploy'), surroundings({ lookUp }));
  await expect(refusedDeployment).rejects.toThrow(
    '- candles.rolled has 12 partitions, and Kafka takes none away',
  );
  await expect(refusedDeployment).rejects.toThrow(
    '- The deployed functions write version 9 of candles.rolled',
  );
});

test.each(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'REVIEW_IN_PROGRESS'])(
  'a first deployment that came to nothing (%s) has nothing that cannot go back',
  async (status) => {
    const lookUp = regionWithLaterStack(status);
    await expect(preflight(request('deploy'), surroundings({ lookUp }))).resolves.toMatchObject({
      notes: [],
    });
  },
);

test('what a first deployment that came to nothing had asked for counts as new', async () => {
  const resources = TEMPLATES.resources.map(({ logicalId, type, properties }) => [
    logicalId,
    { Type: type, Properties: properties },
  ]);
  const template = { Resources: Object.fromEntries(resources) as DeployedTemplate['Resources'] };
  const vpcs = () => Promise.resolve({ used: 5, quota: 5 });
  const stack = () => Promise.resolve({ id: 'arn:any', status: 'ROLLBACK_COMPLETE', template });
  const lookUp = account({ inRegion: () => region({ vpcs, stack }) });
  await expect(preflight(request('deploy'), surroundings({ lookUp }))).rejects.toThrow(
    '- The stage needs 1 more VPCs in eu-central-1',
  );
});

test('a deployment that takes away what the deployed pipeline imports is refused before it begins', async () => {
  const [kept = ''] = TEMPLATES.exports;
  const imports = [kept, 'Candlestream-dev-Data:ExportsOutputRefGone'].map((name) => [
    `Of${name}`,
    { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::ImportValue': name } } },
  ]);
  const template = {
    Resources: Object.fromEntries(imports) as DeployedTemplate['Resources'],
  };
  const pipeline = { id: 'arn:pipeline', status: 'UPDATE_COMPLETE', template };
  const lookUp = accountWith('Candlestream-dev-Pipeline', pipeline);
  const refusal = preflight(request('deploy'), surroundings({ lookUp }));
  await expect(refusal).rejects.toThrow(
    'cannot begin:\n- Candlestream-dev-Pipeline imports Candlestream-dev-Data:ExportsOutputRefGone, which the data stack would no longer export: keep it for one deployment with this.exportValue(...) in lib/data-stack.ts, and take it out with the next; or delete Candlestream-dev-Pipeline first, which holds no data, with npx cdk destroy Candlestream-dev-Pipeline --exclusively -c stage=dev',
  );
  await expect(refusal).rejects.not.toThrow(kept);
});
