import * as v from 'valibot';
import { rateMsOf } from '../../cli/schedule-rate';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { FunctionName } from '../../lib/naming/function-names';
import { ASSUMED } from './assumptions';
import { type MonthOfAPair, monthOfAPair } from './month-of-a-pair';
import { propertiesOf, type StageResource, UnreadableResourceError } from './stage-resources';

/** Usage of a function in a month. */
export interface FunctionUsage {
  readonly invocations: bigint;
  /** Total of all invocations. */
  readonly durationMs: bigint;
  readonly logBytes: bigint;
}

/** Usage of a stage in a month, as far as it is charged. */
export interface Usage {
  readonly functions: Readonly<Record<FunctionName, FunctionUsage>>;
  readonly writeUnits: bigint;
  readonly readUnits: bigint;
  /** Stored after the assumed number of months. */
  readonly storedBytes: bigint;
  readonly natBytes: bigint;
  readonly endpointBytes: bigint;
  /** Written to the brokers and read from them. */
  readonly recordBytes: bigint;
}

const Rule = v.object({ ScheduleExpression: v.string() });
const FetchVariables = v.object({ PAIRS: v.string() });
const FunctionProperties = v.object({
  Environment: v.object({ Variables: v.record(v.string(), v.unknown()) }),
});
const Mapping = v.object({
  BatchSize: v.number(),
  ProvisionedPollerConfig: v.optional(v.unknown()),
});

/**
 * Computes the monthly usage of a stage from its resources.
 *
 * @throws UnreadableResourceError
 */
export function usageOf(resources: readonly StageResource[]): Usage {
  const pairs = pairsOf(resources);
  const month = monthOfAPair(scheduleMinutesOf(resources));
  const count = BigInt(pairs);
  const recordBytes = count * recordBytesOf(month);
  const answerBytes = count * month.segments * ASSUMED.exchangeAnswerBytes;
  return {
    recordBytes,
    functions: functionsOf(month, pairs, recordsPerInvocation(resources)),
    writeUnits: count * month.writeUnits,
    readUnits: count * month.readUnits,
    storedBytes: count * month.newRows * ASSUMED.storedMonths * ASSUMED.rowBytes,
    natBytes: answerBytes + (hasPollersOnDemand(resources) ? inBase64(recordBytes / 2n) : 0n),
    endpointBytes: count * (month.writeUnits + month.readUnits) * ASSUMED.rowOnTheWayBytes,
  };
}

function ofType(resources: readonly StageResource[], type: string): StageResource[] {
  return resources.filter((resource) => resource.type === type);
}

function pairsOf(resources: readonly StageResource[]): number {
  const variables = ofType(resources, 'AWS::Lambda::Function').map(
    (resource) => propertiesOf(resource, FunctionProperties).Environment.Variables,
  );
  const fetch = variables.find((candidate) => v.is(FetchVariables, candidate));
  return v.parse(FetchVariables, fetch).PAIRS.split(',').length;
}

function scheduleMinutesOf(resources: readonly StageResource[]): number {
  const rules = ofType(resources, 'AWS::Events::Rule');
  const [rule] = rules;
  if (rule === undefined || rules.length > 1) {
    throw new TypeError(`Expected one AWS::Events::Rule, the ticks; there are ${rules.length}`);
  }
  const { ScheduleExpression: expression } = propertiesOf(rule, Rule);
  const rateMs = rateMsOf(expression);
  if (rateMs !== undefined) return rateMs / MINUTE_MS;
  throw new UnreadableResourceError(rule, `its ScheduleExpression is ${expression}`);
}

function recordsPerInvocation(resources: readonly StageResource[]): number {
  const batchSizes = ofType(resources, 'AWS::Lambda::EventSourceMapping').map(
    (resource) => propertiesOf(resource, Mapping).BatchSize,
  );
  return Math.min(ASSUMED.recordsPerInvocation, ...batchSizes);
}

function hasPollersOnDemand(resources: readonly StageResource[]): boolean {
  return ofType(resources, 'AWS::Lambda::EventSourceMapping').some(
    (resource) => propertiesOf(resource, Mapping).ProvisionedPollerConfig === undefined,
  );
}

/** Each record is written once and read once. */
function recordBytesOf({ minutes, candles, segments }: MonthOfAPair): bigint {
  const written = (minutes + candles) * ASSUMED.candleBytes + 2n * segments * ASSUMED.recordBytes;
  return 2n * written;
}

function inBase64(bytes: bigint): bigint {
  return (bytes * 4n) / 3n;
}

function functionsOf(month: MonthOfAPair, pairs: number, batch: number): Usage['functions'] {
  const records = BigInt(pairs) * month.segments;
  const invocations = month.ticks * BigInt(Math.ceil(pairs / batch));
  const fetched = month.ticks * BigInt(pairs);
  const a = ASSUMED;
  return {
    fetch: {
      invocations: month.ticks,
      durationMs: month.ticks * a.fetchMsPerTick + fetched * a.fetchMsPerPair,
      // Every tick logs one more line.
      logBytes: logBytes(month.ticks, records + month.ticks),
    },
    transform: {
      invocations,
      durationMs: invocations * a.transformMsPerInvocation + records * a.transformMsPerRecord,
      logBytes: logBytes(invocations, records),
    },
    persist: {
      invocations,
      durationMs: invocations * a.persistMsPerInvocation + records * a.persistMsPerRecord,
      logBytes: logBytes(invocations, records),
    },
  };
}

function logBytes(invocations: bigint, lines: bigint): bigint {
  return invocations * ASSUMED.invocationLogBytes + lines * ASSUMED.logLineBytes;
}
