import * as v from 'valibot';
import { stackNames } from '../../lib/naming/stage-names';
import { SCHEMA_METADATA_KEY, type SchemaMetadata } from '../../lib/kafka/schema-metadata';
import { PAIRS_METADATA_KEY } from '../../lib/stages/followed-pairs';
import type { StageResource } from '../stages/stage-resources';
import { type Import, importedNames } from './changes/export-changes';
import type { StackStatus } from './changes/stack-status';
import type { DeployedTemplate, RegionLookUp } from '../aws/region-look-up';

/** A stage as it is deployed; empty if it is not. */
export interface DeployedStage {
  /** Also those that have no resources. */
  readonly stacks: readonly StackStatus[];
  readonly resources: readonly StageResource[];
  /** The values that its stacks import from each other. */
  readonly imports: readonly Import[];
  /** The schema versions that its functions read and write; empty if its template does not say. */
  readonly schemas: SchemaMetadata;
  /** The pairs that its functions follow of each exchange; undefined if its template does not say. */
  readonly pairs: DeployedPairs | undefined;
}

const DeployedPairs = v.record(v.string(), v.array(v.string()));

/** Pairs by the names of exchanges, of any version of the project. */
export type DeployedPairs = Readonly<Record<string, readonly string[]>>;

/**
 * Statuses of stacks whose template is not deployed: `cdk` deletes them, or takes them over empty,
 * before it deploys.
 */
const NEVER_CREATED: ReadonlySet<string> = new Set([
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'REVIEW_IN_PROGRESS',
]);

/**
 * Reads what is deployed of a stage.
 *
 * @throws OperationError, LookUpDeniedError
 */
export async function deployedStage(lookUp: RegionLookUp, stage: string): Promise<DeployedStage> {
  const stacks = await Promise.all(
    stackNames(stage).map(async (name) => ({ name, deployed: await lookUp.stack(name) })),
  );
  const there = stacks.flatMap(({ name, deployed }) =>
    deployed === undefined ? [] : [{ name, ...deployed }],
  );
  const created = there.filter(({ status }) => !NEVER_CREATED.has(status));
  return {
    stacks: there.map(({ name, status }) => ({ name, status })),
    resources: created.flatMap(({ name, template }) => resourcesIn(name, template)),
    imports: created.flatMap(({ name: stack, template }) =>
      importedNames([template.Resources, template.Outputs]).map((name) => ({ stack, name })),
    ),
    schemas: Object.assign(
      {},
      ...created.map(({ template }) => schemasOf(template)),
    ) as SchemaMetadata,
    pairs: created.map(({ template }) => pairsIn(template)).find((pairs) => pairs !== undefined),
  };
}

function resourcesIn(stack: string, { Resources }: DeployedTemplate): StageResource[] {
  return Object.entries(Resources).map(
    ([logicalId, { Type: type, Properties: properties = {} }]) => ({
      stack,
      logicalId,
      type,
      properties,
    }),
  );
}

function pairsIn({ Resources }: DeployedTemplate): DeployedPairs | undefined {
  const metadata = Object.values(Resources).map((resource) => resource.Metadata ?? {});
  const { [PAIRS_METADATA_KEY]: pairs } = metadata.find((one) => PAIRS_METADATA_KEY in one) ?? {};
  return v.parse(v.optional(DeployedPairs), pairs);
}

const Schemas = v.record(v.string(), v.object({ read: v.number(), written: v.number() }));

function schemasOf({ Metadata = {} }: DeployedTemplate): SchemaMetadata {
  return v.parse(v.optional(Schemas, {}), Metadata[SCHEMA_METADATA_KEY]);
}
