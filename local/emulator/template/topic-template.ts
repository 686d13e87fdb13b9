import * as v from 'valibot';
import { Count, read, type Resource } from './resource';
import { TemplateError } from './stack-template';

/** A topic. */
export interface TopicTemplate {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}

/**
 * The topic of a resource.
 *
 * @throws TemplateError if its properties are not those of a topic
 */
export function topicOf(resource: Resource): TopicTemplate {
  return {
    name: read(resource, 'TopicName', v.string()),
    partitions: read(resource, 'PartitionCount', Count),
    replicationFactor: read(resource, 'ReplicationFactor', Count),
    configs: configsOf(resource),
  };
}

function configsOf(resource: Resource): Record<string, string> {
  const base64 = read(resource, 'Configs', v.optional(v.string(), ''));
  const lines = Buffer.from(base64, 'base64').toString('utf8').split('\n');
  const entries = lines.filter((line) => line.trim() !== '').map((line) => entryOf(resource, line));
  return Object.fromEntries(entries);
}

function entryOf(resource: Resource, line: string): [key: string, value: string] {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(line.trim()) ?? [];
  if (key !== undefined && value !== undefined) return [key.trim(), value.trim()];
  throw new TemplateError(
    `topic ${resource.logicalId}: Configs holds "${line.slice(0, 80)}", expected base64 of lines key=value`,
  );
}
