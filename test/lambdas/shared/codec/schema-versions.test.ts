import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Schema, Type } from 'avsc';
import { SCHEMA_VERSIONS } from '../../../../lambdas/shared/codec/schema-versions';
import { TOPICS } from '../../../../lambdas/shared/domain/topics';

const FOLDER = join(__dirname, '../../../../schemas');

function schemaFile(topic: string, index: number): unknown {
  return JSON.parse(readFileSync(join(FOLDER, `${topic}.v${index + 1}.json`), 'utf8'));
}

describe('SCHEMA_VERSIONS', () => {
  it('holds exactly the files of the folder', () => {
    const files = Object.entries(SCHEMA_VERSIONS).flatMap(([topic, versions]) =>
      versions.map((_, index) => `${topic}.v${index + 1}.json`),
    );

    expect(files.sort()).toEqual(readdirSync(FOLDER).sort());
  });

  it.each(Object.values(TOPICS))('has the versions of %s in their order', (topic) => {
    const versions: readonly unknown[] = SCHEMA_VERSIONS[topic];

    expect(versions).toEqual(versions.map((_, index) => schemaFile(topic, index)));
  });

  it.each(Object.values(TOPICS))('is BACKWARD compatible for %s', (topic) => {
    const types = SCHEMA_VERSIONS[topic].map((schema) => Type.forSchema(schema as Schema));

    for (const [index, reader] of types.entries()) {
      for (const writer of types.slice(0, index + 1)) {
        expect(() => reader.createResolver(writer)).not.toThrow();
      }
    }
  });
});
