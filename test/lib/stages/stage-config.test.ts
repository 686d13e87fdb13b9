import { gateIoAlone, gateIoOf, stageOfPairs } from '../../fakes/stages';
import { marketsOf, usualExchange } from '../../../lib/stages/settings/exchange-settings';
import { VERSION_IDS } from '../../fakes/records';
import { RemovalPolicy } from 'aws-cdk-lib';
import {
  InvalidStageConfigError,
  type StageConfig,
  stageConfig,
} from '../../../lib/stages/stage-config';
import { rateProblem } from '../../../lib/stages/stage-limits';
import { fetchParts } from '../../../lib/stages/firing-parts';
import { stageNamed, UnknownStageError } from '../../../lib/stages';
import { dev } from '../../../lib/stages/dev';
import { prod } from '../../../lib/stages/prod';

type Brokers = Extract<StageConfig['kafka'], { kind: 'msk' }>;
type Mode = StageConfig['eventSources']['mode'];

function brokers(change: Partial<Brokers>): Partial<StageConfig> {
  if (dev.kafka.kind !== 'msk') throw new TypeError('Expected dev to have brokers of its own');
  return { kafka: { ...dev.kafka, ...change } };
}

const exchange = (change: Parameters<typeof gateIoAlone>[1]): Partial<StageConfig> =>
  gateIoAlone(dev, change);

const topics = (change: Partial<StageConfig['topics']>): Partial<StageConfig> => ({
  topics: { ...dev.topics, ...change },
});

const mode = (changed: Mode): Partial<StageConfig> => ({
  eventSources: { ...dev.eventSources, mode: changed },
});

const pollers = (change: Partial<Extract<Mode, { kind: 'provisioned' }>>) =>
  mode({ kind: 'provisioned', minPollers: 1, maxPollers: 4, retryAttempts: 10, ...change });

const transform = (batchSize: number, windowSeconds: number): Partial<StageConfig> => ({
  eventSources: { ...dev.eventSources, transform: { batchSize, windowSeconds } },
});

const cassandra = (
  contactPoints: string[],
  localDataCenter = 'dc1',
  keyspace = 'candles',
): Partial<StageConfig> => ({
  database: { kind: 'existing', contactPoints, localDataCenter, keyspace },
});

const schemas = (observed: string[]): Partial<StageConfig> => ({
  schemaRegistry: {
    kind: 'existing',
    versionIds: {
      'candles.observed': observed,
      'candles.rolled': [...VERSION_IDS['candles.rolled']],
      'candles.dead-letter': [...VERSION_IDS['candles.dead-letter']],
    },
  },
});

/** A value of a type that a stage file's own types refuse. */
const untyped = (change: Readonly<Record<string, unknown>>) => change as Partial<StageConfig>;

/** So many pairs, each another. */
const pairs = (count: number) => Array.from({ length: count }, (_, index) => `C${index}_USDT`);

/** What is wrong with the stage `dev` after a change, a line each. */
function problemsOf(change: Partial<StageConfig>): string[] {
  try {
    stageConfig({ ...dev, ...change });
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidStageConfigError);
    const [title, ...problems] = (error as Error).message.split('\n');
    expect(title).toBe('The stage dev cannot be deployed:');
    return problems;
  }
  throw new Error('It was taken for valid');
}

describe('a stage config', () => {
  it.each([dev, prod])('is taken as it is where it is valid: $name', (stage) => {
    expect(stageConfig(stage)).toEqual(stage);
  });

  it('tells every problem at once, each with its value and what to give instead', () => {
    expect(
      problemsOf({
        ...exchange({ pairs: ['BTC_USDT', 'BTC/USDT'], retentionMinutes: 10_000 }),
        ...topics({ replication: 4 }),
        ...brokers({ count: 32 }),
        alarmEmail: 'nobody',
      }),
    ).toEqual([
      expect.stringMatching(
        /^- exchanges\.0\.pairs\.1 is "BTC\/USDT": it has the character "\/": give a pair as BASE_QUOTE/,
      ),
      '- exchanges.0.retentionMinutes is 10000: give at most 9990',
      '- kafka.count is 32: give at most 10',
      '- topics.replication is 4: give at most 3',
      '- alarmEmail is "nobody": give an e-mail address',
    ]);
  });

  it.each<[problem: string, change: Partial<StageConfig>]>([
    ['exchanges is []: give at least one exchange', { exchanges: [] }],
    ['exchanges.0.pairs is []: give at least one pair', exchange({ pairs: [] })],
    [
      'exchanges.0.pairs is ["A_B","A_B"]: give every pair once',
      exchange({ pairs: ['A_B', 'A_B'] }),
    ],
    [
      'exchanges.0.pairs is 7: give a pair such as BTC_USDT, or a list of pairs',
      untyped({ exchanges: [{ ...gateIoOf(dev), pairs: 7 }] }),
    ],
    ['scheduleMinutes is 61: give at most 60', { scheduleMinutes: 61 }],
    ['openWindowMinutes is 0: give at least 1', { openWindowMinutes: 0 }],
    ['scheduleMinutes is 1.5: give a whole number', { scheduleMinutes: 1.5 }],
    [
      'historyStart is "2026-01-01T00:00:00Z": give a UTC day such as 2026-01-01',
      { historyStart: '2026-01-01T00:00:00Z' },
    ],
    ['historyStart is "2026-13-01": give a day that exists', { historyStart: '2026-13-01' }],
    ['historyStart is "2026-02-29": give a day that exists', { historyStart: '2026-02-29' }],
    [
      'historyStart is "2009-01-02": give 2009-01-03, the day of the first Bitcoin block, or a later day',
      { historyStart: '2009-01-02' },
    ],
    [
      'historyStart is "2999-01-01": give a day that is not in the future',
      { historyStart: '2999-01-01' },
    ],
    ['exchanges.0.archiveUrl is "download": give a URL', exchange({ archiveUrl: 'download' })],
    ['exchanges.0.retentionMinutes is 0: give at least 1', exchange({ retentionMinutes: 0 })],
    [
      'exchanges.0.requestsPer10Seconds is 200: give at most 190',
      exchange({ requestsPer10Seconds: 200 }),
    ],
    [
      'exchanges.0.url is "api.gateio.ws/api/v4": give a URL',
      exchange({ url: 'api.gateio.ws/api/v4' }),
    ],
    [
      'exchanges.0.url is "https://api.gateio.ws": end it with /api/v4',
      exchange({ url: 'https://api.gateio.ws' }),
    ],
    [
      'exchanges.0.kind is "kraken": give one of "gate-io", "binance", "okx", "coinbase"',
      untyped({ exchanges: [{ ...gateIoOf(dev), kind: 'kraken' }] }),
    ],
    [
      'exchanges.0.kind is "gateio": give one of "gate-io", "binance", "okx", "coinbase". Did you mean "gate-io"?',
      untyped({ exchanges: [{ ...gateIoOf(dev), kind: 'gateio' }] }),
    ],
    [
      'network.nat.count is 0: give at least 1',
      { network: { ...dev.network, nat: { kind: 'gateways', count: 0 } } },
    ],
    [
      'network.nat.instanceType is "m5.large": give t4g.nano, t4g.micro or t4g.small',
      { network: { ...dev.network, nat: { kind: 'instance', instanceType: 'm5.large' } } },
    ],
    ['network.zones is 1: give at least 2', { network: { ...dev.network, zones: 1 } }],
    [
      'network.endpointZones is -1: give at least 0',
      { network: { ...dev.network, endpointZones: -1 } },
    ],
    [
      'kafka.instanceType is "t3.small": give a provisioned MSK instance type such as kafka.t3.small or kafka.m7g.large',
      brokers({ instanceType: 't3.small' }),
    ],
    [
      'kafka.kafkaVersion is "4.0.x": give one of 3.7.x, 3.7.x.kraft, 3.8.x, 3.8.x.kraft, 3.9.x, 3.9.x.kraft, 4.0.x.kraft, 4.1.x.kraft',
      untyped({ kafka: { ...dev.kafka, kafkaVersion: '4.0.x' } }),
    ],
    [
      'kafka.instanceType is "kafka.m7g.huge": give a provisioned MSK instance type such as kafka.t3.small or kafka.m7g.large',
      brokers({ instanceType: 'kafka.m7g.huge' }),
    ],
    ['kafka.storageGiB is 0: give at least 1', brokers({ storageGiB: 0 })],
    ['kafka.maxStorageGiB is 20000: give at most 16384', brokers({ maxStorageGiB: 20_000 })],
    [
      'kafka: maxStorageGiB is 9, less than storageGiB (10): give at least as much, as storage never shrinks',
      brokers({ maxStorageGiB: 9 }),
    ],
    [
      'kafka.bootstrapServers.0 is "kafka": give a host and a port such as kafka:9092',
      { kafka: { kind: 'existing', bootstrapServers: ['kafka'] } },
    ],
    [
      'kafka.bootstrapServers is []: give at least one',
      { kafka: { kind: 'existing', bootstrapServers: [] } },
    ],
    [
      'database.contactPoints.0 is "cassandra": give a host and a port such as kafka:9092',
      cassandra(['cassandra']),
    ],
    [
      'database.localDataCenter is "": give the name of the data centre',
      cassandra(['cassandra:9042'], ''),
    ],
    [
      'database.keyspace is "candles-1": give the name of the keyspace with the tables: at most 48 letters, digits and underscores',
      cassandra(['cassandra:9042'], 'dc1', 'candles-1'),
    ],
    [
      'schemaRegistry.versionIds.candles.observed.0 is "1": give a UUID',
      schemas(['1', ...VERSION_IDS['candles.observed'].slice(1)]),
    ],
    [
      'schemaRegistry.versionIds.candles.observed is []: give the id of every version, oldest first: 3 in all',
      schemas([]),
    ],
    [
      `schemaRegistry.versionIds.candles.observed is ["${VERSION_IDS['candles.observed'][0]}"]: give the id of every version, oldest first: 3 in all`,
      schemas(VERSION_IDS['candles.observed'].slice(0, 1)),
    ],
    ['topics.partitions is 0: give at least 1', topics({ partitions: 0 })],
    [
      'topics.compression is "zip": give producer or gzip',
      untyped(topics({ compression: 'zip' as never })),
    ],
    ['topics.retentionDays is 366: give at most 365', topics({ retentionDays: 366 })],
    [
      'topics.deadLetterRetentionDays is 0: give at least 1',
      topics({ deadLetterRetentionDays: 0 }),
    ],
    ['eventSources.mode.minPollers is 0: give at least 1', pollers({ minPollers: 0 })],
    ['eventSources.mode.retryAttempts is 11: give at most 10', pollers({ retryAttempts: 11 })],
    [
      'eventSources.mode: maxPollers is 4, less than minPollers (5): give at least as many',
      pollers({ minPollers: 5 }),
    ],
    ['eventSources.transform.batchSize is 10001: give at most 10000', transform(10_001, 0)],
    ['eventSources.transform.windowSeconds is 301: give at most 300', transform(16, 301)],
    ['architecture is "sparc": give arm64 or x86_64', untyped({ architecture: 'sparc' })],
    [
      'removalPolicy is "snapshot": give RemovalPolicy.DESTROY or RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE',
      untyped({ removalPolicy: RemovalPolicy.SNAPSHOT }),
    ],
    [
      'terminationProtection is "yes": give true or false',
      untyped({ terminationProtection: 'yes' }),
    ],
    ['logRetention is 15: give one of RetentionDays', { logRetention: 15 as never }],
  ])('refuses what cannot be: %s', (problem, change) => {
    expect(problemsOf(change)).toEqual([`- ${problem}`]);
  });

  it('refuses a name that cannot be part of a stack name', () => {
    expect(() => stageConfig({ ...dev, name: 'Dev' })).toThrow(
      'The stage Dev cannot be deployed:\n- name is "Dev": give a short name in lower case',
    );
  });

  it('names every setting that a part of the stage lacks, and what to give', () => {
    const { kafka, topics: all, eventSources } = dev;
    expect(
      problemsOf(
        untyped({
          kafka: { ...kafka, storageGiB: undefined },
          topics: { partitions: all.partitions, minInSyncReplicas: 2 },
          eventSources: { mode: eventSources.mode, transform: eventSources.transform },
        }),
      ),
    ).toEqual([
      '- kafka.storageGiB is not set: give a whole number from 1 to 16384',
      '- topics.replication is not set: give a whole number from 1 to 3',
      '- topics.compression is not set: give producer or gzip',
      '- topics.retentionDays is not set: give a whole number from 1 to 365',
      '- topics.deadLetterRetentionDays is not set: give a whole number from 1 to 365',
      '- eventSources.persist is not set: give all of batchSize, windowSeconds',
    ]);
  });

  it('refuses settings that are missing or of another type', () => {
    expect(
      problemsOf(untyped({ topics: undefined, eventSources: 5, kafka: null, exchanges: 1 })),
    ).toEqual([
      "- exchanges is 1: give a list of exchanges such as { kind: 'gate-io', ... }",
      '- kafka is null: give settings with a kind: "msk", "existing"',
      '- topics is not set: give all of partitions, replication, minInSyncReplicas, compression, retentionDays, deadLetterRetentionDays',
      '- eventSources is 5: give all of mode, transform, persist',
    ]);
  });

  it('suggests the setting that a misspelt one may mean', () => {
    expect(problemsOf(untyped({ scheduleMinute: 1 }))).toEqual([
      '- scheduleMinute is not a setting. Did you mean "scheduleMinutes"?',
    ]);
    expect(problemsOf(untyped(brokers({ storageGb: 1 } as never)))).toEqual([
      '- kafka.storageGb is not a setting. Did you mean "storageGiB"?',
    ]);
  });

  it('lists the settings for an unknown one that is like none of them', () => {
    expect(problemsOf(untyped({ topics: { ...dev.topics, colour: 'red' } }))).toEqual([
      '- topics.colour is not a setting. Leave it out, or choose one of partitions, replication, minInSyncReplicas, compression, retentionDays, deadLetterRetentionDays',
    ]);
  });

  it('refuses another kind of brokers, and names the kinds', () => {
    expect(problemsOf(untyped({ kafka: { kind: 'rented' } }))).toEqual([
      '- kafka.kind is "rented": give one of "msk", "existing"',
    ]);
    expect(problemsOf(untyped({ kafka: {} }))).toEqual([
      '- kafka.kind is not set: give one of "msk", "existing"',
    ]);
  });

  it('takes a pair of 60 characters of any alphabet, and refuses longer ones', () => {
    const longest = `${'币'.repeat(55)}_USDT`;
    expect(gateIoOf(stageOfPairs(dev, [longest])).pairs).toEqual([longest]);
    expect(problemsOf(exchange({ pairs: [`A${longest}`] }))).toEqual([
      expect.stringContaining('at most 60 characters'),
    ]);
  });
});

describe('a network', () => {
  it('has a way to the exchange wherever AWS is what it runs on', () => {
    const network = { ...dev.network, nat: { kind: 'none' as const } };
    expect(problemsOf({ network })).toEqual([
      '- network.nat.kind is "none", so the functions cannot reach the exchange: give "instance" or "gateways"',
    ]);
    const eventSources = { ...dev.eventSources, mode: { kind: 'none' as const } };
    expect(stageConfig({ ...dev, network, eventSources }).network).toEqual(network);
  });

  it.each<[problem: string, change: Partial<StageConfig>]>([
    [
      'kafka.count is 3: give a multiple of 2, as brokers are spread evenly over network.zones',
      brokers({ count: 3 }),
    ],
    [
      'network.endpointZones is 3, more than network.zones (2): give at most 2',
      { network: { ...dev.network, endpointZones: 3 } },
    ],
    [
      'network.nat.count is 3, more than network.zones (2): give at most 2',
      { network: { ...dev.network, nat: { kind: 'gateways', count: 3 } } },
    ],
    [
      'topics.replication is 3, more than kafka.count (2): give at most 2',
      topics({ replication: 3, minInSyncReplicas: 2 }),
    ],
  ])('fits the brokers: %s', (problem, change) => {
    expect(problemsOf(change)).toEqual([`- ${problem}`]);
  });
});

describe('brokers', () => {
  it.each(['3.7.x.kraft', '4.0.x.kraft'] as const)(
    'cannot be t3 with Kafka %s, which is KRaft',
    (kafkaVersion) => {
      expect(problemsOf(brokers({ kafkaVersion }))).toEqual([
        `- kafka: kafka.t3.small brokers cannot run Kafka ${kafkaVersion}, which needs KRaft: give a version with ZooKeeper such as 3.9.x, or a larger instance type`,
      ]);
    },
  );

  it.each<Partial<Brokers>>([
    { instanceType: 'kafka.m7g.large', kafkaVersion: '3.7.x.kraft' },
    { instanceType: 'kafka.m5.24xlarge', kafkaVersion: '3.8.x' },
    { instanceType: 'kafka.t3.small', kafkaVersion: '3.7.x' },
    { instanceType: 'kafka.t3.small', maxStorageGiB: 20, storageGiB: 20 },
  ])('can be %j', (change) => {
    expect(stageConfig({ ...dev, ...brokers(change) }).kafka).toMatchObject(change);
  });
});

describe('topics', () => {
  it.each([
    { replication: 3, minInSyncReplicas: 3, most: 2 },
    { replication: 2, minInSyncReplicas: 2, most: 1 },
    { replication: 1, minInSyncReplicas: 2, most: 1 },
  ])(
    'cannot want $minInSyncReplicas of $replication replicas in sync',
    ({ replication, minInSyncReplicas, most }) => {
      expect(
        problemsOf({ ...topics({ replication, minInSyncReplicas }), ...brokers({ count: 6 }) }),
      ).toEqual([
        `- topics: minInSyncReplicas is ${minInSyncReplicas} with a replication of ${replication}: give at most ${most}, or no write succeeds while a broker restarts`,
      ]);
    },
  );

  it.each([
    { replication: 2, minInSyncReplicas: 1 },
    { replication: 1, minInSyncReplicas: 1 },
  ])('can be %j', (change) => {
    expect(stageConfig({ ...dev, ...topics(change) }).topics).toMatchObject(change);
  });
});

describe('exchanges', () => {
  const binance = usualExchange('binance', ['BTC_USDT']);

  it('are several, each with its own pairs, which may be one text', () => {
    const exchanges = [
      gateIoOf(dev),
      { ...binance, pairs: 'ETH_USDT' },
      usualExchange('okx', ['A_B']),
    ];
    expect(
      stageConfig({ ...dev, exchanges }).exchanges.map(({ kind, pairs: of }) => [kind, of]),
    ).toEqual([
      ['gate-io', gateIoOf(dev).pairs],
      ['binance', ['ETH_USDT']],
      ['okx', ['A_B']],
    ]);
  });

  it('are given once each', () => {
    expect(problemsOf({ exchanges: [binance, binance] })).toEqual([
      expect.stringMatching(/^- exchanges is .*: give every exchange once, with all of its pairs$/),
    ]);
  });

  it.each(['gate-io', 'binance', 'okx', 'coinbase'] as const)(
    'as they are by themselves are valid: %s',
    (kind) => {
      const exchanges = [usualExchange(kind, ['BTC_USDT'])];
      expect(stageConfig({ ...dev, exchanges }).exchanges).toEqual(exchanges);
    },
  );

  it.each([
    ['binance', 'BTCUSDT', 'has no underscore'],
    ['okx', 'BTC-USDT', 'has no underscore'],
    ['coinbase', 'btc_usd', 'has lower-case letters'],
  ] as const)('name pairs in one spelling: not %s %s', (kind, pair, problem) => {
    expect(problemsOf({ exchanges: [usualExchange(kind, [pair])] })).toEqual([
      expect.stringContaining(
        `- exchanges.0.pairs.0 is "${pair}": it ${problem}: give a pair as BASE_QUOTE`,
      ),
    ]);
  });

  it('count all pairs that are named, even if fewer are expected', () => {
    const named = { ...binance, pairs: ['A_B', 'C_D', '*_E'], expectedMarkets: 1 };
    expect(marketsOf(named)).toBe(2);
    expect(marketsOf({ ...named, expectedMarkets: 5 })).toBe(5);
  });

  it('are asked for no more than each answers', () => {
    expect(problemsOf({ exchanges: [{ ...binance, requestsPer10Seconds: 491 }] })).toEqual([
      '- exchanges.0.requestsPer10Seconds is 491: give at most 490',
    ]);
  });

  it('have settings of their own', () => {
    expect(problemsOf(untyped({ exchanges: [{ ...binance, retentionMinutes: 9 }] }))).toEqual([
      '- exchanges.0.retentionMinutes is not a setting. Leave it out, or choose one of kind, pairs, expectedMarkets, url, archiveUrl, requestsPer10Seconds',
    ]);
  });

  it('may name pairs by patterns, with the most that these will name', () => {
    const patterned = exchange({ pairs: ['*_USDT', 'ETH_BTC'], expectedMarkets: 200 });
    expect(gateIoOf(stageConfig({ ...dev, ...patterned }))).toMatchObject({
      pairs: ['*_USDT', 'ETH_BTC'],
      expectedMarkets: 200,
    });
    expect(problemsOf(exchange({ pairs: ['*_USDT'] }))).toEqual([
      '- the pattern *_USDT of gate-io names an unknown number of markets: give expectedMarkets too, the most that it will name',
    ]);
    expect(problemsOf(exchange({ pairs: ['*_USDT'], expectedMarkets: 577 }))).toEqual([
      expect.stringContaining('exchanges.gate-io has 577 pairs, and a tick every 1 min'),
    ]);
  });

  it('are as long a list as the rate limit can follow', () => {
    const many = Array.from({ length: 500 }, (_, index) => `WITHALONGNAME${index}_USDT`);
    expect(gateIoOf(stageConfig({ ...dev, ...exchange({ pairs: many }) })).pairs).toEqual(many);
  });

  it('have as many pairs as the rate limit can follow within a tick', () => {
    // 55 s of which 15 s are for appending: 40 s * 4 requests a second (the rest is reconcile's), one a pair.
    const slower = (count: number) => exchange({ requestsPer10Seconds: 50, pairs: pairs(count) });
    expect(gateIoOf(stageConfig({ ...dev, ...slower(160) })).pairs).toHaveLength(160);
    expect(problemsOf(slower(161))).toEqual([
      '- exchanges.gate-io has 161 pairs, and a tick every 1 min with 40 requests in 10 s for fetch can follow 160: give fewer pairs, more requests (requestsPer10Seconds, at most 190) or more minutes (scheduleMinutes)',
    ]);
  });

  it('of Binance and Gate.io follow two thousand markets a minute', () => {
    const all = (kind: 'binance' | 'gate-io', expectedMarkets: number, requests: number) => ({
      ...usualExchange(kind, ['*']),
      expectedMarkets,
      requestsPer10Seconds: requests,
    });
    const exchanges = [all('binance', 1_420, 490), all('gate-io', 600, 190)];
    expect(stageConfig({ ...dev, exchanges }).exchanges).toEqual(exchanges);
    expect(exchanges.map((exchange) => fetchParts(exchange).length)).toEqual([2, 1]);
  });

  it('leave a request to each function that asks them', () => {
    expect(problemsOf(exchange({ requestsPer10Seconds: 1 }))).toContain(
      '- exchanges.0.requestsPer10Seconds is 1: give at least 2',
    );
  });

  it.each<[most: number, change: Partial<StageConfig>]>([
    [576, {}],
    // Four shards of 36 requests in 10 s, each of which is ready for three deviations more than the average.
    [3_715, { scheduleMinutes: 5 }],
    // A function runs for 15 minutes at most.
    [11_600, { scheduleMinutes: 60 }],
  ])('have at most %d pairs by the rate limit with %j', (most, change) => {
    const of = (count: number) => ({ ...dev, ...change, ...exchange({ pairs: pairs(count) }) });
    expect(rateProblem(of(most))).toBeUndefined();
    expect(rateProblem(of(most + 1))).toContain(`can follow ${most}: `);
  });
});

describe('the stage of a name', () => {
  it.each([dev, prod])('is found: $name', (stage) => {
    expect(stageNamed(stage.name)).toBe(stage);
  });

  it('is refused where there is none, with the names there are', () => {
    expect(() => stageNamed('prd')).toThrow(UnknownStageError);
    expect(() => stageNamed('prd')).toThrow('There is no stage "prd": choose one of dev, prod');
  });
});
