import * as v from 'valibot';
import { type StageConfig, stageConfig } from './stage-config';
import { stageNamed } from './index';

/** The settings that replace those of a stage are invalid. */
export class InvalidSettingsError extends Error {
  override readonly name = 'InvalidSettingsError';
}

/** Settings to replace, by stage, each as a whole. */
const Settings = v.record(v.string(), v.record(v.string(), v.unknown()));

/**
 * Finds the stages that the context of an app asks for: `stage` has their names,
 * separated by commas; `settings` is JSON that replaces settings of theirs, such as
 * `{"dev":{"scheduleMinutes":5}}`.
 *
 * @throws UnknownStageError, InvalidSettingsError, InvalidStageConfigError
 */
export function askedStages(names: unknown = 'dev', settings: unknown = {}): StageConfig[] {
  const bySettings = settingsOf(settings);
  const stages = String(names).split(',').map(stageNamed);
  const stranger = Object.keys(bySettings).find((name) => !stages.some((one) => one.name === name));
  if (stranger !== undefined) {
    throw new InvalidSettingsError(
      `There are settings for ${JSON.stringify(stranger)}, but the stage is ${String(names)}: name one of these`,
    );
  }
  return stages.map((stage) => {
    const chosen = bySettings[stage.name];
    // The values may be anything: they are checked like those of the stage's file.
    return chosen === undefined ? stage : stageConfig({ ...stage, ...(chosen as object) });
  });
}

function settingsOf(settings: unknown): v.InferOutput<typeof Settings> {
  const shape =
    typeof settings === 'string' ? v.pipe(v.string(), v.parseJson(), Settings) : Settings;
  const parsed = v.safeParse(shape, settings);
  if (parsed.success) return parsed.output;
  const said = typeof settings === 'string' ? settings : JSON.stringify(settings);
  throw new InvalidSettingsError(
    `The settings ${said} are not understood: give JSON such as -c settings='{"dev":{"scheduleMinutes":5}}'`,
  );
}
