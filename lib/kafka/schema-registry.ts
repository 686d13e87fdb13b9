import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnRegistry, CfnSchema, CfnSchemaVersion } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { type Topic, TOPICS } from '../../lambdas/shared/domain/topics';

/** Properties of a schema registry. */
export interface SchemaRegistryProps {
  /** Unique in an account and region. */
  readonly registryName: string;
  readonly removalPolicy: RemovalPolicy;
  /** Holds a file for every version of every topic's schema: `<topic>.vN.json`. @default schemas/ */
  readonly folder?: string;
}

/** The schema files are not versions 1, 2, ... of each topic; the message names the problem. */
export class SchemaFilesError extends Error {
  override readonly name = 'SchemaFilesError';
}

/** Folder of the schema files. */
export const SCHEMAS_FOLDER = join(__dirname, '..', '..', 'schemas');

/**
 * The Glue registry with a schema for each topic. Version 1 is part of its schema;
 * every further version is a resource of its own, created after the previous
 * one, as Glue numbers and checks versions in the order of their creation.
 *
 * A version stays if a deployment goes back to one without it: records that are still in the topic
 * name its id, and the same definition gets the same id if it comes again. It goes with its schema.
 */
export class SchemaRegistry extends Construct {
  /** The id (a UUID, once deployed) of every version of a topic's schema, oldest first. */
  readonly versionIds: Readonly<Record<Topic, string[]>>;
  readonly #registry: CfnRegistry;
  readonly #removalPolicy: RemovalPolicy;

  constructor(scope: Construct, id: string, props: SchemaRegistryProps) {
    super(scope, id);
    this.#removalPolicy = props.removalPolicy;
    this.#registry = new CfnRegistry(this, 'Registry', { name: props.registryName });
    this.#registry.applyRemovalPolicy(props.removalPolicy);
    const definitions = schemaDefinitions(props.folder);
    this.versionIds = {
      'candles.observed': this.#register(TOPICS.observed, definitions),
      'candles.rolled': this.#register(TOPICS.rolled, definitions),
      'candles.dead-letter': this.#register(TOPICS.deadLetter, definitions),
    };
  }

  #register(topic: Topic, definitions: SchemaDefinitions): string[] {
    const [first, ...further] = definitions[topic];
    const schema = this.#createSchema(topic, first);
    let before: CfnSchema | CfnSchemaVersion = schema;
    const ids = [schema.attrInitialSchemaVersionId];
    for (const [index, definition] of further.entries()) {
      const version = this.#createVersion(`${topic}.v${index + 2}`, schema, definition);
      version.addResourceDependency(before);
      before = version;
      ids.push(version.attrVersionId);
    }
    return ids;
  }

  #createSchema(topic: Topic, schemaDefinition: string): CfnSchema {
    const schema = new CfnSchema(this, topic, {
      registry: { arn: this.#registry.attrArn },
      name: topic,
      dataFormat: 'AVRO',
      compatibility: 'BACKWARD',
      schemaDefinition,
    });
    schema.applyRemovalPolicy(this.#removalPolicy);
    return schema;
  }

  #createVersion(id: string, schema: CfnSchema, schemaDefinition: string): CfnSchemaVersion {
    const version = new CfnSchemaVersion(this, id, {
      schema: { schemaArn: schema.attrArn },
      schemaDefinition,
    });
    version.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return version;
  }
}

/** Avro text of every version of each topic's schema, oldest first. */
export type SchemaDefinitions = Readonly<Record<Topic, readonly [string, ...string[]]>>;

/**
 * Reads the schema files of a folder.
 *
 * @throws SchemaFilesError if a topic has no version 1, a version is missing, or a file belongs to
 *   no topic
 */
export function schemaDefinitions(folder = SCHEMAS_FOLDER): SchemaDefinitions {
  const left = new Set(readdirSync(folder));
  const definitions = {
    'candles.observed': versionsOf(TOPICS.observed, folder, left),
    'candles.rolled': versionsOf(TOPICS.rolled, folder, left),
    'candles.dead-letter': versionsOf(TOPICS.deadLetter, folder, left),
  };
  if (left.size === 0) return definitions;
  throw new SchemaFilesError(
    `No next version of a topic in ${folder}: ${[...left].sort().join(', ')}; name a file <topic>.vN.json, with N one more than the version before`,
  );
}

/** Removes the files of a topic from those that are left. */
function versionsOf(topic: Topic, folder: string, left: Set<string>): [string, ...string[]] {
  const first = takeFile(`${topic}.v1.json`, folder, left);
  if (first === undefined) {
    throw new SchemaFilesError(`The topic ${topic} has no ${topic}.v1.json in ${folder}`);
  }
  const versions: [string, ...string[]] = [first];
  for (;;) {
    const next = takeFile(`${topic}.v${versions.length + 1}.json`, folder, left);
    if (next === undefined) return versions;
    versions.push(next);
  }
}

function takeFile(name: string, folder: string, left: Set<string>): string | undefined {
  if (!left.delete(name)) return undefined;
  return JSON.stringify(JSON.parse(readFileSync(join(folder, name), 'utf8')));
}
