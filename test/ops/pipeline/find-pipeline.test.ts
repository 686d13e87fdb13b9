import { gateIoOf } from '../../fakes/stages';
import { MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { dev } from '../../../lib/stages/dev';
import { stageConfig } from '../../../lib/stages/stage-config';
import { NotRunningError, type RunDescription } from '../../../local/run/run-description';
import { OperationError } from '../../../ops/operation-error';
import { findPipeline, type PipelinePlaces } from '../../../ops/pipeline/find-pipeline';

const run: RunDescription = {
  pid: 1,
  kafka: '127.0.0.1:9092',
  cassandra: '127.0.0.1:9042',
  localDataCenter: 'datacenter1',
  keyspace: 'candlestream',
  exchange: 'simulated',
  api: 'http://127.0.0.1:8787',
  startedAt: '2026-03-01T00:00:00.000Z',
  followed: {
    exchanges: [
      {
        exchange: 'gate-io',
        pairs: ['BTC_USDT', 'ETH_USDT'],
        retentionMinutes: 9_900,
        url: 'http://127.0.0.1:4570/api/v4',
        archiveUrl: 'http://127.0.0.1:4571',
      },
      {
        exchange: 'okx',
        pairs: ['BTC_USDT'],
        retentionMinutes: 100,
        url: 'http://127.0.0.1:4570/okx',
        archiveUrl: null,
      },
    ],
    historyStart: '2026-01-01',
  },
};
const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
const LOCAL = { stage: undefined, profile: undefined, region: undefined };
const DEV = { ...LOCAL, stage: 'dev' };

function places(fields: Partial<PipelinePlaces> & { region?: string | undefined } = {}) {
  const { region } = fields;
  return {
    findRun: () => Promise.resolve(run),
    findStage: () => Promise.resolve(dev),
    account: () => ({
      region: () => Promise.resolve(region),
      credentials: () => Promise.resolve(credentials),
    }),
    ...fields,
  } satisfies PipelinePlaces & { region?: string | undefined };
}

test('without a stage it is the local run that runs now', async () => {
  expect(await findPipeline(LOCAL, places())).toEqual({
    name: 'the local run',
    markets: [
      { exchange: 'gate-io', pair: 'BTC_USDT' },
      { exchange: 'gate-io', pair: 'ETH_USDT' },
      { exchange: 'okx', pair: 'BTC_USDT' },
    ],
    historyStartMs: Date.UTC(2026, 0, 1),
    exchanges: new Map([
      [
        'gate-io',
        {
          name: 'gate-io',
          pairs: ['BTC_USDT', 'ETH_USDT'],
          retentionMs: 9_900 * MINUTE_MS,
          url: 'http://127.0.0.1:4570/api/v4',
          archiveUrl: 'http://127.0.0.1:4571',
        },
      ],
      [
        'okx',
        {
          name: 'okx',
          pairs: ['BTC_USDT'],
          retentionMs: 100 * MINUTE_MS,
          url: 'http://127.0.0.1:4570/okx',
          archiveUrl: null,
        },
      ],
    ]),
    database: {
      CASSANDRA_CONTACT_POINTS: ['127.0.0.1:9042'],
      CASSANDRA_LOCAL_DATA_CENTER: 'datacenter1',
      CASSANDRA_AUTHENTICATION: 'none',
      CASSANDRA_KEYSPACE: 'candlestream',
    },
    credentials: undefined,
  });
});

test('if nothing runs here, it says how to start, and how to name a stage', async () => {
  const findRun = () => Promise.reject(new NotRunningError('there is no run.json'));

  const found = findPipeline(LOCAL, places({ findRun }));

  await expect(found).rejects.toThrow(OperationError);
  await expect(found).rejects.toThrow(/npm start.*For a stage in AWS, give --stage <name>\./);
});

test.each([
  ['eu-central-1', 'cassandra.eu-central-1.amazonaws.com:9142'],
  ['cn-north-1', 'cassandra.cn-north-1.amazonaws.com.cn:9142'],
])('a stage in %s is reached at the public endpoint of Keyspaces', async (region, endpoint) => {
  const pipeline = await findPipeline(DEV, places({ region }));

  expect(pipeline).toMatchObject({
    name: `the stage dev in ${region}`,
    historyStartMs: Date.parse(dev.historyStart),
    database: {
      CASSANDRA_CONTACT_POINTS: [endpoint],
      CASSANDRA_LOCAL_DATA_CENTER: region,
      CASSANDRA_AUTHENTICATION: 'sigv4',
      CASSANDRA_KEYSPACE: 'candlestream_dev',
    },
    credentials,
  });
  expect(pipeline.exchanges.get('gate-io')).toEqual({
    name: 'gate-io',
    pairs: gateIoOf(dev).pairs,
    retentionMs: 9_900 * MINUTE_MS,
    url: gateIoOf(dev).url,
    archiveUrl: gateIoOf(dev).archiveUrl,
  });
  expect(pipeline.markets).toHaveLength(gateIoOf(dev).pairs.length);
});

test('without a region it says how to set one', async () => {
  await expect(findPipeline(DEV, places())).rejects.toThrow(
    'No region is set for the stage dev: set AWS_REGION, or give --region, such as --region eu-central-1',
  );
});

test('a stage with a Cassandra of its own needs no account', async () => {
  const stage = stageConfig({
    ...dev,
    database: {
      kind: 'existing',
      contactPoints: ['10.0.0.1:9042'],
      localDataCenter: 'here',
      keyspace: 'candles',
    },
  });
  const account = (): never => {
    throw new Error('The account is not to be asked.');
  };

  const pipeline = await findPipeline(
    DEV,
    places({
      findStage: () => Promise.resolve(stage),
      account: () => ({ region: account, credentials: account }),
    }),
  );

  expect(pipeline).toMatchObject({
    name: 'the stage dev',
    database: {
      CASSANDRA_CONTACT_POINTS: ['10.0.0.1:9042'],
      CASSANDRA_AUTHENTICATION: 'none',
      CASSANDRA_KEYSPACE: 'candles',
    },
    credentials: undefined,
  });
});
