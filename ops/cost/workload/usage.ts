import * as v from 'valibot';
import { rateMsOf } from '../../../cli/schedule-rate';
import { MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import {
  ALL_FUNCTIONS,
  type FunctionName,
  type ScheduledFunction,
} from '../../../lib/naming/function-names';
import { ASSUMED, readUnits } from './assumptions';
import { type MonthOfAPair, monthOfAPair } from './month-of-a-pair';
import { type MonthOfAudits, monthOfAudits } from './month-of-audits';
import { propertiesOf, UnreadableResourceError } from '../resources/priced-properties';
import { ofType, type StageResource } from '../../stages/stage-resources';

/** Usage of a function in a month. */
export interface FunctionUsage {
  readonly invocations: bigint;
  /** Total of all invocations. */
  readonly durationMs: bigint;
  readonly logBytes: bigint;
}

/** Usage of a function that is not invoked. */
export const NOT_USED: FunctionUsage = { invocations: 0n, durationMs: 0n, logBytes: 0n };

/** Usage of a stage in a month, as far as it is charged. */
export interface Usage {
  readonly functions: Readonly<
    Record<FunctionName, FunctionUsage> & { readonly query?: FunctionUsage }
  >;
  readonly writeUnits: bigint;
  readonly readUnits: bigint;
  /** Stored after the assumed number of months. */
  readonly storedBytes: bigint;
  readonly natBytes: bigint;
  readonly rowBytes: bigint;
  /** Written to the brokers and read from them. */
  readonly recordBytes: bigint;
}

const Rule = v.object({
  ScheduleExpression: v.string(),
  Targets: v.pipe(
    v.array(v.object({ Arn: v.object({ 'Fn::GetAtt': v.array(v.string()) }) })),
    v.minLength(1),
  ),
});
const Exchanges = v.pipe(
  v.string(),
  v.parseJson(),
  v.record(v.string(), v.object({ expectedMarkets: v.number() })),
);
const FunctionProperties = v.object({
  Environment: v.object({
    Variables: v.object({
      POWERTOOLS_SERVICE_NAME: v.picklist(ALL_FUNCTIONS),
      EXCHANGES: v.optional(Exchanges),
      OPEN_WINDOWS_EVERY_MINUTES: v.optional(v.string()),
      POWERTOOLS_LOG_LEVEL: v.picklist(['INFO', 'DEBUG']),
    }),
  }),
});
const Mapping = v.object({
  BatchSize: v.number(),
  MaximumBatchingWindowInSeconds: v.number(),
  ProvisionedPollerConfig: v.optional(v.unknown()),
});

/**
 * Computes the monthly usage of a stage from its resources.
 *
 * @throws UnreadableResourceError
 */
export function usageOf(resources: readonly StageResource[]): Usage {
  const pairs = pairsOf(resources);
  const month = monthOfAPair(firingMinutes(resources, 'fetch'), openWindowMinutes(resources));
  const audits = monthOfAudits(firingMinutes(resources, 'reconcile'));
  const count = BigInt(pairs);
  const recordBytes = count * recordBytesOf(month, audits);
  const answerBytes = count * answerBytesOf(month, audits);
  const writeUnits = count * (month.writeUnits + audits.writeUnits);
  const parts = { fetch: partsOf(resources, 'fetch'), reconcile: partsOf(resources, 'reconcile') };
  // Each firing of fetch and reconcile reads the progress of all pairs of an exchange in one go.
  const progressUnits =
    (month.ticks * parts.fetch + audits.firings * parts.reconcile) * readUnits(pairs);
  const readUnitsOfAll = count * (month.readUnits + audits.readUnits) + progressUnits;
  return {
    recordBytes,
    functions: functionsOf({
      month,
      audits,
      pairs,
      parts,
      batch: recordsPerInvocation(resources),
      logsSegments: logsSegments(resources),
    }),
    writeUnits,
    readUnits: readUnitsOfAll,
    storedBytes: count * month.newRows * ASSUMED.storedMonths * ASSUMED.rowBytes,
    natBytes: answerBytes + (hasPollersOnDemand(resources) ? inBase64(recordBytes / 2n) : 0n),
    rowBytes: (writeUnits + readUnitsOfAll) * ASSUMED.rowOnTheWayBytes,
  };
}

/** The number of pairs that a stage follows. */
function pairsOf(resources: readonly StageResource[]): number {
  const { EXCHANGES: exchanges = {} } = variablesOf(functionNamed(resources, 'fetch'));
  return Object.values(exchanges).reduce(
    (count, { expectedMarkets }) => count + expectedMarkets,
    0,
  );
}

/** The age that windows may have that have not ended. */
function openWindowMinutes(resources: readonly StageResource[]): number {
  const transform = functionNamed(resources, 'transform');
  return Number(variablesOf(transform).OPEN_WINDOWS_EVERY_MINUTES ?? 1);
}

/** If the functions log a line for each segment. */
function logsSegments(resources: readonly StageResource[]): boolean {
  return variablesOf(functionNamed(resources, 'transform')).POWERTOOLS_LOG_LEVEL === 'DEBUG';
}

function functionNamed(resources: readonly StageResource[], name: FunctionName): StageResource {
  const found = ofType(resources, 'AWS::Lambda::Function').find(
    (resource) => variablesOf(resource).POWERTOOLS_SERVICE_NAME === name,
  );
  if (found !== undefined) return found;
  throw new TypeError(`The stage has no function ${name}`);
}

function variablesOf(resource: StageResource) {
  return propertiesOf(resource, FunctionProperties).Environment.Variables;
}

/** The rules that fire a function, each with its number of targets. */
function rulesOf(resources: readonly StageResource[], name: ScheduledFunction) {
  const { logicalId } = functionNamed(resources, name);
  const rules = ofType(resources, 'AWS::Events::Rule').filter((resource) =>
    propertiesOf(resource, Rule).Targets.some(({ Arn }) => Arn['Fn::GetAtt'][0] === logicalId),
  );
  const [first] = rules;
  if (first !== undefined) return { first, rules };
  throw new TypeError(`Expected an AWS::Events::Rule that fires ${name}; there is none`);
}

/** The time from one firing of a function to the next: all of its rules have the same. */
function firingMinutes(resources: readonly StageResource[], name: ScheduledFunction): number {
  const { first } = rulesOf(resources, name);
  const { ScheduleExpression: expression } = propertiesOf(first, Rule);
  const rateMs = rateMsOf(expression);
  if (rateMs !== undefined) return rateMs / MINUTE_MS;
  throw new UnreadableResourceError(first, `its ScheduleExpression is ${expression}`);
}

/** Number of invocations of each firing of a function: one for each exchange, or shard of its markets. */
function partsOf(resources: readonly StageResource[], name: ScheduledFunction): bigint {
  const { rules } = rulesOf(resources, name);
  return rules.reduce((count, rule) => count + BigInt(propertiesOf(rule, Rule).Targets.length), 0n);
}

/** Records of an invocation, of the function that gets fewer. */
function recordsPerInvocation(resources: readonly StageResource[]): number {
  const records = ofType(resources, 'AWS::Lambda::EventSourceMapping').map((resource) => {
    const { BatchSize, MaximumBatchingWindowInSeconds } = propertiesOf(resource, Mapping);
    return Math.min(BatchSize, recordsWithin(MaximumBatchingWindowInSeconds * 1_000));
  });
  return records.length === 0 ? recordsWithin(0) : Math.min(...records);
}

/** Records that come within a batching window: fetch appends one for each pair. */
function recordsWithin(windowMs: number): number {
  const gathered = Math.floor(windowMs / Number(ASSUMED.fetchMsPerPair));
  return Math.max(ASSUMED.recordsPerInvocation, gathered);
}

/** If pollers that AWS scales hand records to the functions, through the NAT gateway. */
export function hasPollersOnDemand(resources: readonly StageResource[]): boolean {
  return ofType(resources, 'AWS::Lambda::EventSourceMapping').some(
    (resource) => propertiesOf(resource, Mapping).ProvisionedPollerConfig === undefined,
  );
}

/** Each record is written once and read once. */
function recordBytesOf(month: MonthOfAPair, audits: MonthOfAudits): bigint {
  const candles = month.minutes + month.candles + audits.minutes + audits.candles;
  const records = 2n * (month.segments + audits.audits);
  return 2n * (candles * ASSUMED.candleBytes + records * ASSUMED.recordBytes);
}

/** Answers of the exchange. */
function answerBytesOf(month: MonthOfAPair, audits: MonthOfAudits): bigint {
  const { exchangeAnswerBytes, minuteAnswerBytes } = ASSUMED;
  return (
    (month.segments + audits.requests) * exchangeAnswerBytes + audits.minutes * minuteAnswerBytes
  );
}

/** Bytes as they are in an event of a function. */
export function inBase64(bytes: bigint): bigint {
  return (bytes * 4n) / 3n;
}

interface Work {
  readonly month: MonthOfAPair;
  readonly audits: MonthOfAudits;
  readonly pairs: number;
  /** Invocations that each firing is. */
  readonly parts: Readonly<Record<ScheduledFunction, bigint>>;
  /** Records that an invocation gets. */
  readonly batch: number;
  readonly logsSegments: boolean;
}

function functionsOf(work: Work): Usage['functions'] {
  const { month, audits, pairs, parts, batch, logsSegments } = work;
  const count = BigInt(pairs);
  const records = count * month.segments;
  const audited = count * audits.audits;
  // An audit of a day fills a batch of its own, or joins one of live candles.
  const invocations = month.ticks * BigInt(Math.ceil(pairs / batch)) + audited;
  const segmentLines = logsSegments ? records + audited : 0n;
  const a = ASSUMED;
  return {
    fetch: {
      invocations: month.ticks * parts.fetch,
      durationMs: month.ticks * (parts.fetch * a.fetchMsPerTick + count * a.fetchMsPerPair),
      logBytes: logBytes(
        month.ticks * parts.fetch,
        month.ticks * parts.fetch + (logsSegments ? records : 0n),
      ),
    },
    reconcile: {
      invocations: audits.firings * parts.reconcile,
      durationMs:
        audits.firings * (parts.reconcile * a.reconcileMsPerFiring + count * a.reconcileMsPerPair) +
        audited * a.reconcileMsPerAudit,
      // A line for each audit, and one more.
      logBytes: logBytes(
        audits.firings * parts.reconcile,
        audited + audits.firings * parts.reconcile,
      ),
    },
    transform: {
      invocations,
      durationMs:
        invocations * a.transformMsPerInvocation +
        records * a.transformMsPerRecord +
        audited * a.transformMsPerAudit,
      logBytes: logBytes(invocations, invocations + segmentLines),
    },
    persist: {
      invocations,
      durationMs:
        invocations * a.persistMsPerInvocation +
        records * a.persistMsPerRecord +
        audited * a.persistMsPerAudit,
      // Each audit that is entered in the ledger has a line of its own.
      logBytes: logBytes(invocations, invocations + audited + segmentLines),
    },
  };
}

/** Log of so many invocations with so many lines of their own. */
export function logBytes(invocations: bigint, lines: bigint): bigint {
  return invocations * ASSUMED.invocationLogBytes + lines * ASSUMED.logLineBytes;
}
