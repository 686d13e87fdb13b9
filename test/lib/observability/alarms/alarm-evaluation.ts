/** State of a CloudWatch alarm. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Treatment of periods without a value. */
export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

/** The settings of an alarm that decide on its state. */
export interface EvaluatedAlarm {
  readonly evaluationPeriods: number;
  /** Breaching values among those of the evaluation periods that make it active. */
  readonly datapointsToAlarm: number;
  readonly isBreaching: (value: number) => boolean;
  readonly missing: MissingData;
}

/** The value of a period; null if there is none. */
export type DataPoint = number | null;

/**
 * The state of an alarm after an evaluation, as CloudWatch has it. It retrieves
 * more periods than the alarm has evaluation periods (how many more is not
 * documented): the newest existing values decide, and only if there are too few
 * is the rest filled in.
 * Source: the Amazon CloudWatch user guide, "Configuring how CloudWatch alarms
 * treat missing data", How alarm state is evaluated when data is missing.
 *
 * @param range the periods that CloudWatch retrieved, oldest first
 */
export function evaluate(
  alarm: EvaluatedAlarm,
  state: AlarmState,
  range: readonly DataPoint[],
): AlarmState {
  const values = range.filter((value) => value !== null).slice(-alarm.evaluationPeriods);
  const breaching = values.filter(alarm.isBreaching).length;
  const filled = alarm.evaluationPeriods - values.length;
  if (filled === 0 || alarm.missing === 'notBreaching') return stateOf(alarm, breaching);
  if (alarm.missing === 'breaching') return stateOf(alarm, breaching + filled);
  if (breaching >= alarm.datapointsToAlarm) return 'ALARM';
  // One good value among too few is believed; nothing but bad ones is not enough to ignore the rest.
  if (breaching < values.length) return 'OK';
  if (alarm.missing === 'ignore') return state;
  return values.length === 0 ? 'INSUFFICIENT_DATA' : 'ALARM';
}

function stateOf({ datapointsToAlarm }: EvaluatedAlarm, breaching: number): AlarmState {
  return breaching >= datapointsToAlarm ? 'ALARM' : 'OK';
}

/** The states of an alarm after each period, the first of them with nothing before it. */
export function statesOver(
  alarm: EvaluatedAlarm,
  points: readonly DataPoint[],
  rangePeriods: number,
): AlarmState[] {
  let state: AlarmState = 'INSUFFICIENT_DATA';
  return points.map((_, index) => {
    const before = Array.from({ length: rangePeriods }, () => null);
    const range = [...before, ...points.slice(0, index + 1)].slice(-rangePeriods);
    state = evaluate(alarm, state, range);
    return state;
  });
}
