import { prod } from '../../../../lib/stages/prod';
import { usualExchange } from '../../../../lib/stages/settings/exchange-settings';
import { type StageConfig, stageConfig } from '../../../../lib/stages/stage-config';
import { type Properties, propertiesOf, templatesOf } from '../../candlestream-templates';
import {
  type AlarmState,
  type DataPoint,
  evaluate,
  type EvaluatedAlarm,
  type MissingData,
  statesOver,
} from './alarm-evaluation';

/** The minutes of silence after which an alarm is active; silence activates no other. */
const ACTIVE_AFTER_SILENT_MINUTES: Readonly<Record<string, number>> = {
  NoRuns: 5,
  ReconcileNoRuns: 30,
  RetentionDeadline: 60,
  BrokersSilent: 60,
  DaysOverdue: 180,
};

/** Alarms that stay active in silence: what they measure has not been seen to be mended. */
const KEPT_IN_SILENCE = [
  'MarketsBehind',
  'NoMinutes',
  'MarketsSilent',
  'MarketsUnknown',
  'HistoryStands',
  'SealedDayIncomplete',
  'EventSourceLagCandlesObserved',
  'EventSourceLagCandlesRolled',
  'BrokerDisk1',
  'BrokerDisk2',
  'BrokerDisk3',
];

/** Periods that CloudWatch may retrieve beyond those that it evaluates. */
const MORE_PERIODS = [0, 2, 5];

describe.each(alarmsOf(prod))('the alarm $id', ({ id, alarm, good, bad, periodMinutes }) => {
  const periods = alarm.evaluationPeriods;

  describe.each(MORE_PERIODS)('with %d periods more than it needs', (more) => {
    const range = periods + more;
    const healthy = repeated(good, range);
    const statesAfter = (...points: readonly DataPoint[]) =>
      statesOver(alarm, [...healthy, ...points], range).slice(range - 1);

    it('is clear, becomes active after its periods of trouble, and clears with the first that is good', () => {
      const states = statesAfter(...repeated(bad, periods), good);
      expect(states).toEqual([...repeated('OK', periods), 'ALARM', 'OK']);
    });

    it('says of silence what is listed', () => {
      const states = statesAfter(...repeated(null, range));
      const silent = ACTIVE_AFTER_SILENT_MINUTES[id];
      expect(states.slice(0, -1)).toEqual(repeated('OK', range));
      expect(states.at(-1)).toBe(silent === undefined ? 'OK' : 'ALARM');
      if (silent !== undefined) expect(periods * periodMinutes).toBe(silent);
    });

    it('keeps being active in silence, if that means that the trouble lasts', () => {
      const states = statesAfter(...repeated(bad, periods), ...repeated(null, 2 * range));
      const isKept = id in ACTIVE_AFTER_SILENT_MINUTES || KEPT_IN_SILENCE.includes(id);
      expect(states.at(-1)).toBe(isKept ? 'ALARM' : 'OK');
    });

    it('is not mended by one value that is missing', () => {
      const states = statesAfter(...repeated(bad, periods), null, bad);
      if (alarm.missing === 'notBreaching' && more === 0) return;
      expect(states.slice(-3)).toEqual(['ALARM', 'ALARM', 'ALARM']);
    });
  });

  it('is active after a deployment only if silence activates it', () => {
    const states = statesOver(alarm, repeated(null, periods), periods);
    const expected: Record<MissingData, AlarmState> = {
      breaching: 'ALARM',
      ignore: 'INSUFFICIENT_DATA',
      missing: 'INSUFFICIENT_DATA',
      notBreaching: 'OK',
    };
    expect(states.at(-1)).toBe(expected[alarm.missing]);
    expect(alarm.missing === 'breaching').toBe(id in ACTIVE_AFTER_SILENT_MINUTES);
  });
});

describe('the alarm of firings that do not happen, of three exchanges and shards together', () => {
  const OK = 5 + 5 + 5;
  const ONE_OFF = 5 + 5;
  const statesAfter = (...points: readonly DataPoint[]) => {
    const binance = { ...usualExchange('binance', ['*_USDT']), expectedMarkets: 1_100 };
    const stage = stageConfig({ ...prod, exchanges: [...prod.exchanges, binance] });
    const walked = alarmsOf(stage).find(({ id }) => id === 'NoRuns');
    if (walked === undefined) throw new Error('Expected an alarm NoRuns');
    return statesOver(walked.alarm, [OK, OK, ...points], 2).slice(2);
  };

  it.each([
    ['one is off', [ONE_OFF, ONE_OFF, ONE_OFF]],
    ['one is off, and a firing of another falls into the next period', [9, 11, ONE_OFF]],
    ['all are off', [null, null, null]],
  ])('is active after two periods if %s', (_, points) => {
    expect(statesAfter(...points)).toEqual(['OK', 'ALARM', 'ALARM']);
  });

  it.each([
    ['a firing of each falls into the next period', [12, 18, OK]],
    ['the newest period is not counted in full', [OK, 12, OK]],
    ['each period lacks a firing or two', [14, 13, 13]],
  ])('is clear if %s', (_, points) => {
    expect(statesAfter(...points)).toEqual(['OK', 'OK', 'OK']);
  });

  it('clears with the first period in which all fire again', () => {
    expect(statesAfter(ONE_OFF, ONE_OFF, OK)).toEqual(['OK', 'ALARM', 'OK']);
  });
});

/** The tables of the guide that {@link evaluate} cites, with its columns; `-` is missing, `0` good, `X` bad. */
describe('the evaluation', () => {
  const treatments: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];
  const KEPT = 'kept';

  it.each([
    [3, '0-X-X', ['OK', 'OK', 'OK', 'OK']],
    [3, '0----', ['OK', 'OK', 'OK', 'OK']],
    [3, '-----', ['INSUFFICIENT_DATA', KEPT, 'ALARM', 'OK']],
    [3, '0XX-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [3, '--X--', ['ALARM', KEPT, 'ALARM', 'OK']],
    [2, '0-X-X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [2, '00X0X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    [2, '0-X--', ['OK', 'OK', 'ALARM', 'OK']],
    [2, '----0', ['OK', 'OK', 'ALARM', 'OK']],
    [2, '---X-', ['ALARM', KEPT, 'ALARM', 'OK']],
  ])('with %d of 3 takes %s as the guide does', (datapointsToAlarm, range, expected) => {
    const points = Array.from(range, (sign) => ({ '0': 0, X: 1 })[sign] ?? null);
    const before: AlarmState = 'INSUFFICIENT_DATA';
    const states = treatments.map((missing) => {
      const alarm = { evaluationPeriods: 3, datapointsToAlarm, isBreaching, missing };
      return evaluate(alarm, before, points);
    });
    expect(states).toEqual(expected.map((state) => (state === KEPT ? before : state)));
  });
});

function isBreaching(value: number): boolean {
  return value > 0;
}

interface WalkedAlarm {
  readonly id: string;
  readonly alarm: EvaluatedAlarm;
  readonly good: number;
  readonly bad: number;
  readonly periodMinutes: number;
}

function alarmsOf(stage: StageConfig): WalkedAlarm[] {
  const alarms = propertiesOf(templatesOf(stage).pipeline, 'AWS::CloudWatch::Alarm');
  return Object.entries(alarms).map(([logicalId, alarm]) => {
    const id = logicalId.replace(/^Watch/, '').replace(/[0-9A-F]{8}$/, '');
    const threshold = Number(alarm['Threshold']);
    const isAbove = alarm['ComparisonOperator'] === 'GreaterThanThreshold';
    const periods = Number(alarm['EvaluationPeriods']);
    return {
      id,
      // The threshold itself is good, whichever side of it is bad.
      good: threshold,
      bad: isAbove ? threshold + 1 : threshold - 1,
      periodMinutes: periodSeconds(alarm) / 60,
      alarm: {
        evaluationPeriods: periods,
        datapointsToAlarm: Number(alarm['DatapointsToAlarm'] ?? periods),
        isBreaching: (value) => (isAbove ? value > threshold : value < threshold),
        missing: alarm['TreatMissingData'] as MissingData,
      },
    };
  });
}

function periodSeconds({ Period, Metrics = [] }: Properties): number {
  if (Period !== undefined) return Number(Period);
  const parts = Metrics as readonly { Period?: number; MetricStat?: { Period: number } }[];
  const periods = parts.flatMap((part) => part.MetricStat?.Period ?? part.Period ?? []);
  return Math.max(...periods);
}

function repeated<Value>(value: Value, count: number): Value[] {
  return Array.from({ length: count }, () => value);
}
