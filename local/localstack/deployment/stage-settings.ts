import { UsageError } from '../../../cli/command-line';
import { didYouMean } from '../../../cli/near-names';
import { askedStages } from '../../../lib/stages/asked-stages';
import { dev } from '../../../lib/stages/dev';
import { localstack } from '../../../lib/stages/localstack';
import { InvalidStageConfigError, type StageConfig } from '../../../lib/stages/stage-config';

type Settings = Readonly<Record<string, unknown>>;

/** Settings that the emulated event sources and the shown rate follow: `dev` is their template. */
const ALSO_FOR_DEV = ['topics', 'scheduleMinutes'] as const;

/** The settings that may be replaced, with the values of the stage. */
const { name, ...LOCALSTACK_SETTINGS } = localstack;
const { mode: LOCALSTACK_MODE, ...EVENT_SOURCES } = localstack.eventSources;
const REPLACEABLE: Settings = { ...LOCALSTACK_SETTINGS, eventSources: EVENT_SOURCES };
const OPTIONAL = ['alarmEmail'];

/** The settings that are deployed. */
export interface StageSettings {
  /** Replaced settings, by the names of the stages: the context of a synthesis. */
  readonly byStage: Readonly<Record<string, Settings>>;
  /** The stage `localstack` with its replaced settings. */
  readonly localstack: StageConfig;
}

/**
 * Settings of both stages: those that `localstack` is deployed with, and those
 * of them that `dev`, the template of topics and event sources, takes too.
 *
 * @param settings replace those of the stage, each as a whole, such as
 *   `{"eventSources":{"transform":{...},"persist":{...}}}`
 * @throws UsageError if a setting is unknown, incomplete or invalid
 */
export function stageSettings(settings: Settings): StageSettings {
  assertKnownAndComplete(settings);
  const forDev = Object.entries(settings).filter(([key]) => isAlsoForDev(key));
  const { eventSources } = settings;
  const byStage = {
    [name]: { ...settings, ...withMode(eventSources, LOCALSTACK_MODE) },
    [dev.name]: { ...Object.fromEntries(forDev), ...withMode(eventSources, dev.eventSources.mode) },
  };
  return { byStage, localstack: validStage(byStage) };
}

function isAlsoForDev(key: string): boolean {
  return ALSO_FOR_DEV.some((one) => one === key);
}

function withMode(eventSources: unknown, mode: object): Settings {
  return isObject(eventSources) ? { eventSources: { ...eventSources, mode } } : {};
}

function assertKnownAndComplete(settings: Settings): void {
  if (isObject(settings['eventSources']) && 'mode' in settings['eventSources']) {
    throw new UsageError(
      '--settings: eventSources.mode is fixed, as LocalStack has no Kafka event sources and those beside it work as those of dev; leave it out',
    );
  }
  const names = [...Object.keys(REPLACEABLE), ...OPTIONAL];
  for (const [key, value] of Object.entries(settings)) {
    if (!names.includes(key)) throw unknownSetting(`there is no setting`, key, names);
    const current = REPLACEABLE[key];
    if (isObject(current)) assertSameShape(value, current, [key]);
  }
}

/** @throws UsageError if an object's keys are not those of the current one */
function assertSameShape(given: unknown, current: Settings, path: readonly string[]): void {
  if (!isObject(given)) {
    const said = JSON.stringify(given);
    throw new UsageError(`--settings: ${path.join('.')} is ${said}: ${remedy(path, current)}`);
  }
  // One of another kind has keys of its own.
  if ('kind' in given && given['kind'] !== current['kind']) return;
  const names = Object.keys(current);
  const stranger = Object.keys(given).find((key) => !names.includes(key));
  if (stranger !== undefined) {
    throw unknownSetting(`${path.join('.')} has no setting`, stranger, names);
  }
  const missing = names.filter((key) => !(key in given));
  if (missing.length > 0) {
    throw new UsageError(
      `--settings: ${path.join('.')} is replaced as a whole and lacks ${missing.join(', ')}: ${remedy(path, { ...current, ...given })}`,
    );
  }
  for (const [key, value] of Object.entries(current)) {
    if (isObject(value)) assertSameShape(given[key], value, [...path, key]);
  }
}

function unknownSetting(what: string, key: string, names: readonly string[]): UsageError {
  const hint = didYouMean(key, names) ?? `Choose one of ${names.join(', ')}.`;
  return new UsageError(`--settings: ${what} ${JSON.stringify(key)}. ${hint}`);
}

function remedy(path: readonly string[], whole: Settings): string {
  const nested = path.reduceRight<unknown>((value, key) => ({ [key]: value }), whole);
  return `give all of it, such as ${JSON.stringify(nested)}`;
}

function validStage(byStage: StageSettings['byStage']): StageConfig {
  try {
    const [stage = localstack] = askedStages(`${localstack.name},${dev.name}`, byStage);
    return stage;
  } catch (cause) {
    if (!(cause instanceof InvalidStageConfigError)) throw cause;
    throw new UsageError(cause.message, { cause });
  }
}

function isObject(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
