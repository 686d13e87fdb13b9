import { Template } from 'aws-cdk-lib/assertions';
import { addStage } from '../../lib/candlestream';
import type { StageConfig } from '../../lib/stages/stage-config';
import { dev } from '../../lib/stages/dev';
import { unbundledApp } from '../../lib/unbundled-app';

/** Properties of a resource, as a template has them. */
export type Properties = Readonly<Record<string, unknown>>;

/** The templates of a stage, as they are synthesized, without its functions being bundled. */
export function templatesOf(stage: StageConfig = dev): { data: Template; pipeline: Template } {
  const { data, pipeline } = addStage(unbundledApp(), stage);
  return { data: Template.fromStack(data), pipeline: Template.fromStack(pipeline) };
}

/** The properties of all resources of a type whose logical ids begin in a way, by logical id. */
export function propertiesOf(
  template: Template,
  type: string,
  prefix = '',
): Record<string, Properties> {
  const found = Object.entries(template.findResources(type))
    .filter(([id]) => id.startsWith(prefix))
    .map(([id, resource]) => [id, (resource as { Properties?: Properties }).Properties ?? {}]);
  return Object.fromEntries(found) as Record<string, Properties>;
}

/** The only resource of a type whose logical id begins in a way. */
export function onlyOne(
  template: Template,
  type: string,
  prefix = '',
): [id: string, properties: Properties] {
  const [first, ...more] = Object.entries(propertiesOf(template, type, prefix));
  if (first !== undefined && more.length === 0) return first;
  throw new Error(`Expected one ${type} ${prefix}, found ${more.length + (first ? 1 : 0)}`);
}
