import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { isCalendarDay } from '../../cli/utc-time';
import { EARLIEST_HISTORY_MS } from '../../lambdas/shared/domain/market';
import { DatabaseSettings } from './settings/database-settings';
import { EventSourceSettings } from './settings/event-source-settings';
import { ExchangesSettings } from './settings/exchange-settings';
import { KafkaSettings, TopicSettings } from './settings/kafka-settings';
import { NetworkSettings } from './settings/network-settings';
import { QuerySettings } from './settings/query-settings';
import { SchemaRegistrySettings } from './settings/schema-registry-settings';
import { group, text, together, trueOrFalse, wholeNumber } from './settings/setting-values';
import {
  networkProblem,
  patternsProblem,
  rateProblem,
  replicationProblem,
  zonesProblem,
} from './stage-limits';

const DAY_FORM = /^\d{4}-\d\d-\d\d$/;

const UtcDay = v.pipe(
  text(DAY_FORM, 'give a UTC day such as 2026-01-01'),
  v.check(dayExists, 'give a day that exists'),
);

const HistoryStart = v.pipe(
  UtcDay,
  v.check(
    (day) => !(Date.parse(day) < EARLIEST_HISTORY_MS),
    'give 2009-01-03, the day of the first Bitcoin block, or a later day',
  ),
  v.check((day) => !(Date.parse(day) > Date.now()), 'give a day that is not in the future'),
);

const EmailAddress = v.pipe(v.string('give an e-mail address'), v.email('give an e-mail address'));

const StageConfig = v.pipe(
  group({
    /** Part of the stacks' names. */
    name: text(/^[a-z][a-z0-9-]{0,19}$/, 'give a short name in lower case'),
    /** The exchanges to follow, each with its pairs. */
    exchanges: ExchangesSettings,
    /** The time from one tick to the next. */
    scheduleMinutes: wholeNumber(1, 60),
    /**
     * How old windows may be that have not ended, such as the hour that it is: they are written every
     * so many minutes, and once they have ended. With 1, at every tick.
     */
    openWindowMinutes: wholeNumber(1, 60),
    /** First UTC day that is wanted of each pair: `2026-01-01`. */
    historyStart: HistoryStart,
    /** Number of minutes that reconcile may be fired ahead of the clock, if tests simulate its firings. @default 5 */
    firingsAheadMinutes: v.optional(wholeNumber(5, 1_440)),
    /** Minutes without any candle of a market after which it is reported as silent. */
    silentAfterMinutes: wholeNumber(10, 43_200),
    network: NetworkSettings,
    kafka: KafkaSettings,
    database: DatabaseSettings,
    schemaRegistry: SchemaRegistrySettings,
    topics: TopicSettings,
    eventSources: EventSourceSettings,
    queryApi: QuerySettings,
    /** Processor architecture of the functions. */
    architecture: v.picklist(['arm64', 'x86_64'], 'give arm64 or x86_64'),
    /** Fate of stored candles, schemas and logs when the stack is deleted; a stack that was never complete keeps nothing. */
    removalPolicy: v.picklist(
      [RemovalPolicy.DESTROY, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE],
      'give RemovalPolicy.DESTROY or RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE',
    ),
    /** If true, the stacks refuse to be deleted. */
    terminationProtection: trueOrFalse(),
    /** Detail of the functions' logs: at `DEBUG`, they have a line for each segment. */
    logLevel: v.picklist(['INFO', 'DEBUG'], 'give INFO or DEBUG'),
    logRetention: v.enum(RetentionDays, 'give one of RetentionDays'),
    /** E-mail address that alarms are sent to; its owner confirms the subscriptions once. */
    alarmEmail: v.optional(EmailAddress),
    /** Address for the alarms that can wait for a working day. @default alarmEmail */
    ticketEmail: v.optional(EmailAddress),
    /** If true, the stage is not deployed without `alarmEmail`. */
    alarmEmailRequired: trueOrFalse(),
  }),
  together(patternsProblem),
  together(networkProblem),
  together(zonesProblem),
  together(replicationProblem),
  together(rateProblem),
);

/** A text of another form has a problem of its own. */
function dayExists(day: string): boolean {
  return !DAY_FORM.test(day) || isCalendarDay(day);
}

/** Settings of a stage. */
export type StageConfig = Readonly<v.InferOutput<typeof StageConfig>>;

/** Settings of a stage as its file gives them: pairs may be one text. */
type GivenStageConfig = Readonly<v.InferInput<typeof StageConfig>>;

/** A stage config is invalid: the message has all its problems, a line each. */
export class InvalidStageConfigError extends Error {
  override readonly name = 'InvalidStageConfigError';
}

/**
 * Checks a stage config.
 *
 * @throws InvalidStageConfigError that names every wrong value, and what to give instead
 */
export function stageConfig(config: GivenStageConfig): StageConfig {
  const parsed = v.safeParse(StageConfig, config);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map(problemLine).join('\n- ');
  throw new InvalidStageConfigError(`The stage ${config.name} cannot be deployed:\n- ${problems}`);
}

function problemLine(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (isAboutSeveral(issue)) return path === null ? issue.message : `${path}: ${issue.message}`;
  if (issue.expected === 'never') return `${String(path)} is not a setting. ${issue.message}`;
  const value = JSON.stringify(issue.input) as string | undefined;
  return `${path ?? 'stage'} is ${value ?? 'not set'}: ${issue.message}`;
}

/** A check of several settings names their values itself. */
function isAboutSeveral({ kind, input }: v.BaseIssue<unknown>): boolean {
  return kind === 'validation' && typeof input === 'object' && !Array.isArray(input);
}
