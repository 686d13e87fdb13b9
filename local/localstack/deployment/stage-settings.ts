import { UsageError } from '../../../cli/command-line';
import {
  EXCHANGE_NAMES,
  type ExchangeName,
  isKnownExchange,
} from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { ExchangeSetting } from '../../../lib/stages/settings/exchange-settings';
import { askedStages } from '../../../lib/stages/asked-stages';
import { dev } from '../../../lib/stages/dev';
import { localstack } from '../../../lib/stages/localstack';
import { InvalidStageConfigError, type StageConfig } from '../../../lib/stages/stage-config';
import type { ExchangeAddresses } from '../../emulator/local-environment';
import { realAddresses } from '../../run/exchange-address';

type Settings = Readonly<Record<string, unknown>>;

/** The exchanges that a run has chosen. */
export interface RunExchanges {
  /** The exchanges to follow. @default those of the stage */
  readonly exchanges?: readonly ExchangeSetting[] | undefined;
  /** The pairs to follow of an exchange in place of its own; undefined for its own. */
  readonly pairsOf?: (exchange: ExchangeName) => readonly string[] | undefined;
  /** The addresses at which functions reach them. @default their own */
  readonly addresses?: ExchangeAddresses | undefined;
}

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
export function stageSettings(settings: Settings, chosen: RunExchanges = {}): StageSettings {
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

function assertReplaceable({ name, eventSources, exchanges }: Settings): void {
  if (name !== undefined) throw new UsageError('--settings: name is fixed; leave it out');
  const given: readonly unknown[] = Array.isArray(exchanges) ? exchanges : [];
  for (const exchange of given.filter(isExchange)) {
    const fixed = URL_SETTINGS.find((setting) => setting in exchange);
    if (fixed === undefined) continue;
    throw new UsageError(
      `--settings: ${fixed} of ${exchange.kind} is fixed by --exchange; leave it out`,
    );
  }
  if (!isObject(eventSources) || !('mode' in eventSources)) return;
  throw new UsageError(
    '--settings: eventSources.mode is fixed, as LocalStack has no Kafka event sources and those beside it work as those of dev; leave it out',
  );
}

/** The exchanges of the settings, or those of the run, each where the run reaches it. */
function exchangesAt(
  {
    exchanges: ofRun = localstack.exchanges,
    pairsOf = () => undefined,
    addresses = realAddresses(EXCHANGE_NAMES),
  }: RunExchanges,
  { exchanges: given }: Settings,
): unknown {
  if (given !== undefined && !Array.isArray(given)) return given;
  const placed = (exchange: Settings, kind: ExchangeName) => {
    const { url, archiveUrl } = addresses[kind] ?? {};
    return { ...exchange, url, ...(archiveUrl !== undefined && { archiveUrl }) };
  };
  if (given === undefined) {
    return ofRun.map((exchange) =>
      placed({ ...exchange, pairs: pairsOf(exchange.kind) ?? exchange.pairs }, exchange.kind),
    );
  }
  return given.map((exchange: unknown) => {
    if (!isExchange(exchange)) return exchange;
    const { kind } = exchange;
    const pairs = pairsOf(kind) ?? localstack.exchanges.find((one) => one.kind === kind)?.pairs;
    return placed({ ...(pairs && { pairs }), ...exchange }, kind);
  });
}

/** If a setting is of an exchange that can be followed, whatever else it has. */
function isExchange(exchange: unknown): exchange is Settings & { readonly kind: ExchangeName } {
  if (!isObject(exchange)) return false;
  const { kind } = exchange;
  return typeof kind === 'string' && isKnownExchange(kind);
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
