import { UsageError } from '../../../cli/command-line';
import { localstack } from '../../../lib/stages/localstack';
import { dev } from '../../../lib/stages/dev';

type Settings = Readonly<Record<string, unknown>>;

/** What is played after the template of `dev`, as LocalStack has none of it: the rule's rate is shown. */
const OF_DEV = ['topics', 'scheduleMinutes'] as const;

/**
 * The settings of both stages: those that `localstack` is deployed with, and of
 * them what `dev` makes topics and event sources of.
 *
 * @param settings what was asked for, such as `{"eventSources":{"transform":{...},"persist":{...}}}`
 * @throws UsageError where the mode of the event sources is to be another
 */
export function stageSettings(settings: Settings): Readonly<Record<string, Settings>> {
  const ofDev = OF_DEV.filter((key) => key in settings).map((key) => [key, settings[key]]);
  const chosen: Settings = Object.fromEntries(ofDev) as Settings;
  if (!('eventSources' in settings)) return { localstack: settings, dev: chosen };
  const eventSources = withoutMode(settings['eventSources']);
  return {
    localstack: {
      ...settings,
      eventSources: { ...eventSources, mode: localstack.eventSources.mode },
    },
    dev: { ...chosen, eventSources: { ...eventSources, mode: dev.eventSources.mode } },
  };
}

function withoutMode(eventSources: unknown): object {
  if (typeof eventSources !== 'object' || eventSources === null) {
    throw new UsageError(
      'eventSources in --settings is to be an object with transform and persist',
    );
  }
  if (!('mode' in eventSources)) return eventSources;
  throw new UsageError(
    'eventSources.mode in --settings cannot be changed: LocalStack has no event sources, those beside it work as those of dev; leave it out',
  );
}
