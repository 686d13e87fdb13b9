import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  SchemaFilesError,
  SchemaRegistry,
  SCHEMAS_FOLDER,
  schemaDefinitions,
} from '../../../lib/kafka/schema-registry';
import rolledV3 from '../../../schemas/candles.rolled.v3.json';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'candlestream-schemas-'));
  cpSync(SCHEMAS_FOLDER, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A further version: the fields of version 3 and one more. */
function addVersion(name: string, field: string): void {
  const fields = [...rolledV3.fields, { name: field, type: 'string', default: '' }];
  writeFileSync(join(folder, name), JSON.stringify({ ...rolledV3, fields }, null, 2));
}

function synthesized(removalPolicy = RemovalPolicy.DESTROY) {
  const stack = new Stack(new App(), 'Data');
  const props = { registryName: 'candlestream-test', removalPolicy, folder };
  const registry = new SchemaRegistry(stack, 'Schemas', props);
  const { Resources } = Template.fromStack(stack).toJSON() as {
    Resources: Record<string, Resource>;
  };
  const versionIds = stack.resolve(registry.versionIds) as Record<string, unknown[]>;
  return { versionIds, resources: Resources };
}

/** The logical id of the only resource that `isIt`. */
function idOf(resources: Record<string, Resource>, isIt: (one: Resource) => boolean): string {
  const [found, ...more] = Object.entries(resources).filter(([, resource]) => isIt(resource));
  if (found === undefined || more.length > 0) throw new Error('Expected one such resource');
  return found[0];
}

/** The logical id of the version that is made right after a schema; with a field, of one that has it. */
function versionOf(resources: Record<string, Resource>, schema: string, field?: string): string {
  return idOf(
    resources,
    (one) =>
      isVersion(one) &&
      one.DependsOn?.includes(schema) === true &&
      (field === undefined || fieldsOf(one).includes(field)),
  );
}

const fieldsOf = ({ Properties }: Resource): string[] => {
  const { fields } = JSON.parse(String(Properties['SchemaDefinition'])) as typeof rolledV3;
  return fields.map(({ name }) => name);
};

describe('the schema registry', () => {
  it('has the given name, and a BACKWARD compatible Avro schema for each topic', () => {
    const { resources } = synthesized();
    const all = Object.values(resources);

    const registry = idOf(resources, ({ Type }) => Type === 'AWS::Glue::Registry');
    const schemas = all.filter(({ Type }) => Type === 'AWS::Glue::Schema');
    expect(resources[registry]?.Properties['Name']).toBe('candlestream-test');
    expect(schemas.map(({ Properties }) => Properties)).toEqual(
      ['candles.observed', 'candles.rolled', 'candles.dead-letter'].map((name) => ({
        Registry: { Arn: { 'Fn::GetAtt': [registry, 'Arn'] } },
        Name: name,
        DataFormat: 'AVRO',
        Compatibility: 'BACKWARD',
        SchemaDefinition: expect.any(String) as string,
      })),
    );
    expect(all.filter(isVersion)).toHaveLength(5);
    expect(all).toHaveLength(9);
  });

  it('makes a resource of every further version, each after the one before', () => {
    addVersion('candles.rolled.v4.json', 'fourth');
    addVersion('candles.rolled.v5.json', 'fifth');

    const { resources } = synthesized();

    const first = idOf(resources, ({ Properties }) => Properties['Name'] === 'candles.rolled');
    const fourth = idOf(resources, (one) => isVersion(one) && fieldsOf(one).includes('fourth'));
    const fifth = idOf(resources, (one) => isVersion(one) && fieldsOf(one).includes('fifth'));
    const schema = { SchemaArn: { 'Fn::GetAtt': [first, 'Arn'] } };
    const second = versionOf(resources, first, 'newestMs');
    const third = versionOf(resources, second, 'unserved');
    expect(resources[second]).toMatchObject({ DependsOn: [first], Properties: { Schema: schema } });
    expect(resources[third]).toMatchObject({ DependsOn: [second], Properties: { Schema: schema } });
    expect(resources[fourth]).toMatchObject({ DependsOn: [third], Properties: { Schema: schema } });
    expect(resources[fifth]).toMatchObject({ DependsOn: [fourth], Properties: { Schema: schema } });
    expect(Object.values(resources).filter(isVersion)).toHaveLength(7);
  });

  it('gives the ids of all versions, oldest first', () => {
    const { versionIds, resources } = synthesized();

    const idsOf = (topic: string, furtherVersions: number) => {
      const first = idOf(resources, ({ Properties }) => Properties['Name'] === topic);
      const ids = [{ 'Fn::GetAtt': [first, 'InitialSchemaVersionId'] }];
      let last = first;
      for (let further = 0; further < furtherVersions; further++) {
        last = versionOf(resources, last);
        ids.push({ 'Fn::GetAtt': [last, 'VersionId'] });
      }
      return ids;
    };
    expect(versionIds).toEqual({
      'candles.observed': idsOf('candles.observed', 2),
      'candles.rolled': idsOf('candles.rolled', 2),
      'candles.dead-letter': idsOf('candles.dead-letter', 1),
    });
  });

  it('leaves the versions as they were when a further one comes', () => {
    const before = synthesized().resources;
    addVersion('candles.rolled.v4.json', 'fourth');

    expect(synthesized().resources).toMatchObject(before);
  });

  it.each([
    [RemovalPolicy.RETAIN, 'Retain'],
    [RemovalPolicy.DESTROY, 'Delete'],
  ])('is kept or deleted as a whole: %s', (removalPolicy, expected) => {
    const all = Object.values(synthesized(removalPolicy).resources);
    const policies = all.filter((one) => !isVersion(one)).map((one) => one.DeletionPolicy);

    expect(policies).toEqual(Array(4).fill(expected));
  });

  it('keeps a version that an earlier deployment does not have: records still name its id', () => {
    const versions = Object.values(synthesized().resources).filter(isVersion);

    expect(versions.map((one) => one.DeletionPolicy)).toEqual(
      versions.map(() => 'RetainExceptOnCreate'),
    );
  });
});

describe('schemaDefinitions', () => {
  it('refuses a version that does not follow the one before', () => {
    addVersion('candles.rolled.v5.json', 'fifth');

    expect(() => schemaDefinitions(folder)).toThrow(SchemaFilesError);
    expect(() => schemaDefinitions(folder)).toThrow('candles.rolled.v5.json; name a file');
  });

  it('refuses a file of no topic', () => {
    addVersion('candles.roled.v1.json', 'misspelt');

    expect(() => schemaDefinitions(folder)).toThrow('candles.roled.v1.json; name a file');
  });

  it('refuses a topic without a version', () => {
    rmSync(join(folder, 'candles.observed.v1.json'));

    expect(() => schemaDefinitions(folder)).toThrow(
      'The topic candles.observed has no candles.observed.v1.json',
    );
  });
});

function isVersion({ Type }: Resource): boolean {
  return Type === 'AWS::Glue::SchemaVersion';
}
