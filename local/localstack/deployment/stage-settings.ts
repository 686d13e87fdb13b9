import { UsageError } from '../../../cli/command-line';
import { askedStages } from '../../../lib/stages/asked-stages';
import { dev } from '../../../lib/stages/dev';
import { localstack } from '../../../lib/stages/localstack';
import { InvalidStageConfigError, type StageConfig } from '../../../lib/stages/stage-config';

type Settings = Readonly<Record<string, unknown>>;

/** The exchange that a run has chosen to stand for Gate.io: its addresses, and the pairs to follow. */
export interface ChosenExchange {
  readonly url: string;
  readonly archiveUrl: string;
  /** Undefined for those of the stage. */
  readonly pairs?: readonly string[];
}

const CHOSEN_KIND = 'gate-io';
const URL_SETTINGS = ['url', 'archiveUrl'] as const;

/** The settings that are deployed. */
export interface StageSettings {
  /** Replaced settings, by the names of the stages: the context of a synthesis. */
  readonly byStage: Readonly<Record<string, Settings>>;
  /** The stage `localstack` with its replaced settings. */
  readonly localstack: StageConfig;
}

/** Settings that the emulated event sources and the shown rate follow: `dev` is their template. */
const ALSO_FOR_DEV = ['topics', 'scheduleMinutes'];

/**
 * Settings of both stages: those that `localstack` is deployed with, and those
 * of them that `dev`, the template of topics and event sources, takes too.
 *
 * @param settings replace those of the stage, each as a whole, such as
 *   `{"eventSources":{"transform":{...},"persist":{...}}}`
 * @throws UsageError if a setting is unknown, incomplete or invalid
 */
export function stageSettings(
  settings: Settings,
  chosen: ChosenExchange = gateIoOf(localstack),
): StageSettings {
  assertReplaceable(settings);
  const forDev = Object.entries(settings).filter(([key]) => ALSO_FOR_DEV.includes(key));
  const byStage = {
    [localstack.name]: {
      ...settings,
      exchanges: exchangesAt(chosen, settings),
      ...eventSources(settings, localstack),
    },
    [dev.name]: { ...Object.fromEntries(forDev), ...eventSources(settings, dev) },
  };
  return { byStage, localstack: validStage(byStage, settings) };
}

/** Gate.io as a stage has it. */
function gateIoOf({ exchanges }: StageConfig) {
  const exchange = exchanges.find(({ kind }) => kind === CHOSEN_KIND);
  if (exchange?.kind === CHOSEN_KIND) return exchange;
  throw new TypeError('The stage does not follow gate-io');
}

function assertReplaceable({ name, eventSources, exchanges }: Settings): void {
  if (name !== undefined) throw new UsageError('--settings: name is fixed; leave it out');
  const given = Array.isArray(exchanges) ? exchanges.find(isChosen) : undefined;
  const fixed = URL_SETTINGS.find((name) => isObject(given) && name in given);
  if (fixed !== undefined) {
    throw new UsageError(
      `--settings: ${fixed} of ${CHOSEN_KIND} is fixed by --exchange; leave it out`,
    );
  }
  if (!isObject(eventSources) || !('mode' in eventSources)) return;
  throw new UsageError(
    '--settings: eventSources.mode is fixed, as LocalStack has no Kafka event sources and those beside it work as those of dev; leave it out',
  );
}

/** The exchanges of the settings, or of the stage; Gate.io at the addresses of the chosen one. */
function exchangesAt(
  { url, archiveUrl, pairs = gateIoOf(localstack).pairs }: ChosenExchange,
  settings: Settings,
): unknown {
  const { exchanges } = settings;
  if (exchanges === undefined) {
    return localstack.exchanges.map((exchange) =>
      isChosen(exchange) ? { ...exchange, url, archiveUrl, pairs: [...pairs] } : exchange,
    );
  }
  if (!Array.isArray(exchanges)) return exchanges;
  return exchanges.map((exchange: unknown) =>
    isChosen(exchange) ? { pairs: [...pairs], ...exchange, url, archiveUrl } : exchange,
  );
}

function isChosen(exchange: unknown): exchange is Settings {
  return isObject(exchange) && exchange['kind'] === CHOSEN_KIND;
}

/** The event sources of the settings, in the mode of a stage. */
function eventSources(settings: Settings, stage: StageConfig): Settings {
  const { eventSources: chosen } = settings;
  if (chosen === undefined) return {};
  const { mode } = stage.eventSources;
  return { eventSources: isObject(chosen) ? { ...chosen, mode } : chosen };
}

function validStage(byStage: StageSettings['byStage'], settings: Settings): StageConfig {
  try {
    const [stage = localstack] = askedStages(`${localstack.name},${dev.name}`, byStage);
    return stage;
  } catch (cause) {
    if (!(cause instanceof InvalidStageConfigError)) throw cause;
    throw new UsageError([cause.message, ...currentGroups(settings)].join('\n'), { cause });
  }
}

/** A group of settings is replaced as a whole: a line with each as it stands in the stage. */
function currentGroups(settings: Settings): string[] {
  const current = {
    ...localstack,
    eventSources: { ...localstack.eventSources, mode: undefined },
  };
  return Object.entries(current)
    .filter(([key, value]) => key in settings && isObject(value))
    .map(([key, value]) => `${key} is replaced as a whole; it is ${JSON.stringify(value)}`);
}

function isObject(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
