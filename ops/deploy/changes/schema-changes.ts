import type { SchemaMetadata } from '../../../lib/kafka/schema-metadata';

/**
 * Problems of a deployment whose functions and the deployed ones do not read what the others
 * write: both are there while it goes on, and after it if it is taken back.
 */
export function schemaProblems(next: SchemaMetadata, deployed: SchemaMetadata): string[] {
  return Object.entries(next).flatMap(([topic, { read, written }]) => {
    const before = deployed[topic];
    if (before === undefined) return [];
    if (written > before.read) return [unreadableBack(topic, written, before.read)];
    if (before.written > read) return [unreadableNow(topic, before.written, read)];
    return [];
  });
}

function unreadableBack(topic: string, written: number, read: number): string {
  return `The functions would write version ${written} of ${topic}, and those that are deployed read up to version ${read}, so that the deployment could not be taken back: set WRITTEN_VERSIONS of ${topic} to ${read} in lambdas/shared/codec/schema-versions.ts, deploy, set it back to ${written}, and deploy again`;
}

function unreadableNow(topic: string, written: number, read: number): string {
  return `The deployed functions write version ${written} of ${topic}, and these read up to version ${read}: first deploy a version of the project that reads version ${written} and writes version ${read}, and let the event sources catch up`;
}
