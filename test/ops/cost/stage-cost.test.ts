import { stageOfPairs } from '../../fakes/stages';
import {
  addDecimals,
  compareDecimals,
  formatDecimal,
  parseDecimal,
} from '../../../lambdas/shared/domain/decimal';
import type { StageConfig } from '../../../lib/stages/stage-config';
import { dev } from '../../../lib/stages/dev';
import { prod } from '../../../lib/stages/prod';
import { type CostLine, totalOf } from '../../../ops/cost/cost-line';
import { monthOfAPair } from '../../../ops/cost/workload/month-of-a-pair';
import { monthOfAudits } from '../../../ops/cost/workload/month-of-audits';
import { peerCost } from '../../../ops/cost/peer-cost';
import { stageCost, UnpricedResourceError } from '../../../ops/cost/stage-cost';
import { UnreadableResourceError } from '../../../ops/cost/resources/priced-properties';
import { resourcesOf, type StageResource } from '../../../ops/stages/stage-resources';

function ofPairs(stage: StageConfig, count: number): readonly StageResource[] {
  const pairs = Array.from({ length: count }, (_, index) => `PAIR${index}_USDT`);
  return resourcesOf(stageOfPairs(stage, pairs));
}

const DEV = ofPairs(dev, 100);
const PROD = ofPairs(prod, 100);

function usdOf(lines: readonly CostLine[], what: string): string {
  const found = lines.filter((line) => line.what.includes(what));
  if (found.length !== 1) throw new Error(`${found.length} lines are of ${what}`);
  return formatDecimal(totalOf(found));
}

function changed(
  resources: readonly StageResource[],
  type: string,
  change: Readonly<Record<string, unknown>>,
): StageResource[] {
  return resources.map((resource) =>
    resource.type === type
      ? { ...resource, properties: { ...(resource.properties as object), ...change } }
      : resource,
  );
}

function more(resources: readonly StageResource[], type: string, properties: object) {
  return [...resources, { stack: 'Other', logicalId: 'Added', type, properties }];
}

describe('what does not depend on the pairs, by hand', () => {
  test.each([
    // 2 x 0.0456 x 730
    ['kafka.t3.small', '66.58'],
    // 2 x 10 x 0.10
    ['GB of disk', '2.00'],
    // 0.0042 x 730
    ['NAT instance', '3.07'],
    // 8 x 0.08
    ['GB of its disk', '0.64'],
    // 0.005 x 730
    ['x public address', '3.65'],
    // 17 x 0.30
    ['metrics', '5.10'],
  ])('dev: %s', (what, usd) => {
    const lines = stageCost(DEV).filter((line) => !line.what.includes('x alarm'));
    expect(usdOf(lines, what)).toBe(usd);
  });

  test.each([
    // 3 x 0.204 x 730
    ['kafka.m7g.large', '446.76'],
    ['GB of disk', '15.00'],
    ['x NAT gateway', '98.55'],
    ['public address', '10.95'],
    ['interface endpoints', '21.90'],
  ])('prod: %s', (what, usd) => {
    expect(usdOf(stageCost(PROD), what)).toBe(usd);
  });
});

test('writes are counted by playing a month and its audits: 0.625 a million', () => {
  const writeUnits = monthOfAPair(1, 5).writeUnits + monthOfAudits(5).writeUnits;
  const cents = Math.round((Number(writeUnits) * 100 * 62.5) / 1e6);
  expect(usdOf(stageCost(DEV), 'writes')).toBe((cents / 100).toFixed(2));
});

test('fetch runs for 1 s and 15 ms a pair, of half a GB: 43,800 x 2.5 s x 0.5 GB, and requests', () => {
  const usd = 43_800 * 2.5 * 0.5 * 0.0000133334 + 0.0438 * 0.2;
  expect(usdOf(stageCost(DEV), 'fetch:')).toBe(usd.toFixed(2));
});

test('reconcile runs for 0.3 s and 5 ms a pair, and 0.6 s an audit, of half a GB', () => {
  const seconds = 8_760 * (0.3 + 100 * 0.005) + 100 * 90 * 0.6;
  const usd = seconds * 0.5 * 0.0000133334 + 0.00876 * 0.2;
  expect(usdOf(stageCost(DEV), 'reconcile:')).toBe(usd.toFixed(2));
});

test('transform gets 16 records with a window of a second, and 4 without one', () => {
  const invocationsOf = (batch: number): number => 43_800 * Math.ceil(100 / batch) + 100 * 90;
  const usdFor = (batch: number): string => {
    const records = 100 * Number(monthOfAPair(1, 5).segments);
    const audits = 100 * 90;
    const invocations = invocationsOf(batch);
    const seconds = (invocations * 100 + records * 5 + audits * 250) / 1_000;
    return (seconds * 0.0000133334 + (invocations / 1e6) * 0.2).toFixed(2);
  };
  const windowless = changed(DEV, 'AWS::Lambda::EventSourceMapping', {
    MaximumBatchingWindowInSeconds: 0,
  });
  expect(usdOf(stageCost(DEV), 'transform:')).toBe(usdFor(16));
  expect(usdOf(stageCost(windowless), 'transform:')).toBe(usdFor(4));
});

test('only prod pays for recovery', () => {
  expect(usdOf(stageCost(PROD), 'recovery')).not.toBe('0.00');
  expect(stageCost(DEV).some(({ what }) => what.includes('recovery'))).toBe(false);
});

describe.each([
  ['dev', dev, DEV],
  ['prod', prod, PROD],
])('%s', (_name, stage, ofHundred) => {
  const few = stageCost(ofPairs(stage, 50));
  const many = stageCost(ofHundred);

  test('with more pairs, what grows costs more, and nothing else changes', () => {
    expect(few.filter((line) => !line.growsWithPairs)).toEqual(
      many.filter((line) => !line.growsWithPairs),
    );
    const grown = many.filter((line) => line.growsWithPairs);
    const before = few.filter((line) => line.growsWithPairs);
    expect(grown.length).toBeGreaterThan(0);
    expect(before.length).toBe(grown.length);
    const more = grown.map((line, index) =>
      compareDecimals(line.usd, before[index]?.usd ?? line.usd),
    );
    expect(more.filter((difference) => difference <= 0)).toEqual([]);
  });

  test('the peer has the same brokers, and costs more', () => {
    const peer = peerCost(ofHundred);
    const ofKafka = ({ part }: CostLine) => part === 'Kafka';
    expect(peer.filter(ofKafka)).toEqual(many.filter(ofKafka));
    expect(compareDecimals(totalOf(peer), totalOf(many))).toBe(1);
  });
});

test('100 pairs on dev are at most 120 dollars, and the peer eight times that, by hand', () => {
  const total = totalOf(stageCost(DEV));
  expect(compareDecimals(total, parseDecimal('110'))).toBe(1);
  expect(compareDecimals(total, parseDecimal('120'))).toBe(-1);
  // 357.70 + 2 x (4 x 0.052624 + 16 x 0.0057785) x 730 + 3 x (0.0672 x 730 + 50 x 0.08), and what is shared
  const shared = parseDecimal('75.94');
  const own = parseDecimal('959.18');
  expect(formatDecimal(totalOf(peerCost(DEV)))).toBe(formatDecimal(addDecimals(shared, own)));
});

describe("event pollers of one's own", () => {
  const TYPE = 'AWS::Lambda::EventSourceMapping';
  const pollers = (config: object) =>
    usdOf(stageCost(changed(DEV, TYPE, { ProvisionedPollerConfig: config })), 'event poller unit');

  test('dev has none', () => {
    expect(stageCost(DEV).some(({ what }) => what.includes('poller'))).toBe(false);
  });

  test('each event source pays its own units: 0.185 x 730 each', () => {
    expect(pollers({ MinimumPollers: 1 })).toBe('270.10');
    expect(pollers({ MinimumPollers: 5 })).toBe('540.20');
  });

  test('event sources of a group share them', () => {
    expect(pollers({ MinimumPollers: 2, PollerGroupName: 'all' })).toBe('135.05');
    expect(pollers({ MinimumPollers: 3, PollerGroupName: 'all' })).toBe('270.10');
  });
});

describe('what watches', () => {
  const without = DEV.filter(({ type }) => !/^AWS::(CloudWatch|SNS)::/.test(type));
  const costOf = (type: string, properties: object, what: string) =>
    usdOf(stageCost(more(without, type, properties)), what);

  test.each([
    [
      'AWS::CloudWatch::Alarm',
      { MetricName: 'MarketsBehind', Period: 60 },
      '1 x alarm, on',
      '0.10',
    ],
    [
      'AWS::CloudWatch::Alarm',
      {
        Metrics: [
          { MetricStat: { Period: 300 } },
          { MetricStat: { Period: 60 } },
          { Expression: 'a / b' },
        ],
      },
      'on 2 metrics',
      '0.20',
    ],
    [
      'AWS::CloudWatch::Alarm',
      { Metrics: [{ Expression: 'SELECT SUM(SystemErrors) FROM "AWS/Cassandra"' }] },
      'on 8 metrics',
      '0.80',
    ],
    ['AWS::CloudWatch::Dashboard', {}, 'dashboard', '3.00'],
    ['AWS::SNS::Subscription', { Protocol: 'email' }, 'e-mails', '0.00'],
  ])('%s %j', (type, properties, what, usd) => {
    expect(costOf(type, properties, what)).toBe(usd);
  });

  test.each([
    ['AWS::CloudWatch::Alarm', { Period: 10 }, 'a period below 60 s has another price'],
    [
      'AWS::CloudWatch::Alarm',
      { Metrics: [{ MetricStat: { Period: 10 } }] },
      'a period below 60 s has another price',
    ],
    [
      'AWS::CloudWatch::Alarm',
      { Metrics: [{ Expression: 'SEARCH(1)' }] },
      'the metrics that it watches are unknown',
    ],
    ['AWS::CloudWatch::Alarm', { ThresholdMetricId: 'band' }, 'an anomaly detector'],
    ['AWS::SNS::Subscription', { Protocol: 'sms' }, 'Protocol'],
  ])('%s %j is not priced as what it is not', (type, properties, message) => {
    const price = () => stageCost(more(without, type, properties));
    expect(price).toThrow(UnreadableResourceError);
    expect(price).toThrow(message);
  });
});

describe('what is not known is not taken for free', () => {
  test('a type of resource', () => {
    const price = () => stageCost(more(DEV, 'AWS::RDS::DBCluster', {}));
    expect(price).toThrow(UnpricedResourceError);
    expect(price).toThrow('AWS::RDS::DBCluster; price them in ops/cost/stage-cost.ts');
  });

  test.each([
    ['AWS::MSK::Cluster', { NumberOfBrokerNodes: 'three' }, 'NumberOfBrokerNodes'],
    ['AWS::MSK::Cluster', { EnhancedMonitoring: 'PER_TOPIC_PER_BROKER' }, 'EnhancedMonitoring'],
    ['AWS::Cassandra::Table', { BillingMode: { Mode: 'PROVISIONED' } }, 'BillingMode.Mode'],
    [
      'AWS::EC2::Instance',
      { InstanceType: 't4g.2xlarge' },
      'the price of t4g.2xlarge is not listed',
    ],
    ['AWS::EC2::Instance', { Monitoring: true }, 'Monitoring'],
    ['AWS::EC2::FlowLog', { TrafficType: 'ALL' }, 'TrafficType'],
    ['AWS::Events::Rule', { ScheduleExpression: 'cron(0 * * * ? *)' }, 'cron(0 * * * ? *)'],
  ])('%s %j', (type, change, message) => {
    const price = () => stageCost(changed(DEV, type, change));
    expect(price).toThrow(UnreadableResourceError);
    expect(price).toThrow(message);
  });

  test('an endpoint in no subnet', () => {
    const price = () => stageCost(changed(PROD, 'AWS::EC2::VPCEndpoint', { SubnetIds: [] }));
    expect(price).toThrow(UnreadableResourceError);
    expect(price).toThrow('it is in no subnet');
  });

  test('a type of broker', () => {
    const brokers = {
      InstanceType: 'kafka.m5.large',
      StorageInfo: { EBSStorageInfo: { VolumeSize: 20 } },
    };
    expect(() =>
      stageCost(changed(DEV, 'AWS::MSK::Cluster', { BrokerNodeGroupInfo: brokers })),
    ).toThrow('the price of kafka.m5.large is not listed, only kafka.t3.small, kafka.m7g.large');
  });
});
