import { usualExchange } from '../../../../lib/stages/settings/exchange-settings';
import { followingPattern, gateIoAlone, gateIoOf } from '../../../fakes/stages';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { addStage } from '../../../../lib/candlestream';
import { type StageConfig, stageConfig } from '../../../../lib/stages/stage-config';
import { dev } from '../../../../lib/stages/dev';
import { prod } from '../../../../lib/stages/prod';
import { onlyOne, type Properties, propertiesOf, templatesOf } from '../../candlestream-templates';
import { unbundledApp } from '../../../../lib/unbundled-app';

const ALARM = 'AWS::CloudWatch::Alarm';

/** Each alarm of `prod`: its id, what it watches, when it rings, for how long, and what missing data says. */
const WATCHED: readonly (readonly [string, string, string, string, string])[] = [
  ['MarketsBehind', 'fetch MarketsBehind Minimum', '> 0', '3 x 300 s', 'ignore'],
  ['RetentionDeadline', 'fetch RetentionLeft Maximum', '< 86400', '12 x 300 s', 'breaching'],
  ['NoRuns', 'Invocations Sum', '< 1', '5 x 60 s', 'breaching'],
  ['NoMinutes', 'fetch NewestMinuteAge Maximum', '> 600', '1 x 300 s', 'ignore'],
  ['MarketsSilent', 'fetch MarketsSilent Minimum', '> 0', '1 x 300 s', 'ignore'],
  ['MarketsUnknown', 'fetch MarketsUnknown Minimum', '> 0', '3 x 300 s', 'ignore'],
  [
    'RejectedRows',
    'fetch RejectedShapes Sum + fetch RejectedNumbers Sum + fetch RejectedPrices Sum + fetch RejectedTimes Sum',
    '> 0',
    '1 x 300 s',
    'notBreaching',
  ],
  ['ImplausibleVolumes', 'fetch ImplausibleVolumes Sum', '> 0', '3 x 300 s', 'notBreaching'],
  ['StaleAnswers', 'fetch StaleAnswers Sum', '> 0', '3 x 300 s', 'notBreaching'],
  ['ReconcileNoRuns', 'Invocations Sum', '< 1', '6 x 300 s', 'breaching'],
  ['DaysOverdue', 'reconcile DaysOverdue Minimum', '> 0', '3 x 3600 s', 'breaching'],
  ['HistoryStands', 'reconcile HistoryStands Minimum', '> 0', '12 x 300 s', 'ignore'],
  ['DayDisputed', 'persist DaysSealedDisputed Sum', '> 0', '1 x 300 s', 'notBreaching'],
  ['SealedDayIncomplete', 'reconcile Completeness Minimum', '< 100', '1 x 300 s', 'ignore'],
  ['ManyCorrections', 'persist CandlesCorrected Sum', '> 100', '1 x 3600 s', 'notBreaching'],
  [
    'DeadLetters',
    'transform DeadLetters Sum + persist DeadLetters Sum',
    '> 0',
    '1 x 300 s',
    'notBreaching',
  ],
  ['Gaps', 'persist Gaps Sum', '> 0', '1 x 300 s', 'notBreaching'],
  [
    'UndeliveredRecords',
    'OnFailureDestinationDeliveredEventCount Sum + DroppedEventCount Sum + OnFailureDestinationDeliveredEventCount Sum + DroppedEventCount Sum',
    '> 0',
    '1 x 300 s',
    'notBreaching',
  ],
  ['FunctionErrorsFetch', 'Errors Sum + fetch Failures Sum', '> 0', '3 x 300 s', 'notBreaching'],
  [
    'FunctionErrorsReconcile',
    'Errors Sum + reconcile Failures Sum',
    '> 0',
    '3 x 300 s',
    'notBreaching',
  ],
  [
    'FunctionErrorsTransform',
    'Errors Sum + transform Failures Sum',
    '> 0',
    '3 x 300 s',
    'notBreaching',
  ],
  [
    'FunctionErrorsPersist',
    'Errors Sum + persist Failures Sum',
    '> 0',
    '3 x 300 s',
    'notBreaching',
  ],
  ['TimeOutsNearFetch', 'Duration Maximum', '> 44000', '3 x 300 s', 'notBreaching'],
  ['TimeOutsNearReconcile', 'Duration Maximum', '> 232000', '3 x 300 s', 'notBreaching'],
  ['TimeOutsNearTransform', 'Duration Maximum', '> 96000', '3 x 300 s', 'notBreaching'],
  ['TimeOutsNearPersist', 'Duration Maximum', '> 240000', '3 x 300 s', 'notBreaching'],
  [
    'Throttles',
    'Throttles Sum + Throttles Sum + Throttles Sum + Throttles Sum',
    '> 0',
    '3 x 300 s',
    'notBreaching',
  ],
  [
    'EventSourceLagCandlesObserved',
    'Candlestream-prod-Data candlestream-prod.transform candles.observed MaxOffsetLag Minimum',
    '> 5',
    '3 x 300 s',
    'ignore',
  ],
  [
    'EventSourceLagCandlesRolled',
    'Candlestream-prod-Data candlestream-prod.persist candles.rolled MaxOffsetLag Minimum',
    '> 5',
    '3 x 300 s',
    'ignore',
  ],
  ...['1', '2', '3'].map((broker): [string, string, string, string, string] => [
    `BrokerDisk${broker}`,
    `${broker} Candlestream-prod-Data KafkaDataLogsDiskUsed Maximum`,
    '> 85',
    '3 x 300 s',
    'ignore',
  ]),
  [
    'BrokersSilent',
    `MIN([FILL(m0, 0), FILL(m1, 0), FILL(m2, 0)]) of ${['1', '2', '3']
      .map((broker) => `${broker} Candlestream-prod-Data KafkaDataLogsDiskUsed SampleCount`)
      .join(', ')}`,
    '< 1',
    '12 x 300 s',
    'breaching',
  ],
  [
    'DatabaseErrors',
    'fetch DatabaseErrors Sum + reconcile DatabaseErrors Sum + transform DatabaseErrors Sum + persist DatabaseErrors Sum',
    '> 5',
    '3 x 300 s',
    'notBreaching',
  ],
  [
    'DatabaseThrottling',
    'fetch DatabaseThrottles Sum + reconcile DatabaseThrottles Sum + transform DatabaseThrottles Sum + persist DatabaseThrottles Sum',
    '> 0',
    '3 x 300 s',
    'notBreaching',
  ],
  ['QueriesFail', 'Errors Sum + query Failures Sum', '> 0', '3 x 300 s', 'notBreaching'],
  ['QueriesThrottled', 'Throttles Sum', '> 0', '3 x 300 s', 'notBreaching'],
  ['TimeOutsNearQuery', 'Duration Maximum', '> 20000', '3 x 300 s', 'notBreaching'],
];

/** The alarms that someone acts on at any hour. */
const PAGES = [
  'RetentionDeadline',
  'NoRuns',
  'ReconcileNoRuns',
  'Gaps',
  'FunctionErrorsFetch',
  'FunctionErrorsReconcile',
  'FunctionErrorsTransform',
  'FunctionErrorsPersist',
  'BrokerDisk1',
  'BrokerDisk2',
  'BrokerDisk3',
  'BrokersSilent',
];
const TICKETS = WATCHED.map(([id]) => id).filter((id) => !PAGES.includes(id));

describe('the alarms of a stage with everything', () => {
  let pipeline: Template;
  beforeAll(() => {
    pipeline = templatesOf(prod).pipeline;
  });

  it.each(WATCHED)('%s watches %s and rings %s', (id, metric, rings, periods, missing) => {
    const [, alarm] = onlyOne(pipeline, ALARM, `Watch${id}`);
    expect({
      metric: metricOf(alarm),
      rings: ringsOf(alarm),
      periods: `${String(alarm['EvaluationPeriods'])} x ${periodOf(alarm)} s`,
      missing: alarm['TreatMissingData'],
    }).toEqual({ metric, rings, periods, missing });
  });

  it('has these alarms and no other', () => {
    const expected = WATCHED.map(
      ([id]) => expect.stringMatching(`^Watch${id}[0-9A-F]{8}$`) as string,
    );
    expect(idsOf(pipeline)).toEqual(expected);
  });

  it('watches the function that an alarm is named after', () => {
    for (const name of ['Fetch', 'Reconcile', 'Transform', 'Persist']) {
      const [id] = onlyOne(pipeline, 'AWS::Lambda::Function', name);
      const watched = { Name: 'FunctionName', Value: { Ref: id } };
      const [, timeOut] = onlyOne(pipeline, ALARM, `WatchTimeOutsNear${name}`);
      const [, errors] = onlyOne(pipeline, ALARM, `WatchFunctionErrors${name}`);
      expect(timeOut['Dimensions']).toEqual([watched]);
      expect(metricsIn(errors)[0]?.Dimensions).toEqual([watched]);
    }
    for (const [name, alarm] of [
      ['Fetch', 'NoRuns'],
      ['Reconcile', 'ReconcileNoRuns'],
    ] as const) {
      const [id] = onlyOne(pipeline, 'AWS::Lambda::Function', name);
      const [, noRuns] = onlyOne(pipeline, ALARM, `Watch${alarm}`);
      expect(noRuns['Dimensions']).toEqual([{ Name: 'FunctionName', Value: { Ref: id } }]);
    }
  });

  it('watches the event sources of both functions for what they give up on', () => {
    const [, alarm] = onlyOne(pipeline, ALARM, 'WatchUndeliveredRecords');
    const mappings = Object.keys(propertiesOf(pipeline, 'AWS::Lambda::EventSourceMapping'));
    const watched = metricsIn(alarm).map(({ Dimensions }) => Dimensions);
    const expected = mappings.map((id) => [{ Name: 'EventSourceMappingUUID', Value: { Ref: id } }]);
    expect(watched).toHaveLength(4);
    for (const dimensions of expected) {
      expect(
        watched.filter((one) => JSON.stringify(one) === JSON.stringify(dimensions)),
      ).toHaveLength(2);
    }
  });

  it.each([
    ['Page', PAGES, true],
    ['Ticket', TICKETS, false],
  ])('has each alarm notify its own topic, by itself: %s', (severity, ids, saysWhenItClears) => {
    const [topic] = onlyOne(pipeline, 'AWS::SNS::Topic', `WatchAlarms${severity}`);
    const notified = Object.entries(propertiesOf(pipeline, ALARM)).filter(
      ([, { AlarmActions }]) => JSON.stringify(AlarmActions) === JSON.stringify([{ Ref: topic }]),
    );
    expect(notified.map(([id]) => nameOf(id))).toEqual(ids);
    for (const [, { OKActions }] of notified) {
      expect(OKActions).toEqual(saysWhenItClears ? [{ Ref: topic }] : undefined);
    }
    pipeline.hasOutput(`${severity}TopicArn`, { Value: { Ref: topic } });
  });

  it('lets no alarm depend on others', () => {
    pipeline.resourceCountIs('AWS::CloudWatch::CompositeAlarm', 0);
    expect([...PAGES, ...TICKETS].sort()).toEqual(WATCHED.map(([id]) => id).sort());
  });

  it.each([
    ['Page', PAGES],
    ['Ticket', TICKETS],
  ])('lets these alarms publish, over TLS only, and nobody else: %s', (severity, ids) => {
    const [topic] = onlyOne(pipeline, 'AWS::SNS::Topic', `WatchAlarms${severity}`);
    const [, policy] = onlyOne(pipeline, 'AWS::SNS::TopicPolicy', `WatchAlarms${severity}`);
    const arns = ids.map((id) => ({ 'Fn::GetAtt': [idOf(pipeline, id), 'Arn'] }));
    expect(policy['Topics']).toEqual([{ Ref: topic }]);
    expect(policy['PolicyDocument']).toMatchObject({
      Statement: [
        { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        {
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { ArnEquals: { 'aws:SourceArn': arns } },
        },
      ],
    });
  });
});

describe('the alarms of other stages', () => {
  it('lets nobody give up on records on demand, so that there is no alarm of it', () => {
    const ids = idsOf(templatesOf(dev).pipeline);
    expect(ids).toHaveLength(36);
    expect(ids).not.toContainEqual(expect.stringContaining('Undelivered'));
  });

  it('watches the listings of patterns, which names do not need', () => {
    const { pipeline } = templatesOf(followingPattern(dev));
    const [, alarm] = onlyOne(pipeline, ALARM, 'WatchListingsDoubted');
    expect(metricOf(alarm)).toBe('fetch ListingsDoubted Sum');
    expect(ringsOf(alarm)).toBe('> 30');
    expect(`${String(alarm['EvaluationPeriods'])} x ${periodOf(alarm)} s`).toBe('3 x 3600 s');
    expect(alarm['TreatMissingData']).toBe('notBreaching');
    expect(idsOf(templatesOf(dev).pipeline)).not.toContainEqual(
      expect.stringContaining('ListingsDoubted'),
    );
  });

  it('derives what is late from the schedule, the pairs and what the exchange serves', () => {
    const slow = stageConfig({
      ...dev,
      scheduleMinutes: 10,
      ...gateIoAlone(dev, { retentionMinutes: 600 }),
    });
    const { pipeline } = templatesOf(slow);
    const told = (id: string) => {
      const [, alarm] = onlyOne(pipeline, ALARM, `Watch${id}`);
      return `${ringsOf(alarm)} for ${String(alarm['EvaluationPeriods'])} x ${periodOf(alarm)} s`;
    };
    expect(told('MarketsBehind')).toBe('> 0 for 3 x 600 s');
    expect(told('RetentionDeadline')).toBe('< 18000 for 6 x 600 s');
    expect(told('NoRuns')).toBe('< 1 for 5 x 600 s');
    expect(told('NoMinutes')).toBe('> 1200 for 1 x 600 s');
    expect(told('TimeOutsNearFetch')).toBe('> 476000 for 3 x 600 s');
    expect(told('EventSourceLagCandlesObserved')).toBe('> 9 for 3 x 600 s');
    expect(told('DatabaseErrors')).toBe('> 1 for 3 x 600 s');
    expect(told('HistoryStands')).toBe('> 0 for 6 x 600 s');
  });

  it('is not kept quiet by the good values of another exchange', () => {
    const exchanges = [gateIoOf(dev), usualExchange('okx', ['BTC_USDT'])];
    const statisticsOf = (stage: StageConfig) => {
      const { pipeline } = templatesOf(stage);
      const lasting = ['MarketsBehind', 'RetentionDeadline', 'MarketsUnknown', 'DaysOverdue'];
      return [...lasting, 'HistoryStands', 'NoMinutes'].map((id) =>
        metricOf(onlyOne(pipeline, ALARM, `Watch${id}`)[1])
          .split(' ')
          .at(-1),
      );
    };
    expect(statisticsOf(dev)).toEqual([
      ...['Minimum', 'Maximum', 'Minimum', 'Minimum', 'Minimum', 'Maximum'],
    ]);
    expect(statisticsOf(stageConfig({ ...dev, exchanges }))).toEqual([
      'Maximum',
      'Minimum',
      'Maximum',
      'Maximum',
      'Maximum',
      'Maximum',
    ]);
  });

  it('is not kept quiet by the firings of another exchange or shard', () => {
    const rung = (stage: StageConfig) => {
      const { pipeline } = templatesOf(stage);
      return ['NoRuns', 'ReconcileNoRuns'].map((id) => {
        const [, alarm] = onlyOne(pipeline, ALARM, `Watch${id}`);
        return `${ringsOf(alarm)} for ${String(alarm['EvaluationPeriods'])} x ${periodOf(alarm)} s`;
      });
    };
    const binance = { ...usualExchange('binance', ['*_USDT']), expectedMarkets: 1_100 };
    const several = stageConfig({ ...dev, exchanges: [gateIoOf(dev), binance] });
    expect(rung(dev)).toEqual(['< 1 for 5 x 60 s', '< 1 for 6 x 300 s']);
    expect(rung(several)).toEqual(['< 13 for 2 x 300 s', '< 9 for 2 x 1800 s']);
  });

  it('leaves out MSK and Keyspaces where a stage has neither', () => {
    const ids = idsOf(templatesOf(withoutAws).pipeline);
    expect(ids).toHaveLength(31);
    expect(ids.filter((id) => /Kafka|Broker|EventSource|Keyspaces/.test(id))).toEqual([]);
    expect(ids).toContainEqual(expect.stringContaining('DatabaseErrors'));
  });

  it('leaves out the lag of event sources that there are not', () => {
    const none = stageConfig({
      ...dev,
      eventSources: { ...dev.eventSources, mode: { kind: 'none' } },
    });
    const ids = idsOf(templatesOf(none).pipeline);
    expect(ids.filter((id) => /EventSource|Undelivered/.test(id))).toEqual([]);
    expect(ids.filter((id) => id.includes('BrokerDisk'))).toHaveLength(2);
  });

  it.each([
    [{ alarmEmail: 'on-call@example.com' }, 'on-call@example.com'],
    [{ alarmEmail: 'on-call@example.com', ticketEmail: 'desk@example.com' }, 'desk@example.com'],
  ])('mails where the stage says to whom: %j', (addresses, ticketEmail) => {
    const { pipeline } = addStage(unbundledApp(), stageConfig({ ...prod, ...addresses }));
    const template = Template.fromStack(pipeline);
    for (const [severity, address] of [
      ['Page', 'on-call@example.com'],
      ['Ticket', ticketEmail],
    ] as const) {
      const [topic] = onlyOne(template, 'AWS::SNS::Topic', `WatchAlarms${severity}`);
      const [, subscription] = onlyOne(
        template,
        'AWS::SNS::Subscription',
        `WatchAlarms${severity}`,
      );
      expect(subscription).toEqual({
        Endpoint: address,
        Protocol: 'email',
        TopicArn: { Ref: topic },
      });
    }
    Annotations.fromStack(pipeline).hasNoWarning('*', Match.anyValue());
    Annotations.fromStack(pipeline).hasNoError('*', Match.anyValue());
  });

  it('synthesizes dev without a word, which is deployed with one', () => {
    const { pipeline } = addStage(unbundledApp(), dev);
    Template.fromStack(pipeline).resourceCountIs('AWS::SNS::Subscription', 0);
    Annotations.fromStack(pipeline).hasNoWarning('*', Match.anyValue());
  });

  it('refuses prod without an address', () => {
    const { pipeline } = addStage(unbundledApp(), prod);
    Annotations.fromStack(pipeline).hasError('*', NOBODY_IS_NOTIFIED);
  });
});

const NOBODY_IS_NOTIFIED = Match.stringLikeRegexp(
  'Nobody is notified .* stage prod: set alarmEmail in lib/stages/prod.ts',
);

const withoutAws: StageConfig = stageConfig({
  ...dev,
  kafka: { kind: 'existing', bootstrapServers: ['kafka:9092'] },
  database: {
    kind: 'existing',
    contactPoints: ['cassandra:9042'],
    localDataCenter: 'local',
    keyspace: 'candles',
  },
});

interface WatchedMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

interface MetricOfAlarm {
  readonly Expression?: string;
  readonly Period?: number;
  readonly MetricStat?: {
    readonly Metric: WatchedMetric;
    readonly Period: number;
    readonly Stat: string;
  };
}

/** The id of an alarm without its construct's name and the hash. */
function nameOf(logicalId: string): string {
  return logicalId.replace(/^Watch/, '').replace(/[0-9A-F]{8}$/, '');
}

function idOf(pipeline: Template, name: string): string {
  const id = idsOf(pipeline).find((one) => nameOf(one) === name);
  if (id === undefined) throw new Error(`Expected an alarm ${name}`);
  return id;
}

function idsOf(pipeline: Template): string[] {
  return Object.keys(propertiesOf(pipeline, ALARM));
}

function ringsOf(alarm: Properties): string {
  const signs: Record<string, string> = {
    GreaterThanThreshold: '>',
    LessThanThreshold: '<',
  };
  const comparison = String(alarm['ComparisonOperator']);
  return `${signs[comparison] ?? comparison} ${String(alarm['Threshold'])}`;
}

function partsOf(alarm: Properties): readonly MetricOfAlarm[] {
  return (alarm['Metrics'] ?? []) as MetricOfAlarm[];
}

function metricsIn(alarm: Properties): WatchedMetric[] {
  return partsOf(alarm).flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []));
}

/** Such as `fetch MarketsBehind Minimum`; the metrics of a sum are separated by `+`, those of other expressions follow them. */
function metricOf(alarm: Properties): string {
  if ('MetricName' in alarm) {
    const { Namespace, MetricName, Dimensions } = alarm as unknown as WatchedMetric;
    const statistic = alarm['Statistic'] ?? alarm['ExtendedStatistic'];
    return metricText({ Namespace, MetricName, Dimensions }, String(statistic));
  }
  const stats = partsOf(alarm).flatMap(({ MetricStat }) => (MetricStat ? [MetricStat] : []));
  if (stats.length === 0) return String(partsOf(alarm)[0]?.Expression);
  const terms = stats.map((_, index) => `FILL(m${index}, 0)`).join(', ');
  const [expression] = partsOf(alarm).flatMap(({ Expression }) => Expression ?? []);
  const texts = stats.map(({ Metric, Stat }) => metricText(Metric, Stat));
  if (expression === `SUM([${terms}])` || expression === undefined) return texts.join(' + ');
  return `${expression} of ${texts.join(', ')}`;
}

function metricText({ MetricName, Dimensions }: WatchedMetric, statistic: string): string {
  const values = Dimensions.map(({ Value }) => Value).filter((value) => typeof value === 'string');
  return [...values, MetricName, statistic].join(' ');
}

function periodOf(alarm: Properties): string {
  if ('Period' in alarm) return String(alarm['Period']);
  const periods = partsOf(alarm).flatMap(
    ({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? [],
  );
  return [...new Set(periods)].join(', ');
}
