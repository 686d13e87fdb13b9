import { InvalidStageConfigError, type StageConfig, stageConfig } from '../../lib/stage-config';
import { stageNamed, UnknownStageError } from '../../lib/stages';
import { dev } from '../../lib/stages/dev';

describe('a stage config', () => {
  const problems = (change: Partial<StageConfig>): string => {
    try {
      stageConfig({ ...dev, ...change });
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidStageConfigError);
      return (error as Error).message;
    }
    throw new Error('It was taken for valid');
  };

  it('is taken as it is where it is valid', () => {
    expect(stageConfig(dev)).toEqual(dev);
  });

  it('tells every problem at once, each with its value and what to give instead', () => {
    const message = problems({
      pairs: ['BTC_USDT', 'btc-usdt'],
      retentionMinutes: 10_000,
      topics: { ...dev.topics, replication: 4 },
      brokers: { ...dev.brokers, count: 4 },
    });
    expect(message.split('\n')).toEqual([
      'The stage dev cannot be deployed:',
      '- pairs.1 is "btc-usdt": give a pair such as BTC_USDT',
      '- retentionMinutes is 10000: give at most 9990',
      '- brokers.count is 4: give a multiple of 3: brokers are spread over 3 zones',
      '- topics.replication is 4: give at most 3',
    ]);
  });

  it.each<[string, Partial<StageConfig>]>([
    ['give at least one pair', { pairs: [] }],
    ['give every pair once', { pairs: ['BTC_USDT', 'BTC_USDT'] }],
    ['give a whole minute in UTC', { historyStart: '2026-01-01T00:00:30Z' }],
    ['give a date that exists', { historyStart: '2026-13-01T00:00:00Z' }],
    ['give a URL', { gateIoUrl: 'api.gateio.ws' }],
    ['end it with /api/v4', { gateIoUrl: 'https://api.gateio.ws' }],
    ['give a version of MSK from 3.6.0 on', { brokers: { ...dev.brokers, kafkaVersion: '3.5.1' } }],
    [
      'give at most 10000',
      { eventSources: { ...dev.eventSources, persist: { batchSize: 10_001, windowSeconds: 0 } } },
    ],
    ['give a short name in lower case', { name: 'Dev' }],
  ])('refuses what cannot be deployed: %s', (remedy, change) => {
    expect(problems(change)).toContain(remedy);
  });

  it.each(['3.7.x.kraft', '4.0.x.kraft', '4.0.x'])(
    'refuses t3 brokers with Kafka %s, which is KRaft',
    (kafkaVersion) => {
      expect(problems({ brokers: { ...dev.brokers, kafkaVersion } })).toContain('cannot run KRaft');
    },
  );

  it('takes KRaft on a larger broker', () => {
    const brokers = {
      ...dev.brokers,
      instanceType: 'kafka.m7g.large',
      kafkaVersion: '3.7.x.kraft',
    };
    expect(stageConfig({ ...dev, brokers }).brokers).toEqual(brokers);
  });
});

describe('the stage of a name', () => {
  it('is found', () => {
    expect(stageNamed('dev')).toEqual(dev);
  });

  it('is refused where there is none, with the names there are', () => {
    expect(() => stageNamed('prd')).toThrow(UnknownStageError);
    expect(() => stageNamed('prd')).toThrow('There is no stage "prd": choose one of dev');
  });
});
